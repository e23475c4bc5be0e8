/** The columns that `simple` and `table` share. */
import type * as rpc from '../core/wire/gen/rpc.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { formatSize } from './humanize.ts';
import type {
  ContextFacts,
  EndpointHealth,
  EndpointResponse,
  FileHashFacts,
  SnapshotFacts,
} from './printables.ts';

export const MEMBER_COLUMNS = ['ID', 'Status', 'Name', 'Peer Addrs', 'Client Addrs', 'Is Learner'];

export function memberRows(response: rpc.MemberListResponse): string[][] {
  return response.members.map((member) => [
    member.ID.toString(16),
    member.name === '' ? 'unstarted' : 'started',
    member.name,
    member.peerURLs.join(','),
    member.clientURLs.join(','),
    String(member.isLearner),
  ]);
}

export const STATUS_COLUMNS = [
  'endpoint',
  'ID',
  'version',
  'storage version',
  'db size',
  'in use',
  'percentage not in use',
  'quota',
  'is leader',
  'is learner',
  'raft term',
  'raft index',
  'raft applied index',
  'errors',
  'downgrade target version',
  'downgrade enabled',
];

function percentageNotInUse(status: rpc.StatusResponse): string {
  const inUse = status.dbSize === 0 ? 0 : Math.floor((status.dbSizeInUse * 100) / status.dbSize);
  return `${100 - inUse}%`;
}

export function statusRows(list: readonly EndpointResponse<rpc.StatusResponse>[]): string[][] {
  return list.map(({ endpoint, response: status }) => [
    endpoint,
    (status.header?.memberId ?? 0n).toString(16),
    status.version,
    status.storageVersion,
    formatSize(status.dbSize),
    formatSize(status.dbSizeInUse),
    percentageNotInUse(status),
    formatSize(status.dbSizeQuota),
    String(status.leader === status.header?.memberId),
    String(status.isLearner),
    String(status.raftTerm),
    String(status.raftIndex),
    String(status.raftAppliedIndex),
    status.errors.join(', '),
    status.downgradeInfo?.targetVersion ?? '',
    String(status.downgradeInfo?.enabled ?? false),
  ]);
}

export const HASH_COLUMNS = ['endpoint', 'hash', 'hash_revision'];

export function hashRows(list: readonly EndpointResponse<rpc.HashKVResponse>[]): string[][] {
  return list.map(({ endpoint, response }) => [
    endpoint,
    String(response.hash),
    String(response.hashRevision),
  ]);
}

export const HEALTH_COLUMNS = ['endpoint', 'health', 'took', 'error'];

export function healthRows(list: readonly EndpointHealth[]): string[][] {
  return list.map((item) => [item.endpoint, String(item.health), item.took, item.error]);
}

export const SNAPSHOT_COLUMNS = ['hash', 'revision', 'total keys', 'total size', 'version'];

export function snapshotRows(s: SnapshotFacts): string[][] {
  return [
    [s.hash.toString(16), String(s.revision), String(s.totalKeys), formatSize(s.totalBytes), s.version],
  ];
}

export const FILE_HASH_COLUMNS = ['hash', 'hash revision', 'compact revision'];

export function fileHashRows({ hash, hashRevision, compactRevision }: FileHashFacts): string[][] {
  return [[hash, hashRevision, compactRevision].map(String)];
}

export const CONTEXT_COLUMNS = ['current', 'name', 'endpoints', 'user', 'password'];

function password({ settings, passwordStored }: ContextFacts): string {
  if (passwordStored) return 'stored';
  return settings.user === undefined ? '' : 'asked for';
}

export function contextRows(list: readonly ContextFacts[]): string[][] {
  return list.map((facts) => {
    const { endpoints = [], user = '', 'discovery-srv': domain } = facts.settings;
    const where = domain === undefined ? (endpoints as readonly string[]).join(',') : `SRV ${domain}`;
    return [facts.current ? '*' : '', facts.name, where, String(user), password(facts)];
  });
}

/** A context at length: what it is called, whether it is used, then each setting. */
export function contextSettings(facts: ContextFacts): [string, string][] {
  const settings = Object.entries(facts.settings).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const secret: [string, string][] = password(facts) === '' ? [] : [['password', password(facts)]];
  return [['name', facts.name], ['current', String(facts.current)], ...settings, ...secret];
}

export const TOP_COLUMNS = [
  'member',
  'state',
  'endpoint',
  'version',
  'db size',
  'quota',
  'requests/s',
  'watchers',
  'error',
];

export function topRows({ members }: ClusterFacts): string[][] {
  const whole = (value: number | undefined) => (value === undefined ? '' : String(Math.round(value)));
  const size = (value: number | undefined) => (value === undefined ? '' : formatSize(value));
  return members.map((member) => [
    member.name,
    member.state,
    member.endpoint,
    member.version ?? '',
    size(member.dbSize),
    size(member.dbSizeQuota),
    whole(member.requestsPerSecond),
    whole(member.watchers),
    member.error ?? '',
  ]);
}
