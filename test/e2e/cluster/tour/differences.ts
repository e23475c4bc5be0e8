/**
 * What may differ between two tours, with the reasons: chance first, then releases. Each rule takes its difference out of
 * what either says; nothing else may differ. Against servers of etcd 3.7 the rules of releases are not needed.
 */
import type { Step } from '../../cli/transcript.ts';
import type { Line } from '../../server/play.ts';

interface Difference {
  readonly reason: string;
  readonly appliesTo: RegExp;
  readonly even: (text: string) => string;
}

/** Lists in JSON, by what is in them. Ids and numbers are masked by words already. */
function sortedLists(text: string): string {
  const order = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((v) => JSON.stringify(order(v))).sort();
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, order(v)]));
  };
  return JSON.stringify(order(JSON.parse(text.replace(/:(ID|N)\b/g, ':"$1"'))));
}

const sortedLines = (text: string): string => text.split('\n').sort().join('\n');

/** Endpoints that fail are told on stderr, each in its line. */
const sorted = (text: string): string => (/^[[{]/.test(text) ? sortedLists(text) : sortedLines(text));

const CHANCE: readonly Difference[] = [
  {
    reason: 'members come in the order of their ids, which are hashes of their ports',
    appliesTo: /^member (lis|update .*json)|^endpoint \w+/,
    even: sorted,
  },
  {
    reason: 'so do those that a new member is started with',
    appliesTo: /^member add/,
    even: (text) =>
      text.replace(/(ETCD_INITIAL_CLUSTER=")([^"]*)/, (_, name, list) => name + list.split(',').sort()),
  },
  {
    reason: 'ids with zeros in front are padded with blanks',
    appliesTo: /^member/,
    even: (text) => text.replace(/ +HEX-ID/g, ' HEX-ID'),
  },
  {
    reason: 'terms tell how many elections there were',
    appliesTo: /./,
    even: (text) => text.replace(/(raft_term\\?":|raftTerm\\?":|"RaftTerm" : )\d+/g, '$1N'),
  },
];

const RELEASES: readonly Difference[] = [
  {
    reason: 'each server tells its own version',
    appliesTo: /^endpoint status/,
    even: (text) => text.replace(/\b(3\.4\.\d+|3\.7\.\d+)\b/g, 'VERSION'),
  },
  {
    reason: 'from 3.6 on a server tells more of its storage, and clients show it',
    appliesTo: /^endpoint status/,
    even: (text) =>
      text
        .replace(/,"storageVersion":"\w+","dbSizeQuota":\d+,"downgradeInfo":\{\}/g, '')
        .replace(/VERSION, (VERSION)?, /g, 'VERSION, , ')
        .replace(/VERSION │ (VERSION )?│/g, 'VERSION │ │')
        .replace(/"StorageVersion" : "\w*"/g, '"StorageVersion" : ""')
        .replace(/"DBSizeQuota" : \d+/g, '"DBSizeQuota" : N')
        .replace(/SHARE, (SIZE|0 B), /g, 'SHARE, SIZE, ')
        .replace(/SHARE │ (SIZE|0 B) │/g, 'SHARE │ SIZE │'),
  },
  {
    reason: 'from 3.6 on a server tells the revision of a hash, and clients show it',
    appliesTo: /^endpoint hashkv/,
    even: (text) =>
      text
        .replace(/,"hash_revision":\d+/g, '')
        .replace(/"HashRevision" : \d+/g, '"HashRevision" : N')
        .replace(/(ADDRESS, \d+), \d+/g, '$1, N')
        .replace(/(ADDRESS │ \d+ │) \d+ │/g, '$1 N │'),
  },
  {
    reason: 'the first entries of a log are others from 3.5 on, so its indexes are',
    appliesTo: /^endpoint status .*-w table/,
    even: (text) => text.replace(/([|│]) [N\d]+ [|│] [N\d]+ [|│] [N\d]+ [|│]/g, '$1 N $1 N $1 N $1'),
  },
  {
    reason: 'since 3.5 the id of an added member comes from its URLs alone: the same URLs give the same id',
    appliesTo: /^member add other --peer-urls=\{lateUrl\}/,
    even: (text) => text.replace('Peer URLs already exists', 'member ID already exist'),
  },
  {
    reason:
      '3.4 asks the leader for the progress of a member that was removed until time is up, its own or the client’s',
    appliesTo: /^member promote \{late\}/,
    even: (text) =>
      text.replace(/context deadline exceeded|etcdserver: request timed out/, 'etcdserver: member not found'),
  },
];

function withoutDifferences(rules: readonly Difference[], step: Step, line: Line): Line {
  const args = step.args.replace(/^--endpoints=\S+ /, '');
  const applied = rules.filter(({ appliesTo }) => appliesTo.test(args));
  const even = (text: string): string => applied.reduce((told, rule) => rule.even(told), text);
  return { ...line, stdout: even(line.stdout), stderr: even(line.stderr) };
}

export const even = (step: Step, line: Line): Line =>
  withoutDifferences([...RELEASES, ...CHANCE], step, line);
