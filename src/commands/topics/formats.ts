import type { Topic } from './topic.ts';

export const formats: Topic = {
  name: 'formats',
  title: 'Output formats',
  commands: ['get', 'endpoint', 'member', 'options'],
  text: `-w, --write-out says how answers are printed. stdout has the answer and nothing else; errors, logs and progress
are on stderr.

  simple     for people and line-based scripts; keys and values as the bytes they are (default)
  json       one line; keys and values in base64, ids as numbers; --hex for ids of members in hexadecimal
  fields     "Name" : value, one a line; keys and values quoted as Go does
  table      keys, members, endpoints, snapshots and other lists in a box
  protobuf   the bytes of the message
  yaml       for eyes and for other tools
  ndjson     as json, one line for each item, as they come

  $ kvctl put greeting hello
  OK
  $ kvctl get greeting
  greeting
  hello
  $ kvctl get greeting -w json
  {"header":{...},"kvs":[{"key":"Z3JlZXRpbmc=","create_revision":2,"mod_revision":2,"version":1,"value":"aGVsbG8="}],"count":1}
  $ kvctl get greeting --print-value-only
  hello
  $ kvctl get greeting -w table
  ┌──────────┬───────┬─────────────────┬──────────────┬─────────┬───────┐
  │   KEY    │ VALUE │ CREATE REVISION │ MOD REVISION │ VERSION │ LEASE │
  ├──────────┼───────┼─────────────────┼──────────────┼─────────┼───────┤
  │ greeting │ hello │               2 │            2 │       1 │       │
  └──────────┴───────┴─────────────────┴──────────────┴─────────┴───────┘

--decode says what keys and values look like in json, yaml and ndjson: utf8, json, hex, or auto.

  $ kvctl get greeting -w yaml --decode utf8
  header:
  ...
  kvs:
    - key: greeting
      create_revision: 2
      mod_revision: 2
      version: 1
      value: hello
  count: 1

Colours and progress are for terminals only; NO_COLOR=1 turns the colours off.`,
};
