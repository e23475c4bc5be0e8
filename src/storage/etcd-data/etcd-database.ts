/**
 * An etcd database file with its types: history, leases, alarms, membership, auth, progress. Nothing is kept in
 * memory but what is asked for; what can be many comes in batches. A bucket that the file does not have is empty.
 * Values are views of the file's pages.
 */
import { parseConfState } from '../../core/apply/progress.ts';
import { type ClusterMember, parseMember } from '../../core/membership/member.ts';
import { encodeRevision } from '../../core/mvcc/revision.ts';
import type { Bucket } from '../../core/ports/backend.ts';
import { toLatin1, utf8Text } from '../../core/wire/bytes.ts';
import type { MessageCodec } from '../../core/wire/codec.ts';
import { Role, User } from '../../core/wire/gen/auth.ts';
import { Lease } from '../../core/wire/gen/lease.ts';
import type { ConfState } from '../../core/wire/gen/raft.ts';
import { AlarmMember } from '../../core/wire/gen/rpc.ts';
import { BoltFile, type Entry, type PageFile, type ScanRange } from '../bbolt/index.ts';
import { SchemaError } from './errors.ts';
import { AUTH_KEYS, CLUSTER_KEYS, META_KEYS, type RevisionKey, revisionOf, uint64Of } from './schema.ts';

/** One stored change: a put's mvccpb.KeyValue, or a tombstone's with the key alone. */
export interface StoredChange extends RevisionKey {
  readonly key: Uint8Array;
  readonly pair: Uint8Array;
}

export interface StoredMeta {
  /** Index of the last raft entry whose effect is in the file: the log goes on behind it. */
  readonly consistentIndex: number;
  /** 0 before etcd 3.5. */
  readonly term: number;
  readonly confState: ConfState | undefined;
  /** `X.Y.0`; undefined before etcd 3.6. */
  readonly storageVersion: string | undefined;
  /** 0: none. Larger than `finishedCompactRevision`: a compaction that was cut short. */
  readonly scheduledCompactRevision: number;
  readonly finishedCompactRevision: number;
}

export interface StoredAuth {
  readonly enabled: boolean;
  readonly revision: number;
  readonly users: readonly User[];
  readonly roles: readonly Role[];
}

export interface StoredDowngrade {
  readonly enabled: boolean;
  /** `X.Y.0` */
  readonly targetVersion: string;
}

export class EtcdDatabase {
  readonly file: BoltFile;

  constructor(file: BoltFile) {
    this.file = file;
  }

  /** @throws BoltError. The file stays the caller's to close. */
  static async open(file: PageFile): Promise<EtcdDatabase> {
    return new EtcdDatabase(await BoltFile.open(file));
  }

  async *entries(bucket: Bucket, range?: ScanRange): AsyncGenerator<Entry[]> {
    const found = await this.file.bucket(bucket);
    if (found) yield* found.entries(range);
  }

  /** In revision order; `from` and `to` are main revisions, `to` exclusive. */
  async *changes(range: { from?: number; to?: number } = {}): AsyncGenerator<StoredChange[]> {
    const bound = (main: number | undefined): Uint8Array | undefined =>
      main === undefined ? undefined : encodeRevision(main, 0);
    for await (const entries of this.entries('key', { from: bound(range.from), to: bound(range.to) }))
      yield entries.map(({ key, value }) => ({ ...revisionOf('key', key), key, pair: value }));
  }

  /** Main revision of the last stored change; 0: there is none. */
  async lastRevision(): Promise<number> {
    const last = await (await this.file.bucket('key'))?.last();
    return last ? revisionOf('key', last.key).main : 0;
  }

  async meta(): Promise<StoredMeta> {
    const meta = await this.small('meta');
    const number = (key: Uint8Array): number => {
      const value = meta.get(toLatin1(key));
      return value ? uint64Of('meta', key, value) : 0;
    };
    const revision = (key: Uint8Array): number => {
      const value = meta.get(toLatin1(key));
      return value ? revisionOf('meta', key, value).main : 0;
    };
    const text = (key: Uint8Array): string | undefined => textIn(meta, key);
    const confState = text(META_KEYS.confState);
    return {
      consistentIndex: number(META_KEYS.consistentIndex),
      term: number(META_KEYS.term),
      confState: confState === undefined ? undefined : parseConfState(confState),
      storageVersion: text(META_KEYS.storageVersion),
      scheduledCompactRevision: revision(META_KEYS.scheduledCompactRevision),
      finishedCompactRevision: revision(META_KEYS.finishedCompactRevision),
    };
  }

  async *leases(): AsyncGenerator<Lease[]> {
    for await (const entries of this.entries('lease')) yield entries.map((e) => decode('lease', Lease, e));
  }

  async alarms(): Promise<AlarmMember[]> {
    const alarms: AlarmMember[] = [];
    for await (const entries of this.entries('alarm'))
      for (const { key } of entries) alarms.push(decode('alarm', AlarmMember, { key, value: key }));
    return alarms;
  }

  /** Ascending by the text of their ids. */
  async members(): Promise<ClusterMember[]> {
    const members: ClusterMember[] = [];
    for await (const entries of this.entries('members'))
      for (const entry of entries) members.push(memberIn(entry));
    return members;
  }

  async removedMembers(): Promise<bigint[]> {
    const removed: bigint[] = [];
    for await (const entries of this.entries('members_removed'))
      for (const { key } of entries) removed.push(memberIdIn('members_removed', key));
    return removed;
  }

  async clusterVersion(): Promise<string | undefined> {
    return textIn(await this.small('cluster'), CLUSTER_KEYS.version);
  }

  async downgrade(): Promise<StoredDowngrade | undefined> {
    const text = textIn(await this.small('cluster'), CLUSTER_KEYS.downgrade);
    if (text === undefined) return undefined;
    const raw = parseJson('cluster', CLUSTER_KEYS.downgrade, text) as Record<string, unknown>;
    return { enabled: raw.enabled === true, targetVersion: String(raw['target-version'] ?? '') };
  }

  async auth(): Promise<StoredAuth> {
    const flags = await this.small('auth');
    const revision = flags.get(toLatin1(AUTH_KEYS.revision));
    return {
      enabled: flags.get(toLatin1(AUTH_KEYS.enabled))?.[0] === 1,
      revision: revision ? uint64Of('auth', AUTH_KEYS.revision, revision) : 0,
      users: await this.messages('authUsers', User),
      roles: await this.messages('authRoles', Role),
    };
  }

  private async messages<T>(bucket: Bucket, codec: MessageCodec<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const entries of this.entries(bucket))
      for (const entry of entries) all.push(decode(bucket, codec, entry));
    return all;
  }

  /** A bucket that never holds more than a handful of entries. */
  private async small(bucket: Bucket): Promise<Map<string, Uint8Array>> {
    const all = new Map<string, Uint8Array>();
    for await (const entries of this.entries(bucket))
      for (const { key, value } of entries) all.set(toLatin1(key), value);
    return all;
  }
}

function textIn(bucket: ReadonlyMap<string, Uint8Array>, key: Uint8Array): string | undefined {
  const value = bucket.get(toLatin1(key));
  return value ? utf8Text(value) : undefined;
}

/** @throws SchemaError */
export function decode<T>(bucket: string, codec: MessageCodec<T>, { key, value }: Entry): T {
  try {
    return codec.decode(value);
  } catch (error) {
    throw new SchemaError(bucket, key, `value is no ${codec.typeName}: ${(error as Error).message}`);
  }
}

/** @throws SchemaError */
export function memberIn({ key, value }: Entry): ClusterMember {
  let member: ClusterMember;
  try {
    const { isPromote: _, ...parsed } = parseMember(utf8Text(value));
    member = parsed;
  } catch (error) {
    throw new SchemaError('members', key, `value is no member: ${(error as Error).message}`);
  }
  if (member.id !== memberIdIn('members', key)) throw new SchemaError('members', key, 'holds another member');
  return member;
}

/** @throws SchemaError */
export function memberIdIn(bucket: string, key: Uint8Array): bigint {
  const text = toLatin1(key);
  if (!/^[0-9a-f]{1,16}$/.test(text)) throw new SchemaError(bucket, key, 'is not the id of a member');
  return BigInt(`0x${text}`);
}

function parseJson(bucket: string, key: Uint8Array, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SchemaError(bucket, key, `value is no JSON: ${(error as Error).message}`);
  }
}
