/**
 * Software transactions, as a client does them: read some keys, decide, and write in one Txn that holds only if nobody
 * has interfered; else again with what the Txn's other branch has read. An operation is a transaction that was
 * committed, with all its attempts.
 */
import { type Client, connect, lock, Session, unlock } from '../../client/index.ts';
import { LockService } from '../../core/wire/gen/lock.ts';
import {
  Compare,
  CompareResult,
  CompareTarget,
  KVService,
  LeaseService,
  PutRequest,
  RangeRequest,
  type RangeResponse,
  type RequestOp,
} from '../../core/wire/gen/rpc.ts';
import type { LoadConnection } from '../client/connection.ts';
import { call } from '../client/unary.ts';
import { randomValue } from './keys.ts';
import type { Load, StmSpec } from './load.ts';
import type { LoadClient } from './load-client.ts';

const LOCK_NAME = 'stm-lock';
const LOCK_TTL_SECONDS = 60;
/** A transaction that was beaten so often fails. */
const MOST_ATTEMPTS = 1000;

interface Read {
  readonly key: Uint8Array;
  /** 0: there is no such key. */
  readonly modRevision: number;
}

const unchanged = ({ key, modRevision }: Read): Compare =>
  Compare.create({ key, target: CompareTarget.MOD, result: CompareResult.EQUAL, modRevision });

/** Holds if the key was not written after `revision`. */
const notWrittenSince = (key: Uint8Array, revision: number): Compare =>
  Compare.create({ key, target: CompareTarget.MOD, result: CompareResult.LESS, modRevision: revision + 1 });

function readOf(key: Uint8Array, response: RangeResponse): Read {
  return { key, modRevision: response.kvs[0]?.modRevision ?? 0 };
}

export class StmLoad implements Load {
  readonly series = ['stm'];
  private readonly spec: StmSpec;
  private readonly value: Buffer;
  private client: Client | undefined;

  constructor(spec: StmSpec) {
    this.spec = spec;
    this.value = randomValue(spec.valSize);
  }

  async prepare(): Promise<void> {
    if (this.spec.locker === 'lock-client') this.client = await connect(this.spec.client);
  }

  async cleanUp(): Promise<void> {
    this.client?.close();
  }

  begin(client: LoadClient): void {
    this.locked(client).then(
      () => client.finish(),
      (error: Error) => client.finish(error.message),
    );
  }

  private locked(client: LoadClient): Promise<void> {
    const work = () => this.transaction(client.connection);
    if (this.spec.locker === 'lock-client') return this.withClientLock(work);
    if (this.spec.locker === 'lock-rpc') return this.withRpcLock(client.connection, work);
    return work();
  }

  /** Every holder needs a lease of its own: a lock belongs to its lease. */
  private async withClientLock(work: () => Promise<void>): Promise<void> {
    const session = await Session.open(this.client!, LOCK_TTL_SECONDS);
    try {
      const claim = await lock(session, LOCK_NAME);
      await work();
      await unlock(session, claim);
    } finally {
      await session.close();
    }
  }

  private async withRpcLock(connection: LoadConnection, work: () => Promise<void>): Promise<void> {
    const name = Buffer.from(LOCK_NAME);
    const { ID } = await call(connection, LeaseService.leaseGrant, { TTL: LOCK_TTL_SECONDS });
    try {
      const { key } = await call(connection, LockService.lock, { name, lease: ID });
      await work();
      await call(connection, LockService.unlock, { key });
    } finally {
      await call(connection, LeaseService.leaseRevoke, { ID });
    }
  }

  private async transaction(connection: LoadConnection): Promise<void> {
    const keys = this.someKeys();
    const writes = keys.slice(0, Math.round((keys.length * this.spec.writePercent) / 100));
    let reads: Read[] | undefined;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const { found, revision } =
        reads === undefined ? await this.read(connection, keys) : { found: reads, revision: 0 };
      reads = await this.commit(connection, found, writes, revision);
      if (reads === undefined) return;
      // What the other branch read is as of one revision, but not a revision that later reads could share.
      if (this.spec.isolation === 'ss') reads = undefined;
    }
    throw new Error(`transaction was beaten ${MOST_ATTEMPTS} times`);
  }

  private someKeys(): Buffer[] {
    const { keys, keysPerTxn } = this.spec;
    const chosen = new Set<number>();
    while (chosen.size < keysPerTxn) chosen.add(Math.floor(Math.random() * keys));
    return [...chosen].map((number) => Buffer.from(`stm-${number}`));
  }

  /** Serializable levels read everything at the revision of the first read. */
  private async read(
    connection: LoadConnection,
    keys: readonly Buffer[],
  ): Promise<{ found: Read[]; revision: number }> {
    const sameRevision = this.spec.isolation === 's' || this.spec.isolation === 'ss';
    const found: Read[] = [];
    let revision = 0;
    for (const key of keys) {
      const response = await call(connection, KVService.range, {
        key,
        revision: sameRevision ? revision : 0,
        serializable: this.spec.isolation === 'c',
      });
      if (revision === 0) revision = response.header?.revision ?? 0;
      found.push(readOf(key, response));
    }
    return { found, revision };
  }

  /** Undefined if it was committed; else what the keys are now. */
  private async commit(
    connection: LoadConnection,
    reads: readonly Read[],
    writes: readonly Buffer[],
    revision: number,
  ): Promise<Read[] | undefined> {
    const { isolation } = this.spec;
    const compare = isolation === 'c' ? [] : reads.map(unchanged);
    if (isolation === 'ss') compare.push(...writes.map((key) => notWrittenSince(key, revision)));
    const success: RequestOp[] = writes.map((key) => ({
      requestPut: PutRequest.create({ key, value: this.value }),
    }));
    const failure: RequestOp[] = reads.map(({ key }) => ({ requestRange: RangeRequest.create({ key }) }));
    const response = await call(connection, KVService.txn, { compare, success, failure });
    if (response.succeeded) return undefined;
    return reads.map(({ key }, i) => readOf(key, response.responses[i].responseRange!));
  }
}
