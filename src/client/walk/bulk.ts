/**
 * Many puts as few transactions: each holds so many keys and bytes at most, and is done as a whole or not at all. What
 * happens to keys that are there already is the owner's choice.
 */
import { bytesEqual, toLatin1 } from '../../core/wire/bytes.ts';
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import {
  Compare,
  CompareResult,
  CompareTarget,
  PutRequest,
  RangeRequest,
  RequestOp,
  type TxnRequest,
  type TxnResponse,
} from '../../core/wire/gen/rpc.ts';

/** Bytes of keys and values in one transaction; etcd takes 1.5 MiB unless it is told otherwise. */
const MOST_BYTES = 1024 * 1024;

export interface Pair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly lease: bigint;
}

/** `refuse`: a key that has another value ends it all; the same value is fine. */
export type ExistingKeys = 'refuse' | 'skip' | 'overwrite';

export interface BulkOptions {
  readonly existing: ExistingKeys;
  readonly maxOperations: number;
  /** Looks what would happen, writes nothing. */
  readonly dryRun: boolean;
  readonly transact: (request: Partial<TxnRequest>) => Promise<TxnResponse>;
}

export interface BulkTotals {
  written: number;
  writtenBytes: number;
  /** There already, with the same value. */
  unchanged: number;
  /** There already, left alone. */
  skipped: number;
  transactions: number;
}

/** Keys that are there with other values. Nothing of their transaction was done. */
export class ConflictError extends Error {
  override name = 'ConflictError';
  readonly keys: readonly Uint8Array[];

  constructor(keys: readonly Uint8Array[]) {
    super(`${keys.length} keys are there already with other values`);
    this.keys = keys;
  }
}

const sizeOf = ({ key, value }: Pair) => key.length + value.length;

const putOf = ({ key, value, lease }: Pair) =>
  RequestOp.create({ requestPut: PutRequest.create({ key, value, lease }) });

const isAbsent = ({ key }: Pair) =>
  Compare.create({ key, target: CompareTarget.VERSION, result: CompareResult.EQUAL, version: 0 });

export class BulkWriter {
  readonly totals: BulkTotals = { written: 0, writtenBytes: 0, unchanged: 0, skipped: 0, transactions: 0 };
  private readonly options: BulkOptions;
  private batch: Pair[] = [];
  private keys = new Set<string>();
  private bytes = 0;

  constructor(options: BulkOptions) {
    this.options = options;
  }

  /** True if what was given before this pair has been written. @throws ConflictError, StatusError */
  async put(pair: Pair): Promise<boolean> {
    const name = toLatin1(pair.key);
    const size = sizeOf(pair);
    const isFull =
      this.batch.length >= this.options.maxOperations ||
      (this.batch.length > 0 && this.bytes + size > MOST_BYTES) ||
      this.keys.has(name);
    if (isFull) await this.flush();
    this.batch.push(pair);
    this.keys.add(name);
    this.bytes += size;
    return isFull;
  }

  async flush(): Promise<void> {
    const { batch } = this;
    this.batch = [];
    this.keys = new Set();
    this.bytes = 0;
    if (batch.length === 0) return;
    if (this.options.dryRun) await this.look(batch);
    else if (this.options.existing === 'overwrite') await this.overwrite(batch);
    else await this.writeMissing(batch);
  }

  private written(pairs: readonly Pair[]): void {
    this.totals.written += pairs.length;
    for (const pair of pairs) this.totals.writtenBytes += sizeOf(pair);
  }

  private async transact(request: Partial<TxnRequest>): Promise<TxnResponse> {
    const response = await this.options.transact(request);
    this.totals.transactions++;
    return response;
  }

  private async overwrite(batch: readonly Pair[]): Promise<void> {
    await this.transact({ success: batch.map(putOf) });
    this.written(batch);
  }

  /** One transaction if none of the keys is there, else one more for those that are not. */
  private async writeMissing(batch: readonly Pair[]): Promise<void> {
    let pending = batch;
    while (pending.length > 0) {
      const response = await this.transact({
        compare: pending.map(isAbsent),
        success: pending.map(putOf),
        failure: this.reads(pending),
      });
      if (response.succeeded) return this.written(pending);
      pending = this.missing(pending, response);
    }
  }

  private async look(batch: readonly Pair[]): Promise<void> {
    const response = await this.options.transact({ success: this.reads(batch) });
    this.written(this.options.existing === 'overwrite' ? batch : this.missing(batch, response));
  }

  private reads(batch: readonly Pair[]): RequestOp[] {
    const keysOnly = this.options.existing !== 'refuse';
    return batch.map(({ key }) => RequestOp.create({ requestRange: RangeRequest.create({ key, keysOnly }) }));
  }

  /** Those that are not there; counts the others. @throws ConflictError */
  private missing(batch: readonly Pair[], response: TxnResponse): Pair[] {
    const missing: Pair[] = [];
    const conflicts: Uint8Array[] = [];
    let same = 0;
    batch.forEach((pair, i) => {
      const there: KeyValue | undefined = response.responses[i].responseRange?.kvs[0];
      if (there === undefined) missing.push(pair);
      else if (this.options.existing === 'skip') this.totals.skipped++;
      else if (bytesEqual(there.value, pair.value)) same++;
      else conflicts.push(pair.key);
    });
    if (conflicts.length > 0) throw new ConflictError(conflicts);
    this.totals.unchanged += same;
    return missing;
  }
}
