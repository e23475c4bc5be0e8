import type { Topic } from './topic.ts';

export const watching: Topic = {
  name: 'watching',
  title: 'Watching keys change',
  commands: ['watch', 'make-mirror', 'elect'],
  text: `'kvctl watch' prints each change of a key or a range, in order, without a gap and without repeats: for a put
PUT, the key and the value, for a delete DELETE, the key and an empty line. It never ends by itself. When a connection
breaks it goes on with the next endpoint, where it was.

From the past: --rev=N begins with revision N, if it is not compacted.

  $ kvctl put job/1 queued
  OK
  $ kvctl put job/1 done
  OK
  $ kvctl del job/1
  1
  $ kvctl watch job/ --prefix --rev=2
  PUT
  job/1
  queued
  PUT
  job/1
  done
  DELETE
  job/1

  ^C

With --prev-kv the pair before the change is printed first. A command behind '--' is run for each event, with the event
in its environment: ETCD_WATCH_REVISION, ETCD_WATCH_EVENT_TYPE (in quotes), ETCD_WATCH_KEY, ETCD_WATCH_VALUE (in quotes).

  $ kvctl watch job/ --prefix --rev=4 -- sh -c 'echo $ETCD_WATCH_EVENT_TYPE of $ETCD_WATCH_KEY'
  DELETE
  job/1

  "DELETE" of "job/1"
  ^C

Several watches in one process: 'kvctl watch -i' reads lines such as 'watch job/ --prefix' and 'progress' from stdin.`,
};
