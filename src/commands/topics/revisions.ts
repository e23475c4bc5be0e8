import type { Topic } from './topic.ts';

export const revisions: Topic = {
  name: 'revisions',
  title: 'Revisions, history, compaction',
  commands: ['get', 'watch', 'compaction', 'history', 'diff', 'txn', 'alarm', 'defrag'],
  text: `Each change of the store has a number, its revision; all changes of one transaction have the same. Nothing is
overwritten: what was there at a revision can be read until that revision is compacted.

  $ kvctl put greeting hello
  OK
  $ kvctl put greeting goodbye
  OK
  $ kvctl get greeting --rev=2
  greeting
  hello

Every key has three numbers: the revision that created it, the one that changed it last, and its version, which counts
changes since it was created and starts at 1:

  $ kvctl get greeting -w fields
  "ClusterID" : ...
  "MemberID" : ...
  "Revision" : 3
  "RaftTerm" : ...
  "Key" : "greeting"
  "CreateRevision" : 2
  "ModRevision" : 3
  "Version" : 2
  "Value" : "goodbye"
  "Lease" : 0
  "More" : false
  "Count" : 1

A compaction forgets what was there before a revision; the newest state of each key stays:

  $ kvctl compaction 3
  compacted revision 3
  $ kvctl get greeting --rev=2
  Error: etcdserver: mvcc: required revision has been compacted

A server can do it by itself (--auto-compaction-retention). Compaction makes room inside the database; 'kvctl defrag'
gives it back to the disk. A database that has reached its quota raises the alarm NOSPACE, and then only takes reads and
deletes: compact, defrag, then 'kvctl alarm disarm'.`,
};
