/** Membership in the backend: buckets `members`, `members_removed` and `cluster`, with etcd's keys and values. */
import type { BackendReader } from '../ports/backend.ts';
import { asBuffer, fromLatin1, utf8Bytes, utf8Text } from '../wire/bytes.ts';
import type { MemberBuckets } from './cluster.ts';
import { type ClusterMember, parseMember } from './member.ts';

const VERSION_KEY = fromLatin1('clusterVersion');
const REMOVED = fromLatin1('removed');
/** More members than any cluster has. */
const MAX_STORED_MEMBERS = 100_000;

/** The part of the write buffer that is needed here. */
export interface BucketWriter {
  put(bucket: 'members' | 'members_removed' | 'cluster', key: Uint8Array, value: Uint8Array): void;
  delete(bucket: 'members' | 'members_removed' | 'cluster', key: Uint8Array): void;
}

export function memberBuckets(writer: BucketWriter): MemberBuckets {
  return {
    putMember: (hexId, json) => writer.put('members', fromLatin1(hexId), utf8Bytes(json)),
    removeMember(hexId) {
      writer.delete('members', fromLatin1(hexId));
      writer.put('members_removed', fromLatin1(hexId), REMOVED);
    },
    putClusterVersion: (version) => writer.put('cluster', VERSION_KEY, fromLatin1(version)),
  };
}

export interface StoredMembership {
  readonly members: ClusterMember[];
  readonly removed: bigint[];
  readonly version: string | undefined;
}

/** What the buckets hold; to be called before anything is in the write buffer. */
export function readMembership(backend: BackendReader): StoredMembership {
  const members = backend.scan({ bucket: 'members', limit: MAX_STORED_MEMBERS }).map(({ value }) => {
    const { isPromote: _, ...member } = parseMember(utf8Text(value));
    return member;
  });
  const removed = backend
    .scan({ bucket: 'members_removed', limit: MAX_STORED_MEMBERS })
    .map(({ key }) => BigInt(`0x${asBuffer(key).toString('latin1')}`));
  const version = backend.get('cluster', VERSION_KEY);
  return { members, removed, version: version ? utf8Text(version) : undefined };
}
