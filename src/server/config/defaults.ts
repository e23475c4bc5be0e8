/** Values that are not what was given: 0 that means "the default", and what one setting makes of another. */
import type { HostDetection } from './default-host.ts';
import { FLAGS, type FlagProperty, type FlagValues } from './flags/index.ts';
import type { StartLine } from './server-config.ts';
import { parseUrl, type ServerUrl, urlTexts } from './urls.ts';

/** Values while they are still being worked out. */
export type Draft = { -readonly [P in keyof FlagValues]: FlagValues[P] };

/** What 0 stands for. */
const ZERO_MEANS = {
  snapshotCount: 10_000,
  snapshotCatchupEntries: 5000,
  quotaBackendBytes: 2 * 1024 ** 3,
  backendBatchIntervalMs: 100,
  // etcd's is 10,000. Handing over that many takes 15 ms of the event loop; commits of 2,500 take 4, and cost no throughput.
  backendBatchLimit: 2_500,
  compactionBatchLimit: 1000,
  compactionSleepIntervalMs: 10,
  watchProgressNotifyIntervalMs: 600_000,
} as const satisfies Partial<Record<FlagProperty, number>>;

const MIN_PROGRESS_INTERVAL_MS = 100;
const MIN_RAFT_TIMEOUT_MS = 5000;
const DEFAULT_NAME = FLAGS.name.default;
const DEFAULT_CLUSTER = FLAGS.initialCluster.default;

export function replaceZeros(draft: Draft): void {
  for (const [property, value] of Object.entries(ZERO_MEANS)) {
    const key = property as keyof typeof ZERO_MEANS;
    if (draft[key] === 0) draft[key] = value;
  }
  draft.watchProgressNotifyIntervalMs = Math.max(
    MIN_PROGRESS_INTERVAL_MS,
    draft.watchProgressNotifyIntervalMs,
  );
}

/** Peers closer than this to their timeout would be cut off while they are only slow. */
export function raiseRaftTimeouts(draft: Draft): readonly StartLine[] {
  const lines: StartLine[] = [];
  for (const property of ['raftReadTimeoutMs', 'raftWriteTimeoutMs'] as const) {
    if (draft[property] >= MIN_RAFT_TIMEOUT_MS) continue;
    draft[property] = MIN_RAFT_TIMEOUT_MS;
    lines.push({ level: 'info', msg: `${FLAGS[property].flag} increased to minimum value: 5s` });
  }
  return lines;
}

/** A discovery setting replaces the default initial cluster. */
export function clearClusterForDiscovery(draft: Draft, given: ReadonlySet<FlagProperty>): void {
  const discovers =
    draft.discoverySrv !== '' || draft.discoveryToken !== '' || draft.discoveryEndpoints.length > 0;
  if (discovers && !given.has('initialCluster')) draft.initialCluster = '';
}

function sameUrls(a: readonly ServerUrl[], b: readonly ServerUrl[]): boolean {
  return urlTexts(a).join() === urlTexts(b).join();
}

/** The default advertised URL of a listener on all addresses, with the host that others can reach. */
function advertised(
  urls: readonly ServerUrl[],
  byDefault: readonly ServerUrl[],
  listen: readonly ServerUrl[],
  host: string | undefined,
): readonly ServerUrl[] | undefined {
  if (host === undefined || !sameUrls(urls, byDefault) || listen[0]?.hostname !== '0.0.0.0') return undefined;
  const shown = host.includes(':') ? `[${host}]` : host;
  return [parseUrl(`${urls[0].scheme}://${shown}:${listen[0].port}`)];
}

/** Rewrites advertised URLs and initial cluster where they were left at their defaults. */
export function rewriteDefaults(draft: Draft, detected: HostDetection): readonly StartLine[] {
  const host = 'host' in detected ? detected.host : undefined;
  const peer = advertised(
    draft.initialAdvertisePeerUrls,
    FLAGS.initialAdvertisePeerUrls.default,
    draft.listenPeerUrls,
    host,
  );
  const client = advertised(
    draft.advertiseClientUrls,
    FLAGS.advertiseClientUrls.default,
    draft.listenClientUrls,
    host,
  );
  if (peer) draft.initialAdvertisePeerUrls = peer;
  if (client) draft.advertiseClientUrls = client;
  if (draft.name !== DEFAULT_NAME && draft.initialCluster === DEFAULT_CLUSTER) {
    draft.initialCluster = urlTexts(draft.initialAdvertisePeerUrls)
      .map((url) => `${draft.name}=${url}`)
      .join(',');
  }
  const lines: StartLine[] = [];
  if (peer || client) {
    lines.push({ level: 'info', msg: 'detected default host for advertise', fields: { host } });
  }
  if ('error' in detected) {
    lines.push({ level: 'info', msg: 'failed to detect default host', fields: { error: detected.error } });
  }
  return lines;
}
