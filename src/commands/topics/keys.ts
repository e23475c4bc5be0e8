import type { Topic } from './topic.ts';

export const keys: Topic = {
  name: 'keys',
  title: 'Keys, values and ranges of keys',
  commands: ['get', 'put', 'del', 'watch', 'ls', 'tree', 'du', 'role'],
  text: `Keys and values are bytes. Keys are ordered byte by byte, so 'a/10' stands before 'a/9', and 'B' before 'a'.
There are no directories: a '/' is a byte like any other, and a "directory" is all keys with the same prefix.

get, del and watch take one key, or a range of keys in one of four ways:

  KEY               this key
  KEY END           all keys from KEY up to END, without END
  KEY --prefix      all keys that begin with KEY; with an empty KEY, all keys
  KEY --from-key    KEY and all keys behind it

  $ kvctl put config/db/host 10.0.0.5
  OK
  $ kvctl put config/db/port 5432
  OK
  $ kvctl put config/log info
  OK
  $ kvctl get config/db/ --prefix
  config/db/host
  10.0.0.5
  config/db/port
  5432
  $ kvctl get config/db/port config/zzz --keys-only
  config/db/port

  config/log

  $ kvctl get "" --from-key --limit=1 --print-value-only
  10.0.0.5

A value that begins with '-' needs a '--' before it; one that is not given is read from stdin, so that any bytes can be
put:

  $ kvctl put level -- -1
  OK
  $ printf 'two\\nlines' | kvctl put text
  OK
  $ kvctl get text --print-value-only
  two
  lines

In the simple format bytes are printed as they are; --hex shows them, and -w json has them in base64:

  $ kvctl get level --hex
  \\x6c\\x65\\x76\\x65\\x6c
  \\x2d\\x31

Limits of a server with etcd's defaults: a request of 1.5 MiB, 128 operations in a transaction, a database of 2 GiB.`,
};
