/** Who this member is, before it has a log: from --name, --initial-cluster and the token (etcd's rules, see core/ids). */
import { createHash } from 'node:crypto';
import { clusterIdOf, memberIdOf } from '../core/ids.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { ServerConfig } from './config/server-config.ts';

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

/** The configuration contradicts itself; the text is etcd's. */
export class BootstrapError extends Error {
  override name = 'BootstrapError';
}

export interface Founding {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  /** Every founder, this member included; names are kept, client URLs are not known yet. */
  readonly founders: readonly ClusterMember[];
}

/** name -> peer URLs of `a=url,b=url,a=url2`. */
export function parseInitialCluster(text: string): Map<string, string[]> {
  const urls = new Map<string, string[]>();
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    if (at < 0) throw new BootstrapError(`error setting up initial cluster: missing "=" in "${part}"`);
    const name = part.slice(0, at).trim();
    urls.set(name, [...(urls.get(name) ?? []), part.slice(at + 1).trim()]);
  }
  return urls;
}

/** What names a cluster and a member of it. */
export type FoundingFlags = Pick<
  ServerConfig,
  'name' | 'initialCluster' | 'initialClusterToken' | 'initialAdvertisePeerUrls'
>;

/** The identity of a member that is added to a running cluster now. */
export function newMemberId(peerURLs: readonly string[]): bigint {
  return memberIdOf({ peerURLs, token: '', addedAt: Math.floor(Date.now() / 1000) }, sha1);
}

/** @throws BootstrapError */
export function foundCluster(config: FoundingFlags): Founding {
  const urls = parseInitialCluster(config.initialCluster);
  const own = urls.get(config.name);
  if (!own)
    throw new BootstrapError(
      `couldn't find local name "${config.name}" in the initial cluster configuration`,
    );
  const all = [...urls.values()].flat();
  if (new Set(all).size !== all.length) {
    throw new BootstrapError(`initial cluster ${config.initialCluster} has duplicate url`);
  }
  const advertised = config.initialAdvertisePeerUrls.map((u) => u.text).sort();
  const listed = [...own].sort();
  if (advertised.join() !== listed.join())
    throw new BootstrapError(mismatch(config.name, listed, advertised));
  const founders = [...urls].map(([name, peerURLs]) => ({
    id: memberIdOf({ peerURLs, token: config.initialClusterToken }, sha1),
    name,
    peerURLs: [...peerURLs].sort(),
    clientURLs: [],
    isLearner: false,
  }));
  return {
    memberId: founders.find((m) => m.name === config.name)!.id,
    clusterId: clusterIdOf(
      founders.map((m) => m.id),
      sha1,
    ),
    founders,
  };
}

function mismatch(name: string, listed: readonly string[], advertised: readonly string[]): string {
  const given = listed.map((url) => `${name}=${url}`).join(',');
  const quoted = (urls: readonly string[]): string => urls.map((u) => JSON.stringify(u)).join(' ');
  const cause =
    listed.length === advertised.length
      ? `resolved urls: ${JSON.stringify(advertised.find((u, i) => u !== listed[i]))} != ${JSON.stringify(listed.find((u, i) => u !== advertised[i]))}`
      : `len([${quoted(advertised)}]) != len([${quoted(listed)}])`;
  return `--initial-cluster has ${given} but missing from --initial-advertise-peer-urls=${advertised.join(',')} (${cause})`;
}
