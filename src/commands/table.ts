/**
 * The command tree: names, one-line descriptions, and where each command is loaded from. Only the command that is
 * called gets loaded. A new command is a file with an exported `command` and a line here; what etcdctl does not have
 * is marked `extension`, so that etcdctl's own abbreviations go on working.
 */
import { BENCHMARK_FLAGS } from './benchmark-flags.ts';
import type { CommandNode } from './command.ts';
import type { FlagSpec } from './grammar/flags.ts';

export const PROGRAM = 'kvctl';

const KEY_VALUE = 'Key-value commands';
const CLUSTER = 'Cluster maintenance commands';
const CONCURRENCY = 'Concurrency commands';
const AUTHENTICATION = 'Authentication commands';
const BROWSING = 'Commands to look inside and to carry keys';
const UTILITY = 'Utility commands';
const SERVER = 'Server commands';

const ENDPOINT_FLAGS: readonly FlagSpec[] = [
  { name: 'cluster', kind: 'bool', usage: 'ask every member of the cluster instead of --endpoints' },
];

const related = (what: string, group: string) =>
  `${what}. Use \`${PROGRAM} ${group} --help\` to see subcommands`;

const lease: CommandNode = {
  name: 'lease',
  title: KEY_VALUE,
  short: related('Leases', 'lease'),
  long: 'Leases',
  children: [
    { name: 'grant', short: 'Creates a lease', load: () => import('./lease-grant.ts') },
    {
      name: 'keep-alive',
      short: 'Renews a lease, again and again',
      load: () => import('./lease-keep-alive.ts'),
    },
    { name: 'list', short: 'Lists the leases', load: () => import('./lease-list.ts') },
    { name: 'revoke', short: 'Ends a lease and deletes its keys', load: () => import('./lease-revoke.ts') },
    {
      name: 'timetolive',
      short: 'Shows how long a lease has to live',
      load: () => import('./lease-timetolive.ts'),
    },
  ],
};

const alarm: CommandNode = {
  name: 'alarm',
  title: CLUSTER,
  short: related('Alarms', 'alarm'),
  long: 'Alarms',
  children: [
    { name: 'disarm', short: 'Clears all alarms', load: () => import('./alarm-disarm.ts') },
    { name: 'list', short: 'Lists the alarms', load: () => import('./alarm-list.ts') },
  ],
};

const downgrade: CommandNode = {
  name: 'downgrade',
  title: CLUSTER,
  short: related('Going back to an earlier version', 'downgrade'),
  long: 'Going back to an earlier version',
  children: [
    { name: 'cancel', short: 'Stops the downgrade in progress', load: () => import('./downgrade-cancel.ts') },
    { name: 'enable', short: 'Starts a downgrade', load: () => import('./downgrade-enable.ts') },
    {
      name: 'validate',
      short: 'Says whether a downgrade could start',
      load: () => import('./downgrade-validate.ts'),
    },
  ],
};

const endpoint: CommandNode = {
  name: 'endpoint',
  title: CLUSTER,
  short: related('Members asked one by one', 'endpoint'),
  long: 'Members asked one by one',
  groupFlags: ENDPOINT_FLAGS,
  children: [
    {
      name: 'hashkv',
      short: 'Shows the hash of the key history',
      load: () => import('./endpoint-hashkv.ts'),
    },
    { name: 'health', short: 'Says which endpoints are healthy', load: () => import('./endpoint-health.ts') },
    {
      name: 'status',
      short: 'Shows the status of each endpoint',
      load: () => import('./endpoint-status.ts'),
    },
  ],
};

const member: CommandNode = {
  name: 'member',
  title: CLUSTER,
  short: related('Members of the cluster', 'member'),
  long: 'Members of the cluster',
  children: [
    { name: 'add', short: 'Adds a member', load: () => import('./member-add.ts') },
    { name: 'list', short: 'Lists the members', load: () => import('./member-list.ts') },
    { name: 'promote', short: 'Makes a learner a voting member', load: () => import('./member-promote.ts') },
    { name: 'remove', short: 'Removes a member', load: () => import('./member-remove.ts') },
    { name: 'update', short: "Changes a member's peer URLs", load: () => import('./member-update.ts') },
  ],
};

const snapshot: CommandNode = {
  name: 'snapshot',
  title: CLUSTER,
  short: 'Snapshots of a member',
  children: [
    {
      name: 'restore',
      short: 'Makes a data directory of a snapshot',
      load: () => import('./snapshot-restore.ts'),
    },
    { name: 'save', short: 'Saves a snapshot to a file', load: () => import('./snapshot-save.ts') },
    { name: 'status', short: 'Shows what a snapshot holds', load: () => import('./snapshot-status.ts') },
  ],
};

const backup: CommandNode = {
  name: 'backup',
  title: CLUSTER,
  extension: true,
  short: related('Backups on a schedule', 'backup'),
  long: 'Backups on a schedule',
  children: [
    { name: 'list', short: 'Lists backups', load: () => import('./backup-list.ts') },
    { name: 'prune', short: 'Removes all backups but the newest', load: () => import('./backup-prune.ts') },
    { name: 'run', short: 'Takes backups', load: () => import('./backup-run.ts') },
    { name: 'verify', short: 'Says whether backups are good', load: () => import('./backup-verify.ts') },
  ],
};

const auth: CommandNode = {
  name: 'auth',
  title: AUTHENTICATION,
  short: related('Authentication on and off', 'auth'),
  long: 'Authentication on and off',
  children: [
    { name: 'disable', short: 'Turns authentication off', load: () => import('./auth-disable.ts') },
    { name: 'enable', short: 'Turns authentication on', load: () => import('./auth-enable.ts') },
    { name: 'status', short: 'Says whether authentication is on', load: () => import('./auth-status.ts') },
  ],
};

const role: CommandNode = {
  name: 'role',
  title: AUTHENTICATION,
  short: related('Roles and what they permit', 'role'),
  long: 'Roles and what they permit',
  children: [
    { name: 'add', short: 'Adds a role', load: () => import('./role-add.ts') },
    { name: 'delete', short: 'Deletes a role', load: () => import('./role-delete.ts') },
    { name: 'get', short: 'Shows what a role permits', load: () => import('./role-get.ts') },
    {
      name: 'grant-permission',
      short: 'Permits a role to use a key or a range',
      load: () => import('./role-grant-permission.ts'),
    },
    { name: 'list', short: 'Lists the roles', load: () => import('./role-list.ts') },
    {
      name: 'revoke-permission',
      short: 'Takes a permission from a role',
      load: () => import('./role-revoke-permission.ts'),
    },
  ],
};

const user: CommandNode = {
  name: 'user',
  title: AUTHENTICATION,
  short: related('Users', 'user'),
  long: 'Users',
  children: [
    { name: 'add', short: 'Adds a user', load: () => import('./user-add.ts') },
    { name: 'delete', short: 'Deletes a user', load: () => import('./user-delete.ts') },
    { name: 'get', short: 'Shows the roles of a user', load: () => import('./user-get.ts') },
    { name: 'grant-role', short: 'Gives a user a role', load: () => import('./user-grant-role.ts') },
    { name: 'list', short: 'Lists the users', load: () => import('./user-list.ts') },
    { name: 'passwd', short: "Changes a user's password", load: () => import('./user-passwd.ts') },
    { name: 'revoke-role', short: 'Takes a role from a user', load: () => import('./user-revoke-role.ts') },
  ],
};

const check: CommandNode = {
  name: 'check',
  title: UTILITY,
  short: related('Checks of stored data, speed and scale', 'check'),
  long: 'Checks of stored data, speed and scale',
  children: [
    {
      name: 'data',
      extension: true,
      short: 'Verifies a data directory or a file out of it',
      load: () => import('./check-stored.ts'),
    },
    {
      name: 'datascale',
      short: 'Measures the memory that a number of keys takes',
      load: () => import('./check-datascale.ts'),
    },
    { name: 'perf', short: 'Measures throughput and latency', load: () => import('./check-perf.ts') },
  ],
};

const context: CommandNode = {
  name: 'context',
  title: UTILITY,
  extension: true,
  short: related('Named endpoints, TLS files and users', 'context'),
  long: `Named endpoints, TLS files and users

A context keeps what would have to be typed with every command. One of them may be the current one. What counts, from
first to last: a flag, an ETCDCTL_* variable, the context, the default. The context is the one that --context or
KVCTL_CONTEXT names; otherwise the current one, which steps aside when --endpoints or ETCDCTL_ENDPOINTS say where to go.
Contexts are kept in kvctl/contexts.json in the user's directory for configuration, or in the file KVCTL_CONFIG.`,
  children: [
    { name: 'add', short: 'Keeps the connection flags under a name', load: () => import('./context-add.ts') },
    { name: 'list', short: 'Lists the contexts', load: () => import('./context-list.ts') },
    { name: 'remove', short: 'Removes a context', load: () => import('./context-remove.ts') },
    { name: 'show', short: 'Shows a context', load: () => import('./context-show.ts') },
    { name: 'use', short: 'Makes a context the current one', load: () => import('./context-use.ts') },
  ],
};

const cluster: CommandNode = {
  name: 'cluster',
  title: SERVER,
  extension: true,
  short: related('A cluster on this machine, in one command', 'cluster'),
  long: 'A cluster on this machine, in one command: start it, and stop and start its members from another terminal',
  children: [
    {
      name: 'kill-member',
      short: 'Kills a member, as a crash would',
      load: () => import('./cluster-kill-member.ts'),
    },
    {
      name: 'pause-member',
      short: 'Makes a member stand still',
      load: () => import('./cluster-pause-member.ts'),
    },
    {
      name: 'resume-member',
      short: 'Lets a paused member go on',
      load: () => import('./cluster-resume-member.ts'),
    },
    { name: 'start', short: 'Starts the cluster', load: () => import('./cluster-start.ts') },
    {
      name: 'start-member',
      short: 'Starts a member that is down',
      load: () => import('./cluster-start-member.ts'),
    },
    { name: 'status', short: 'Shows the members and who leads', load: () => import('./cluster-status.ts') },
    { name: 'stop', short: 'Stops the cluster', load: () => import('./cluster-stop.ts') },
    { name: 'stop-member', short: 'Stops a member in order', load: () => import('./cluster-stop-member.ts') },
  ],
};

const benchmark: CommandNode = {
  name: 'benchmark',
  title: UTILITY,
  extension: true,
  short: related('Loads that measure a cluster', 'benchmark'),
  long: 'Loads that measure a cluster',
  groupFlags: BENCHMARK_FLAGS,
  children: [
    {
      name: 'compare',
      short: 'Runs the same loads against two clusters in turn',
      load: () => import('./benchmark-compare.ts'),
    },
    {
      name: 'lease-keepalive',
      short: 'Renews a lease',
      load: () => import('./benchmark-lease-keepalive.ts'),
    },
    { name: 'put', short: 'Puts keys', load: () => import('./benchmark-put.ts') },
    { name: 'range', short: 'Reads a key or a range', load: () => import('./benchmark-range.ts') },
    { name: 'stm', short: 'Does software transactions', load: () => import('./benchmark-stm.ts') },
    { name: 'txn-mixed', short: 'Reads and writes', load: () => import('./benchmark-txn-mixed.ts') },
    { name: 'txn-put', short: 'Puts several keys at once', load: () => import('./benchmark-txn-put.ts') },
    {
      name: 'txn-range',
      short: 'Reads several ranges at once',
      load: () => import('./benchmark-txn-range.ts'),
    },
    { name: 'watch', short: 'Makes watchers and events', load: () => import('./benchmark-watch.ts') },
    {
      name: 'watch-get',
      short: 'Reads while watchers catch up',
      load: () => import('./benchmark-watch-get.ts'),
    },
    {
      name: 'watch-latency',
      short: 'Measures how long an event takes',
      load: () => import('./benchmark-watch-latency.ts'),
    },
  ],
};

/** What etcdctl does not have: to look inside a store, and to carry keys from place to place. */
const browsing: readonly CommandNode[] = [
  {
    name: 'copy',
    title: BROWSING,
    extension: true,
    short: 'Copies the keys of a prefix to another prefix',
    load: () => import('./browse/copy.ts'),
  },
  {
    name: 'diff',
    title: BROWSING,
    extension: true,
    short: 'Shows what is different at two revisions',
    load: () => import('./browse/diff.ts'),
  },
  {
    name: 'du',
    title: BROWSING,
    extension: true,
    short: 'Sums up what keys and values take',
    load: () => import('./browse/du.ts'),
  },
  {
    name: 'edit',
    title: BROWSING,
    extension: true,
    short: 'Edits a value in an editor',
    load: () => import('./browse/edit.ts'),
  },
  {
    name: 'export',
    title: BROWSING,
    extension: true,
    short: 'Writes keys and values as JSON lines',
    load: () => import('./browse/export.ts'),
  },
  {
    name: 'history',
    title: BROWSING,
    extension: true,
    short: 'Shows the revisions of a key',
    load: () => import('./browse/history.ts'),
  },
  {
    name: 'import',
    title: BROWSING,
    extension: true,
    short: 'Puts the keys of an export',
    load: () => import('./browse/import.ts'),
  },
  {
    name: 'ls',
    title: BROWSING,
    extension: true,
    short: 'Lists what lies right below a prefix',
    load: () => import('./browse/ls.ts'),
  },
  {
    name: 'tree',
    title: BROWSING,
    extension: true,
    short: 'Draws the keys below a prefix as a tree',
    load: () => import('./browse/tree.ts'),
  },
];

export const ROOT: CommandNode = {
  name: PROGRAM,
  short: 'An etcd-compatible key-value store and its whole toolkit.',
  children: [
    {
      name: 'compaction',
      title: KEY_VALUE,
      short: 'Drops the history before a revision',
      load: () => import('./compaction.ts'),
    },
    {
      name: 'del',
      title: KEY_VALUE,
      short: 'Deletes a key or a range of keys',
      load: () => import('./del.ts'),
    },
    { name: 'get', title: KEY_VALUE, short: 'Gets a key or a range of keys', load: () => import('./get.ts') },
    lease,
    { name: 'put', title: KEY_VALUE, short: 'Puts a key', load: () => import('./put.ts') },
    { name: 'txn', title: KEY_VALUE, short: 'Does several things, or none', load: () => import('./txn.ts') },
    {
      name: 'watch',
      title: KEY_VALUE,
      short: 'Shows changes as they happen',
      load: () => import('./watch.ts'),
    },
    alarm,
    backup,
    { name: 'defrag', title: CLUSTER, short: 'Gives back unused space', load: () => import('./defrag.ts') },
    downgrade,
    endpoint,
    member,
    {
      name: 'move-leader',
      title: CLUSTER,
      short: 'Makes another member the leader',
      load: () => import('./move-leader.ts'),
    },
    snapshot,
    {
      name: 'elect',
      title: CONCURRENCY,
      short: 'Stands in an election, or listens to one',
      load: () => import('./elect.ts'),
    },
    { name: 'lock', title: CONCURRENCY, short: 'Takes a lock', load: () => import('./lock.ts') },
    auth,
    role,
    user,
    cluster,
    ...browsing,
    {
      name: 'gateway',
      title: SERVER,
      extension: true,
      short: related('TCP gateway', 'gateway'),
      long: 'TCP gateway',
      children: [{ name: 'start', short: 'Starts the gateway', load: () => import('./gateway-start.ts') }],
    },
    {
      name: 'serve',
      title: SERVER,
      extension: true,
      short: 'Runs a member',
      load: () => import('./serve.ts'),
    },
    benchmark,
    check,
    {
      name: 'completion',
      title: UTILITY,
      short: 'Prints a completion script for a shell',
      load: () => import('./completion.ts'),
    },
    {
      name: 'hashkv',
      title: UTILITY,
      extension: true,
      short: 'Shows the hash of the key history in a database file',
      load: () => import('./hashkv.ts'),
    },
    context,
    { name: 'help', title: UTILITY, short: 'Shows help on a command', load: () => import('./help.ts') },
    {
      name: 'make-mirror',
      title: UTILITY,
      short: 'Copies keys and their changes to another cluster',
      load: () => import('./make-mirror.ts'),
    },
    {
      name: 'options',
      title: UTILITY,
      short: 'Shows the global flags',
      load: () => import('./options.ts'),
    },
    {
      name: 'top',
      title: UTILITY,
      extension: true,
      short: 'Shows what the members are doing, live',
      load: () => import('./top.ts'),
    },
    { name: 'version', title: UTILITY, short: 'Prints the version', load: () => import('./version.ts') },
    {
      name: '__complete',
      hidden: true,
      short: 'Completes a command line for a shell',
      load: () => import('./complete.ts'),
    },
  ],
};
