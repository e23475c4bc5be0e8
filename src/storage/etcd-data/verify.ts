/**
 * What etcd's schema promises beyond sound pages: each entry decodes, and says of itself what its key says. This finds
 * most damage to bytes that no page check covers; damage inside a user's key or value only the SHA-256 of a snapshot
 * finds.
 */
import type { BUCKETS, Bucket } from '../../core/ports/backend.ts';
import { bytesEqual, toLatin1, utf8Text } from '../../core/wire/bytes.ts';
import { Role, User } from '../../core/wire/gen/auth.ts';
import { KeyValue } from '../../core/wire/gen/kv.ts';
import { Lease } from '../../core/wire/gen/lease.ts';
import { AlarmMember } from '../../core/wire/gen/rpc.ts';
import type { Entry } from '../bbolt/index.ts';
import { SchemaError } from './errors.ts';
import { decode, type EtcdDatabase, memberIdIn, memberIn } from './etcd-database.ts';
import { AUTH_KEYS, META_KEYS, revisionOf, uint64Of } from './schema.ts';

/** Entries of each bucket, held to its rule. @throws SchemaError, from the rule */
type Rule = (entry: Entry) => void;

const INT64_BYTES = 8;

function fail(bucket: string, { key }: Entry, problem: string): never {
  throw new SchemaError(bucket, key, problem);
}

function verifyChange(entry: Entry): void {
  const { main, tombstone } = revisionOf('key', entry.key);
  const pair = decode('key', KeyValue, entry);
  if (tombstone) {
    if (pair.key.length === 0) fail('key', entry, 'tombstone without a key');
    return;
  }
  // The mark that `snapshot restore --bump-revision` leaves.
  if (entry.value.length === 0) return;
  if (pair.key.length === 0) fail('key', entry, 'pair without a key');
  if (pair.modRevision !== main) fail('key', entry, `pair is of revision ${pair.modRevision}`);
  if (pair.createRevision < 1 || pair.createRevision > main || pair.version < 1)
    fail('key', entry, `pair was created at ${pair.createRevision} and is version ${pair.version}`);
}

function verifyLease(entry: Entry): void {
  const lease = decode('lease', Lease, entry);
  if (entry.key.length !== INT64_BYTES) fail('lease', entry, 'is not a lease id');
  const id = new DataView(entry.key.buffer, entry.key.byteOffset, INT64_BYTES).getBigInt64(0);
  if (lease.ID !== id) fail('lease', entry, `holds lease ${lease.ID}`);
}

function verifyMeta(entry: Entry): void {
  const is = (key: Uint8Array): boolean => bytesEqual(entry.key, key);
  if (is(META_KEYS.consistentIndex) || is(META_KEYS.term)) uint64Of('meta', entry.key, entry.value);
  else if (is(META_KEYS.scheduledCompactRevision) || is(META_KEYS.finishedCompactRevision))
    revisionOf('meta', entry.key, entry.value);
  else if (is(META_KEYS.confState)) parseObject('meta', entry);
  else if (is(META_KEYS.storageVersion)) verifyVersion('meta', entry);
  else fail('meta', entry, 'is not known');
}

function verifyCluster(entry: Entry): void {
  if (toLatin1(entry.key) === 'clusterVersion') verifyVersion('cluster', entry);
  else if (toLatin1(entry.key) === 'downgrade') parseObject('cluster', entry);
  else fail('cluster', entry, 'is not known');
}

function verifyAuth(entry: Entry): void {
  if (bytesEqual(entry.key, AUTH_KEYS.revision)) uint64Of('auth', entry.key, entry.value);
  else if (!bytesEqual(entry.key, AUTH_KEYS.enabled)) fail('auth', entry, 'is not known');
  else if (entry.value.length !== 1 || entry.value[0] > 1) fail('auth', entry, 'is neither on nor off');
}

function verifyUser(entry: Entry): void {
  if (!bytesEqual(decode('authUsers', User, entry).name, entry.key))
    fail('authUsers', entry, 'holds another user');
}

function verifyRole(entry: Entry): void {
  if (!bytesEqual(decode('authRoles', Role, entry).name, entry.key))
    fail('authRoles', entry, 'holds another role');
}

function verifyVersion(bucket: string, entry: Entry): void {
  if (!/^\d+\.\d+\.\d+/.test(toLatin1(entry.value))) fail(bucket, entry, 'is not a version');
}

function parseObject(bucket: string, entry: Entry): void {
  try {
    JSON.parse(utf8Text(entry.value));
  } catch (error) {
    fail(bucket, entry, `value is no JSON: ${(error as Error).message}`);
  }
}

const RULES: Readonly<Record<(typeof BUCKETS)[number], Rule>> = {
  key: verifyChange,
  lease: verifyLease,
  meta: verifyMeta,
  cluster: verifyCluster,
  auth: verifyAuth,
  authUsers: verifyUser,
  authRoles: verifyRole,
  members: memberIn,
  members_removed: ({ key }) => void memberIdIn('members_removed', key),
  alarm: ({ key }) => void decode('alarm', AlarmMember, { key, value: key }),
};

/** Every entry that breaks its bucket's rule. Buckets that are not etcd's are reported too. @throws DamagedPageError */
export async function* verifySchema(database: EtcdDatabase): AsyncGenerator<SchemaError> {
  for await (const bucket of database.file.buckets()) {
    const rule = Object.hasOwn(RULES, bucket.name) ? RULES[bucket.name as keyof typeof RULES] : undefined;
    if (rule === undefined) {
      yield new SchemaError(bucket.name, new Uint8Array(0), 'is no bucket of etcd');
      continue;
    }
    for await (const entries of bucket.entries()) {
      for (const entry of entries) {
        const problem = problemOf(rule, entry);
        if (problem) yield problem;
      }
    }
  }
}

/** What is wrong with one entry of a bucket of etcd's. */
export function problemOfEntry(bucket: Bucket, entry: Entry): SchemaError | undefined {
  return problemOf(RULES[bucket], entry);
}

function problemOf(rule: Rule, entry: Entry): SchemaError | undefined {
  try {
    rule(entry);
    return undefined;
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
}
