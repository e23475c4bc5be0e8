/**
 * Everything a server tells of its data, as a value that two servers can be compared by: all keys at the oldest revision
 * that is kept, every change since, keys at revisions in between, leases with their keys, and the hashes. Digests stand
 * for what can be long, so that a million revisions fit.
 */
import { createHash, type Hash } from 'node:crypto';
import { Event, KeyValue } from '../../src/core/wire/gen/kv.ts';
import {
  KVService,
  LeaseService,
  MaintenanceService,
  RangeRequest,
  WatchCreateRequest,
  WatchRequest,
  WatchService,
} from '../../src/core/wire/gen/rpc.ts';
import { NodeDisk } from '../../src/storage/disk/index.ts';
import { EtcdDatabase, type StoredAuth } from '../../src/storage/etcd-data/index.ts';
import { TestClient } from './grpc-client.ts';

const PAGE_KEYS = 5_000;
const TIMEOUT_MS = 60_000;
const ALL = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };

export interface Digest {
  readonly count: number;
  readonly sha256: string;
}

export interface StoreContent {
  readonly revision: number;
  readonly compactRevision: number;
  /** Keys at `oldest`, and at some later revisions. */
  readonly keys: Readonly<Record<number, Digest>>;
  readonly changes: Digest;
  readonly leases: readonly { readonly id: bigint; readonly ttl: number; readonly keys: readonly string[] }[];
  readonly hashes: Readonly<Record<number, number>>;
}

/** @param samples revisions in between to look at as a whole */
export async function contentOf(endpoint: string, samples = 4): Promise<StoreContent> {
  const client = new TestClient(endpoint);
  try {
    const hash = async (revision: number) => client.call(MaintenanceService.hashKV, { revision }, TIMEOUT_MS);
    const { compactRevision, header } = await hash(0);
    const { revision } = header!;
    const oldest = Math.max(compactRevision, 1);
    const keys: Record<number, Digest> = {};
    const hashes: Record<number, number> = {};
    for (let i = 0; i <= samples; i++) {
      const at = oldest + Math.floor(((revision - oldest) * i) / samples);
      keys[at] = await keysAt(client, at);
      // etcd 3.4 refuses the compact revision itself.
      if (at > compactRevision) hashes[at] = (await hash(at)).hash;
    }
    const changes = await changesBetween(client, oldest + 1, revision);
    return { revision, compactRevision, keys, changes, leases: await leasesOf(client), hashes };
  } finally {
    client.close();
  }
}

async function keysAt(client: TestClient, revision: number): Promise<Digest> {
  const digest = new Digester();
  let { key } = ALL;
  for (;;) {
    const request = { ...ALL, key, revision, limit: PAGE_KEYS };
    const { kvs, more } = await client.call(KVService.range, RangeRequest.create(request), TIMEOUT_MS);
    for (const kv of kvs) digest.add(KeyValue.encode(kv));
    if (!more) return digest.result();
    key = Buffer.concat([kvs[kvs.length - 1].key, Buffer.from([0])]);
  }
}

function changesBetween(client: TestClient, from: number, to: number): Promise<Digest> {
  const digest = new Digester();
  if (from > to) return Promise.resolve(digest.result());
  return new Promise((resolve, reject) => {
    const stream = client.bidi(WatchService.watch);
    const timer = setTimeout(() => stream.destroy(new Error(`no change ${to} came`)), 10 * TIMEOUT_MS);
    stream.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    stream.on('data', ({ events, compactRevision, canceled }) => {
      if (canceled) stream.destroy(new Error(`the watch ended: compacted at ${compactRevision}`));
      for (const event of events) {
        digest.add(Event.encode(event));
        if (event.kv!.modRevision < to) continue;
        // All changes of a revision come in one message.
        clearTimeout(timer);
        resolve(digest.result());
      }
      if (digest.count > 0 && events.at(-1)!.kv!.modRevision >= to) stream.cancel();
    });
    const createRequest = WatchCreateRequest.create({ ...ALL, startRevision: from });
    stream.write(WatchRequest.create({ createRequest }));
  });
}

async function leasesOf(client: TestClient): Promise<StoreContent['leases']> {
  const { leases } = await client.call(LeaseService.leaseLeases, {}, TIMEOUT_MS);
  const ids = leases.map(({ ID }) => ID).sort((a, b) => (a < b ? -1 : 1));
  const found = [];
  for (const ID of ids) {
    const { grantedTTL, keys } = await client.call(
      LeaseService.leaseTimeToLive,
      { ID, keys: true },
      TIMEOUT_MS,
    );
    found.push({
      id: ID,
      ttl: grantedTTL,
      keys: keys.map((key) => Buffer.from(key).toString('latin1')).sort(),
    });
  }
  return found;
}

/** Users, roles and whether they count, which a snapshot has whoever may ask for them. */
export async function authIn(snapshot: string): Promise<StoredAuth> {
  const file = await new NodeDisk().open(snapshot, 'read');
  try {
    const auth = await (await EtcdDatabase.open(file)).auth();
    return structuredClone(auth);
  } finally {
    await file.close();
  }
}

class Digester {
  count = 0;
  private readonly hash: Hash = createHash('sha256');

  add(bytes: Uint8Array): void {
    this.count++;
    this.hash.update(`${bytes.length} `).update(bytes);
  }

  result(): Digest {
    return { count: this.count, sha256: this.hash.copy().digest('hex') };
  }
}
