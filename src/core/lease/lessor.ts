import type { LeaseCheckpoint } from '../wire/gen/rpc.ts';
import { LeaseError } from './errors.ts';
import { fromStored, type Lease, LeaseRecord, storedKey, storedValue } from './lease.ts';
import { byExpiry, SPREAD_FROM_LEASES, spreadExpiries } from './order.ts';
import { TimingWheel } from './timing-wheel.ts';

/** Largest TTL that can be granted, in seconds. */
export const MAX_TTL_SECONDS = 9_000_000_000;
/** Leases handed out for revocation at once. */
export const REVOKES_PER_SCAN = 500;
/** Leases handed out for revocation in a second. */
export const REVOKES_PER_SECOND = 1000;
/** Checkpoints in one log entry. */
export const CHECKPOINTS_PER_ENTRY = 1000;
/** Leases with less left than this are not checkpointed; the others are, each time as much has passed. */
export const CHECKPOINT_INTERVAL_MS = 5 * 60 * 1000;
/** Void queue entries that are put up with before a sweep. */
const SWEEP_FROM_ENTRIES = 1000;

export interface LessorOptions {
  /** ceil(floor(3 * election ticks / 2) * heartbeat), in seconds; smaller TTLs are raised to it. */
  readonly minTtlSeconds: number;
  /** A lease that is still there so long after it was handed out for revocation is handed out again. */
  readonly revokeRetryMs: number;
  /** Gate LeaseCheckpoint. */
  readonly checkpoints?: boolean;
}

export type Renewal =
  | {
      readonly kind: 'renewed';
      /** Seconds. */
      readonly ttl: number;
      /** The replicated checkpoint is void: propose one with `remainingTTL` 0. */
      readonly clearCheckpoint: boolean;
    }
  | {
      /** It waits for its revocation, and can't be saved any more. */
      readonly kind: 'expired';
      /** Calls back with LeaseNotFound once it is revoked, or with NotPrimary if leadership goes before that. */
      settled(listener: (error: LeaseError) => void): void;
    };

export interface TimeToLive {
  /** Seconds, as granted. */
  readonly granted: number;
  /** Whole seconds left, rounded down; 0 or negative if it has expired and is not revoked yet. */
  readonly remaining: number;
}

export class Lessor {
  readonly #options: LessorOptions;
  #leases = new Map<bigint, LeaseRecord>();
  #attached = new Map<string, LeaseRecord>();
  #primary = false;
  /** Granted since time was last handed in; they begin to count when it is next. */
  #fresh: LeaseRecord[] = [];
  /** Each lease of a primary has an entry at its expiry or before it, so that renewals need not touch the queue. */
  readonly #expiries = new TimingWheel<LeaseRecord>();
  readonly #checkpoints = new TimingWheel<LeaseRecord>();
  #void = 0;
  #revokeBudget = REVOKES_PER_SCAN;
  #lastScan = 0;
  /** Since this member started; only for counting. */
  readonly activity = { granted: 0, revoked: 0, renewed: 0 };

  constructor(options: LessorOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#leases.size;
  }

  /** Entries of the queues, void ones included. */
  get queued(): number {
    return this.#fresh.length + this.#expiries.size + this.#checkpoints.size;
  }

  get isPrimary(): boolean {
    return this.#primary;
  }

  // Replicated state: apply calls these, on every member alike.

  /** @throws LeaseError LeaseTTLTooLarge, LeaseExist; LeaseNotFound for id 0n */
  grant(id: bigint, ttl: number): Lease {
    if (id === 0n) throw new LeaseError('LeaseNotFound');
    if (ttl > MAX_TTL_SECONDS) throw new LeaseError('LeaseTTLTooLarge');
    if (this.#leases.has(id)) throw new LeaseError('LeaseExist');
    const lease = new LeaseRecord(id, Math.max(ttl, this.#options.minTtlSeconds), 0);
    this.#leases.set(id, lease);
    if (this.#primary) this.#fresh.push(lease);
    this.activity.granted++;
    return lease;
  }

  /** The lease is gone; its keys, detached and in byte order, are for the caller to delete. @throws LeaseError LeaseNotFound */
  revoke(id: bigint): string[] {
    const lease = this.#find(id);
    const keys = lease.keys === undefined ? [] : [...lease.keys].sort();
    for (const key of keys) this.#attached.delete(key);
    this.#leases.delete(id);
    lease.keys = undefined;
    lease.revoked = true;
    if (this.#primary) this.#countVoid();
    lease.settle('revoked');
    this.activity.revoked++;
    return keys;
  }

  /** What is left of a lease, in seconds, as the primary saw it; 0 after a renewal. Unknown leases are passed over. */
  checkpoint(id: bigint, remainingTtl: number): Lease | undefined {
    const lease = this.#leases.get(id);
    if (lease !== undefined) lease.remainingTtl = remainingTtl;
    return lease;
  }

  has(id: bigint): boolean {
    return this.#leases.has(id);
  }

  /** The lease the key is attached to, or 0n. */
  leaseOf(key: string): bigint {
    return this.#attached.get(key)?.id ?? 0n;
  }

  /** A key has one lease at most: it leaves the one it had. A lease that is not there takes no keys; ask `has` before. */
  attach(key: string, id: bigint): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    const held = this.#attached.get(key);
    if (held === lease) return;
    held?.keys?.delete(key);
    lease.keys ??= new Set();
    lease.keys.add(key);
    this.#attached.set(key, lease);
  }

  /** Does nothing if the key is attached to another lease or none. */
  detach(key: string, id: bigint): void {
    const lease = this.#attached.get(key);
    if (lease === undefined || lease.id !== id) return;
    lease.keys?.delete(key);
    this.#attached.delete(key);
  }

  storedKey(id: bigint): Uint8Array {
    return storedKey(id);
  }

  storedValue(lease: Lease): Uint8Array {
    return storedValue(lease);
  }

  /** Replaces everything by the values of bucket `lease`. The store attaches keys afterwards. @throws WireError */
  restore(values: Iterable<Uint8Array>): void {
    this.demote();
    this.#leases.clear();
    this.#attached.clear();
    for (const value of values) {
      const stored = fromStored(value);
      const ttl = Math.max(stored.ttl, this.#options.minTtlSeconds);
      this.#leases.set(stored.id, new LeaseRecord(stored.id, ttl, stored.remainingTtl));
    }
  }

  /** An empty lessor of the same kind, to be filled beside this one. */
  another(): Lessor {
    return new Lessor(this.#options);
  }

  /** Takes over all that another one holds, keys included; that one must not be used any more. */
  adopt(other: Lessor): void {
    this.demote();
    this.#leases = other.#leases;
    this.#attached = other.#attached;
  }

  // Reading.

  /** Attached keys in no particular order; none for an unknown lease. */
  keys(id: bigint): string[] {
    return [...(this.#leases.get(id)?.keys ?? [])];
  }

  /**
   * Ids, soonest expiry first; in no particular order on a member that is not the primary. Without the time, those
   * granted since it was last handed in come last, for they have no expiry yet.
   */
  leases(now?: number): bigint[] {
    if (now !== undefined) this.#stamp(now);
    return byExpiry(this.#leases.values()).map(({ id }) => id);
  }

  /** undefined: unknown. @throws LeaseError NotPrimary */
  timeToLive(id: bigint, now: number): TimeToLive | undefined {
    this.#requirePrimary();
    this.#stamp(now);
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    // Whole milliseconds: the sum of fractions that a clock has may come out a hair too long.
    const seconds = Math.round(lease.expiry - now) / 1000;
    // Time goes on between the reading of the clock and the reply, so a whole second is already broken into.
    const remaining = seconds > 0 ? Math.ceil(seconds) - 1 : Math.trunc(seconds);
    return { granted: lease.ttl, remaining };
  }

  // The primary's part: time decides, so only one member may.

  /**
   * This member leads: each lease gets what was left of it, and `extendMs` (the election timeout) on top for the time
   * without a leader.
   */
  promote({ now, extendMs }: { readonly now: number; readonly extendMs: number }): void {
    this.#primary = true;
    this.#fresh = [];
    this.#void = 0;
    this.#expiries.reset(now);
    this.#checkpoints.reset(now);
    this.#lastScan = now;
    this.#revokeBudget = REVOKES_PER_SCAN;
    for (const lease of this.#leases.values()) {
      lease.expiry = now + extendMs + (lease.remainingTtl > 0 ? lease.remainingTtl : lease.ttl) * 1000;
      lease.checkpointQueued = false;
    }
    if (this.#leases.size >= SPREAD_FROM_LEASES) spreadExpiries(this.#leases.values());
    for (const lease of this.#leases.values()) {
      this.#enqueue(lease, lease.expiry);
      this.#queueCheckpoint(lease, now);
    }
  }

  /** This member leads no more: nothing expires here, and renewals that wait are turned away. */
  demote(): void {
    if (!this.#primary) return;
    this.#primary = false;
    this.#fresh = [];
    this.#expiries.reset(0);
    this.#checkpoints.reset(0);
    for (const lease of this.#leases.values()) {
      lease.expiry = Infinity;
      lease.settle('demoted');
    }
  }

  /** @throws LeaseError NotPrimary, LeaseNotFound */
  renew(id: bigint, now: number): Renewal {
    this.#requirePrimary();
    this.#stamp(now);
    const lease = this.#find(id);
    if (lease.expiry <= now) return waitingFor(lease);
    const clearCheckpoint = lease.remainingTtl > 0;
    lease.remainingTtl = 0;
    lease.expiry = now + lease.ttl * 1000;
    // After a promotion a renewal can bring the end nearer: the extension, or the spreading, is over for this lease.
    if (lease.expiry < lease.due) this.#enqueue(lease, lease.expiry);
    this.#queueCheckpoint(lease, now);
    this.activity.renewed++;
    return { kind: 'renewed', ttl: lease.ttl, clearCheckpoint };
  }

  /**
   * Leases to revoke: at most `limit`, and within the rate. One that is still here after `revokeRetryMs` is returned
   * again. None if this member is not the primary.
   */
  expired(now: number, limit = REVOKES_PER_SCAN): bigint[] {
    if (!this.#primary) return [];
    this.#stamp(now);
    const earned = ((now - this.#lastScan) * REVOKES_PER_SECOND) / 1000;
    this.#lastScan = now;
    this.#revokeBudget = Math.min(REVOKES_PER_SCAN, this.#revokeBudget + earned);
    const most = Math.min(limit, Math.floor(this.#revokeBudget));
    const ids: bigint[] = [];
    while (ids.length < most) {
      const lease = this.#expiries.take(now);
      if (lease === undefined) break;
      if (lease.revoked) {
        if (this.#void > 0) this.#void--;
      } else if (lease.due <= now) {
        if (lease.expiry > now) this.#enqueue(lease, lease.expiry);
        else {
          ids.push(lease.id);
          this.#enqueue(lease, now + this.#options.revokeRetryMs);
        }
      }
    }
    this.#revokeBudget -= ids.length;
    return ids;
  }

  /** Checkpoints to propose in one entry; empty without the gate. */
  dueCheckpoints(now: number, limit = CHECKPOINTS_PER_ENTRY): LeaseCheckpoint[] {
    if (!this.#primary) return [];
    this.#stamp(now);
    const due: LeaseCheckpoint[] = [];
    while (due.length < limit) {
      const lease = this.#checkpoints.take(now);
      if (lease === undefined) break;
      lease.checkpointQueued = false;
      if (lease.revoked || lease.expiry <= now) continue;
      const remainingTTL = Math.ceil((lease.expiry - now) / 1000);
      if (remainingTTL < lease.ttl) due.push({ ID: lease.id, remainingTTL });
      this.#queueCheckpoint(lease, now);
    }
    return due;
  }

  #find(id: bigint): LeaseRecord {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw new LeaseError('LeaseNotFound');
    return lease;
  }

  #enqueue(lease: LeaseRecord, due: number): void {
    lease.due = due;
    this.#expiries.add(due, lease);
  }

  #requirePrimary(): void {
    if (!this.#primary) throw new LeaseError('NotPrimary');
  }

  #stamp(now: number): void {
    if (this.#fresh.length === 0) return;
    for (const lease of this.#fresh) {
      if (lease.revoked) continue;
      lease.expiry = now + lease.ttl * 1000;
      this.#enqueue(lease, lease.expiry);
      this.#queueCheckpoint(lease, now);
    }
    this.#fresh = [];
  }

  #queueCheckpoint(lease: LeaseRecord, now: number): void {
    if (!this.#options.checkpoints || lease.checkpointQueued) return;
    if (lease.expiry - now <= CHECKPOINT_INTERVAL_MS) return;
    lease.checkpointQueued = true;
    this.#checkpoints.add(now + CHECKPOINT_INTERVAL_MS, lease);
  }

  /** A long TTL would keep the entry of a revoked lease for years. */
  #countVoid(): void {
    this.#void++;
    if (this.#void < SWEEP_FROM_ENTRIES || this.#void < this.#leases.size) return;
    this.#void = 0;
    this.#expiries.sweep((lease) => !lease.revoked);
    this.#checkpoints.sweep((lease) => !lease.revoked);
    this.#fresh = this.#fresh.filter((lease) => !lease.revoked);
  }
}

function waitingFor(lease: LeaseRecord): Renewal {
  return {
    kind: 'expired',
    settled(listener) {
      lease.waiting ??= [];
      lease.waiting.push((outcome) =>
        listener(new LeaseError(outcome === 'revoked' ? 'LeaseNotFound' : 'NotPrimary')),
      );
    },
  };
}
