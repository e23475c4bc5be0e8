/** One lease, and how it is stored: bucket `lease`, key = id as 8 bytes big endian, value = leasepb.Lease. */
import { Lease as StoredLease } from '../wire/gen/lease.ts';

/** A lease as callers see it. */
export interface Lease {
  /** Signed 64-bit; never 0n. */
  readonly id: bigint;
  /** Seconds granted, the minimum already applied. */
  readonly ttl: number;
  /** Seconds that were left at the last checkpoint; 0: there is none since the last renewal. */
  readonly remainingTtl: number;
}

export class LeaseRecord implements Lease {
  readonly id: bigint;
  readonly ttl: number;
  remainingTtl: number;
  /** Milliseconds on the shell's clock. Infinity while this member is not the primary. */
  expiry = Infinity;
  /** Due time of its entry in the expiry queue; entries found before that time are left over, and void. */
  due = 0;
  /** Keys attached, once there was one. */
  keys: Set<string> | undefined = undefined;
  /** Out of the lessor: entries that queues still hold are void. */
  revoked = false;
  /** There is an entry for it among the checkpoints to come. */
  checkpointQueued = false;
  /** Renewals that came after it expired. */
  waiting: ((outcome: 'revoked' | 'demoted') => void)[] | undefined = undefined;

  constructor(id: bigint, ttl: number, remainingTtl: number) {
    this.id = id;
    this.ttl = ttl;
    this.remainingTtl = remainingTtl;
  }

  /** Answers the renewals that wait. */
  settle(outcome: 'revoked' | 'demoted'): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) for (const listener of waiting) listener(outcome);
  }
}

export function storedKey(id: bigint): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigInt64(0, id);
  return key;
}

export function storedValue(lease: Lease): Uint8Array {
  return StoredLease.encode({ ID: lease.id, TTL: lease.ttl, RemainingTTL: lease.remainingTtl });
}

/** @throws WireError */
export function fromStored(value: Uint8Array): LeaseRecord {
  const { ID, TTL, RemainingTTL } = StoredLease.decode(value);
  return new LeaseRecord(ID, TTL, RemainingTTL);
}
