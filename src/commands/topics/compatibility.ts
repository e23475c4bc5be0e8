import type { Topic } from './topic.ts';

export const compatibility: Topic = {
  name: 'compatibility',
  title: 'kvctl in the place of etcdctl',
  commands: [],
  text: `kvctl has all commands of etcdctl 3.7 with its flags, outputs, errors and exit codes, and works with etcd from 3.4
on. 'alias etcdctl=kvctl' is meant to break no script. Older spellings work: 'snapshot status' and 'snapshot restore' in
the same tool, unique prefixes of commands:

  $ kvctl mem l
  8e9e05c52164694d, started, ...

Commands that etcdctl does not have never stand in the way of an abbreviation of its own. What is different on purpose
is listed in docs/compatibility.md.`,
};
