/**
 * Identities of members and clusters: the first 8 bytes, big endian, of a SHA-1 (etcd's rule; nothing here is secret).
 * The hash function is handed in, as the core has none of its own.
 */
import { concatBytes, utf8Bytes } from './wire/bytes.ts';

export type Sha1 = (bytes: Uint8Array) => Uint8Array;

function firstUint64(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
}

export interface MemberIdSource {
  readonly peerURLs: readonly string[];
  /** --initial-cluster-token; empty for a member that is added to a running cluster. */
  readonly token: string;
  /** Unix seconds, for a member that is added to a running cluster: the same URLs may come back under a new id. */
  readonly addedAt?: number;
}

/** Over the sorted peer URLs, the token, and the time of the addition. */
export function memberIdOf({ peerURLs, token, addedAt }: MemberIdSource, sha1: Sha1): bigint {
  const sorted = peerURLs.map(utf8Bytes).sort((a, b) => byteOrder(a, b));
  const time = addedAt === undefined ? '' : String(addedAt);
  return firstUint64(sha1(concatBytes([...sorted, utf8Bytes(token), utf8Bytes(time)])));
}

/** Over the ids of the founding members, ascending, 8 bytes big endian each. Never changes afterwards. */
export function clusterIdOf(memberIds: readonly bigint[], sha1: Sha1): bigint {
  const bytes = new Uint8Array(memberIds.length * 8);
  const view = new DataView(bytes.buffer);
  [...memberIds]
    .sort((a, b) => (a < b ? -1 : 1))
    .forEach((id, i) => {
      view.setBigUint64(i * 8, id);
    });
  return firstUint64(sha1(bytes));
}

function byteOrder(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
