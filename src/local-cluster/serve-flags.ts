/** The arguments of each member's `kvctl serve`: what makes it a member of this cluster, and what the user adds. */
import { dataDirectory } from './directory.ts';
import { ClusterError } from './failure.ts';
import { type ClusterPlan, clientUrl, initialCluster, type MemberPlan, peerUrl } from './plan.ts';

/** The cluster decides these. */
const OURS: ReadonlySet<string> = new Set([
  'name',
  'data-dir',
  'config-file',
  'listen-client-urls',
  'advertise-client-urls',
  'listen-client-http-urls',
  'listen-peer-urls',
  'initial-advertise-peer-urls',
  'initial-cluster',
  'initial-cluster-state',
  'initial-cluster-token',
  'discovery',
  'discovery-srv',
  'discovery-endpoints',
  'discovery-token',
  'log-format',
  'log-level',
  'log-outputs',
  'logger',
]);

/** What people pass on to every member. @throws ClusterError for a flag that can't be the same for all, or is ours */
export function checkServeFlags(words: readonly string[]): void {
  for (const word of words) {
    const name = /^--?([^=]+)/.exec(word)?.[1];
    if (name === undefined || !OURS.has(name)) continue;
    throw new ClusterError(`--${name} behind "--": cluster start decides that for each member itself`);
  }
}

export function serveArguments(
  directory: string,
  plan: ClusterPlan,
  member: MemberPlan,
  more: readonly string[],
): string[] {
  return [
    'serve',
    `--name=${member.name}`,
    `--data-dir=${dataDirectory(directory, member)}`,
    `--listen-client-urls=${clientUrl(member)}`,
    `--advertise-client-urls=${clientUrl(member)}`,
    `--listen-peer-urls=${peerUrl(member)}`,
    `--initial-advertise-peer-urls=${peerUrl(member)}`,
    `--initial-cluster=${initialCluster(plan)}`,
    `--initial-cluster-token=${plan.token}`,
    ...more,
  ];
}
