/** What peers say of themselves in every request, and when two of them can talk at all. */
import type { IncomingHttpHeaders } from 'node:http';

/** This member, as its peers see it. */
export interface LocalPeer {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  /** `X.Y.Z` */
  readonly version: string;
  /** Lowest cluster version that this member can join, `X.Y.Z`. */
  readonly minClusterVersion: string;
  /** Own peer URLs: a peer that doesn't know us yet answers there. */
  peerURLs(): readonly string[];
}

/** A peer that doesn't say its version is from before it had to. */
const OLDEST = '2.0.0';

export function requestHeaders(local: LocalPeer): Record<string, string> {
  const headers: Record<string, string> = {
    'X-Server-From': local.memberId.toString(16),
    'X-Server-Version': local.version,
    'X-Min-Cluster-Version': local.minClusterVersion,
    'X-Etcd-Cluster-ID': local.clusterId.toString(16),
  };
  const urls = local.peerURLs();
  if (urls.length > 0) headers['X-PeerURLs'] = urls.join(',');
  return headers;
}

export function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : (value ?? '');
}

/** Major and minor decide; < 0 if `a` is the older one. */
export function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}

/** False if the sender is older than what we can work with, or won't work with what we are. */
export function compatible(local: LocalPeer, headers: IncomingHttpHeaders): boolean {
  const version = header(headers, 'x-server-version') || OLDEST;
  const minimum = header(headers, 'x-min-cluster-version') || OLDEST;
  return (
    compareVersions(version, local.minClusterVersion) >= 0 && compareVersions(local.version, minimum) >= 0
  );
}

/** undefined: not a 64-bit hex number. */
export function parseHexId(text: string): bigint | undefined {
  return /^[0-9a-fA-F]{1,16}$/.test(text) ? BigInt(`0x${text}`) : undefined;
}
