/**
 * How a member comes into its cluster at its first start: as a founder of a new one, or by joining one that runs. Both
 * ask the others over the peer port; the checks and their texts are etcd's.
 */
import { type ClusterMember, hexId } from '../core/membership/member.ts';
import { askMembers, askVersions, type RemoteCluster } from '../peer/index.ts';
import type { ServerConfig } from './config/index.ts';
import { SERVER_VERSION } from './config/index.ts';
import { BootstrapError, type Founding, foundCluster } from './identity.ts';
import type { Logger } from './logging/index.ts';
import { StartError } from './start-error.ts';

/** For the question whether a founder has been here before. */
const FOUNDER_TIMEOUT_MS = 1000;
/** For a member that joins. */
const JOIN_TIMEOUT_MS = 10_000;
const LOWEST_CLUSTER_VERSION = '3.0';

export interface Bootstrap extends Founding {
  /** Members of the cluster that is joined, besides this one; none for founders and at a restart. */
  readonly remotes: readonly ClusterMember[];
}

/** @param fresh there is no log yet. @throws StartError */
export async function bootstrap(config: ServerConfig, fresh: boolean, logger: Logger): Promise<Bootstrap> {
  const founding = founded(config);
  if (!fresh) return { ...founding, remotes: [] };
  if (config.initialClusterState === 'existing') return join(config, founding, logger);
  const others = founding.founders.filter((m) => m.id !== founding.memberId);
  await refuseSecondBirth(founding, others);
  return { ...founding, remotes: [] };
}

function founded(config: ServerConfig): Founding {
  try {
    return foundCluster(config);
  } catch (error) {
    throw error instanceof BootstrapError ? new StartError(error.message) : error;
  }
}

/** A founder that the cluster has seen before has lost its data: it must not vote again. */
async function refuseSecondBirth({ memberId }: Founding, others: readonly ClusterMember[]): Promise<void> {
  const questions = urlsOf(others).map((url) => askMembers(url, FOUNDER_TIMEOUT_MS));
  const found = await Promise.any(questions).catch(() => undefined);
  const known = found?.members.find((m) => m.id === memberId);
  if (known && known.clientURLs.length > 0) {
    throw new StartError(`member ${hexId(memberId)} has already been bootstrapped`);
  }
}

async function join(config: ServerConfig, founding: Founding, logger: Logger): Promise<Bootstrap> {
  const others = founding.founders.filter((m) => m.id !== founding.memberId);
  const remote = await runningCluster(urlsOf(others), logger);
  const own = founding.founders.find((m) => m.id === founding.memberId)!;
  const matched = matchMembers(founding.founders, remote);
  const memberId = matched.get(own)!.id;
  const remotes = remote.members.filter((m) => m.id !== memberId);
  await checkVersions(remotes, logger);
  if (remote.members.filter((m) => m.isLearner).length > config.maxLearners) {
    throw new StartError('membership: too many learner members in cluster');
  }
  return { memberId, clusterId: remote.clusterId, founders: [], remotes };
}

const urlsOf = (members: readonly ClusterMember[]): string[] => members.flatMap((m) => m.peerURLs).sort();

async function runningCluster(urls: readonly string[], logger: Logger): Promise<RemoteCluster> {
  for (const url of urls) {
    try {
      return await askMembers(url, JOIN_TIMEOUT_MS);
    } catch (error) {
      logger.warn('failed to get cluster response', {
        address: `${url}/members`,
        error: (error as Error).message,
      });
    }
  }
  throw new StartError(
    'cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs',
  );
}

/** Whom the cluster knows each listed member as: the one with the same peer URLs. */
function matchMembers(
  listed: readonly ClusterMember[],
  remote: RemoteCluster,
): Map<ClusterMember, ClusterMember> {
  const fail = (why: string): never => {
    throw new StartError(`error validating peerURLs ${describeCluster(remote)}: ${why}`);
  };
  if (listed.length !== remote.members.length) fail('member count is unequal');
  const key = (m: ClusterMember): string => [...m.peerURLs].sort().join(',');
  const byUrls = new Map(listed.map((m) => [key(m), m]));
  const matched = new Map<ClusterMember, ClusterMember>();
  for (const member of remote.members) {
    const local = byUrls.get(key(member));
    if (local) matched.set(local, member);
    else {
      const urls = `[${member.peerURLs.join(' ')}]`;
      const cause = `unmatched member while checking PeerURLs`;
      fail(
        `PeerURLs: no match found for existing member (${hexId(member.id)}, ${urls}), last resolver error (${cause})`,
      );
    }
  }
  return matched;
}

function describeCluster({ clusterId, members }: RemoteCluster): string {
  const list = members.map(
    (m) =>
      `&{ID:${hexId(m.id)} RaftAttributes:{PeerURLs:[${m.peerURLs.join(' ')}] IsLearner:${m.isLearner}} ` +
      `Attributes:{Name:${m.name} ClientURLs:[${m.clientURLs.join(' ')}]}}`,
  );
  return `{ClusterID:${hexId(clusterId)} Members:[${list.join(' ')}] RemovedMemberIDs:[]}`;
}

async function checkVersions(remotes: readonly ClusterMember[], logger: Logger): Promise<void> {
  const versions = await Promise.all(
    remotes.map(async (m) => ({ id: m.id, found: await askVersions(m.peerURLs, JOIN_TIMEOUT_MS) })),
  );
  const readable = versions.filter(({ found }) => found && /^\d+\.\d+/.test(found.etcdcluster));
  const limits = { low: minorNumber(LOWEST_CLUSTER_VERSION), high: minorNumber(SERVER_VERSION) };
  const wrong = readable.filter(({ id, found }) => {
    const version = minorNumber(found!.etcdcluster);
    if (version >= limits.low && version <= limits.high) return false;
    logger.warn(
      `cluster version of remote member is not compatible; too ${version < limits.low ? 'low' : 'high'}`,
      { 'remote-member-id': hexId(id), 'remote-member-cluster-version': found!.etcdcluster },
    );
    return true;
  });
  if (wrong.length > 0 || readable.length === 0) {
    throw new StartError('incompatible with current running cluster');
  }
}

/** Major and minor as one number that compares. */
function minorNumber(version: string): number {
  const [major, minor] = version.split('.').map(Number);
  return major * 1000 + minor;
}
