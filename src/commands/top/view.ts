/** From two samples to what is shown of them: gauges of the later one, rates and latencies of the time between. */
import type { ClusterFacts, MemberFacts, MemberState } from '../../printer/cluster-facts.ts';
import { ALARM_NAMES } from '../../printer/words.ts';
import { histogramSince, type Metrics, quantile } from '../prometheus.ts';
import type { ClusterSample, MemberSample } from './sample.ts';

/** Kinds of requests, and the methods that count as one. */
export const KINDS = ['put', 'range', 'delete', 'txn', 'lease', 'watch', 'other'] as const;
type Kind = (typeof KINDS)[number];

const METHODS: Readonly<Record<string, Kind>> = {
  Put: 'put',
  Range: 'range',
  RangeStream: 'range',
  DeleteRange: 'delete',
  Txn: 'txn',
  LeaseGrant: 'lease',
  LeaseRevoke: 'lease',
  LeaseKeepAlive: 'lease',
  LeaseTimeToLive: 'lease',
  LeaseLeases: 'lease',
  Watch: 'watch',
};

/** What `top` asks itself is not the cluster's load. */
const OUR_OWN: ReadonlySet<string> = new Set(['Status', 'Alarm', 'MemberList', 'LeaseLeases']);

/** Each message that came in is a request: on a stream they are many. */
const REQUESTS = 'grpc_server_msg_received_total';
const LATENCY_QUANTILE = 0.99;

type Rates = Partial<Record<Kind, number>>;

function countsOf(metrics: Metrics): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { labels, value } of metrics.all(REQUESTS)) {
    const method = labels.get('grpc_method') ?? '';
    counts.set(method, (counts.get(method) ?? 0) + value);
  }
  return counts;
}

/** Undefined where the counter has gone back: the process has started anew. */
function rate(before: number | undefined, after: number | undefined, seconds: number): number | undefined {
  if (before === undefined || after === undefined || after < before || seconds <= 0) return undefined;
  return (after - before) / seconds;
}

function requestRates(before: Metrics, after: Metrics, seconds: number): Rates {
  const earlier = countsOf(before);
  const rates: Rates = {};
  for (const [method, count] of countsOf(after)) {
    if (OUR_OWN.has(method)) continue;
    const kind = METHODS[method] ?? 'other';
    rates[kind] = (rates[kind] ?? 0) + (rate(earlier.get(method) ?? 0, count, seconds) ?? 0);
  }
  return rates;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Undefined if nobody knows it. */
function sumKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : sum(known);
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function stateOf({ status, id, isLearner, endpoint }: MemberSample): MemberState {
  if (endpoint === '') return 'unstarted';
  if (status === undefined) return 'down';
  if (isLearner || status.isLearner) return 'learner';
  if (status.leader === 0n) return 'no leader';
  return status.leader === (id ?? status.header?.memberId) ? 'leader' : 'follower';
}

const positive = (value: number | undefined) => (value === undefined || value <= 0 ? undefined : value);

/** `name`, or the id of a member without one, or the endpoint of one that is not known at all. */
const nameOf = ({ name, id, endpoint }: MemberSample) => name || id?.toString(16) || endpoint;

function gauges(member: MemberSample): Partial<MemberFacts> {
  const { status, metrics, roundTripMs } = member;
  if (status === undefined) return { error: member.error };
  return {
    version: status.version,
    dbSize: status.dbSize,
    dbSizeInUse: positive(status.dbSizeInUse),
    dbSizeQuota: positive(status.dbSizeQuota) ?? positive(metrics?.value('etcd_server_quota_backend_bytes')),
    roundTripMs,
    residentBytes: metrics?.value('process_resident_memory_bytes'),
    watchers: metrics?.value('etcd_debugging_mvcc_watcher_total'),
    slowWatchers: metrics?.value('etcd_debugging_mvcc_slow_watcher_total'),
    raftTerm: status.raftTerm,
    raftIndex: status.raftIndex,
    raftAppliedIndex: status.raftAppliedIndex,
  };
}

interface Between {
  readonly before: Metrics;
  readonly after: Metrics;
  readonly seconds: number;
}

function p99Ms({ before, after }: Between, name: string): number | undefined {
  const seconds = quantile(histogramSince(before.histogram(name), after.histogram(name)), LATENCY_QUANTILE);
  return seconds === undefined ? undefined : seconds * 1000;
}

function changes(between: Between): Partial<MemberFacts> {
  const { before, after, seconds } = between;
  const cpu = 'process_cpu_seconds_total';
  return {
    requestsPerSecond: sum(Object.values(requestRates(before, after, seconds))),
    walSyncP99Ms: p99Ms(between, 'etcd_disk_wal_fsync_duration_seconds'),
    commitP99Ms: p99Ms(between, 'etcd_disk_backend_commit_duration_seconds'),
    cpu: rate(before.value(cpu), after.value(cpu), seconds),
  };
}

function sameMember(a: MemberSample, b: MemberSample): boolean {
  return a.id === b.id && a.endpoint === b.endpoint;
}

function betweenOf(
  member: MemberSample,
  previous: ClusterSample | undefined,
  at: number,
): Between | undefined {
  const before = previous?.members.find((other) => sameMember(other, member))?.metrics;
  if (previous === undefined || before === undefined || member.metrics === undefined) return undefined;
  return { before, after: member.metrics, seconds: (at - previous.at) / 1000 };
}

function memberFacts(member: MemberSample, between: Between | undefined): MemberFacts {
  return {
    name: nameOf(member),
    id: (member.id ?? member.status?.header?.memberId ?? 0n).toString(16),
    endpoint: member.endpoint,
    state: stateOf(member),
    ...gauges(member),
    ...(between === undefined ? {} : changes(between)),
  };
}

function clusterRates(
  betweens: readonly Between[],
): Pick<ClusterFacts, 'requestsPerSecond' | 'eventsPerSecond'> {
  if (betweens.length === 0) return {};
  const each = betweens.map(({ before, after, seconds }) => requestRates(before, after, seconds));
  const events = 'etcd_debugging_mvcc_events_total';
  return {
    requestsPerSecond: Object.fromEntries(
      KINDS.map((kind) => [kind, sum(each.map((rates) => rates[kind] ?? 0))]),
    ),
    eventsPerSecond: sumKnown(
      betweens.map(({ before, after, seconds }) => rate(before.value(events), after.value(events), seconds)),
    ),
  };
}

/** Keys are the same everywhere: the member that has most of them is the one that is up to date. */
function clusterGauges(sample: ClusterSample, members: readonly MemberFacts[]): Partial<ClusterFacts> {
  const headers = sample.members.map(({ status }) => status?.header).filter((header) => header !== undefined);
  return {
    clusterId: headers[0]?.clusterId.toString(16),
    raftTerm: largest(members.map(({ raftTerm }) => raftTerm)),
    revision: positive(largest(headers.map(({ revision }) => revision))) ?? revisionOf(sample),
    keys: largest(sample.members.map(({ metrics }) => metrics?.value('etcd_debugging_mvcc_keys_total'))),
    watchers: sumKnown(members.map(({ watchers }) => watchers)),
    slowWatchers: sumKnown(members.map(({ slowWatchers }) => slowWatchers)),
    leases: sample.leases,
  };
}

function revisionOf({ members }: ClusterSample): number | undefined {
  return largest(members.map(({ metrics }) => metrics?.value('etcd_debugging_mvcc_current_revision')));
}

function alarmsOf({ alarms, members }: ClusterSample): ClusterFacts['alarms'] {
  return alarms.map(({ memberID, alarm }) => {
    const member = members.find(({ id }) => id === memberID);
    return {
      member: member === undefined ? memberID.toString(16) : nameOf(member),
      alarm: ALARM_NAMES[alarm] ?? String(alarm),
    };
  });
}

/** `time` is that of the wall, for people. */
export function viewOf(sample: ClusterSample, previous: ClusterSample | undefined, time: Date): ClusterFacts {
  const sorted = sample.members.toSorted((a, b) =>
    nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }),
  );
  const betweens = sorted.map((member) => betweenOf(member, previous, sample.at));
  const members = sorted.map((member, i) => memberFacts(member, betweens[i]));
  return {
    time: time.toISOString(),
    ...clusterGauges(sample, members),
    ...clusterRates(betweens.filter((between) => between !== undefined)),
    leader: members.find(({ state }) => state === 'leader')?.name ?? '',
    alarms: alarmsOf(sample),
    ...(sample.error === '' ? {} : { error: sample.error }),
    members,
  };
}
