/** One fixed state of an environment: a read transaction of its own. */
import type { Transaction } from 'lmdb';
import type { BackendEntry, BackendSnapshot, Bucket, ScanOptions } from '../../core/ports/backend.ts';
import { type Environment, scanBucket } from './environment.ts';
import { unseal } from './seal.ts';

export class LmdbSnapshot implements BackendSnapshot {
  private readonly environment: Environment;
  private readonly transaction: Transaction;
  private readonly released: () => void;
  private isOpen = true;

  constructor(environment: Environment, released: () => void) {
    this.environment = environment;
    this.released = released;
    environment.root.resetReadTxn();
    this.transaction = environment.root.useReadTransaction();
  }

  get(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    const stored = this.environment.buckets[bucket].getBinary(key, { transaction: this.transaction });
    return stored && unseal(bucket, key, stored);
  }

  scan(options: ScanOptions): BackendEntry[] {
    return scanBucket(this.environment, options, this.transaction);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.transaction.done();
    this.released();
  }
}
