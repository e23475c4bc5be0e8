/** Shapes of what goes into the store and comes out of it. The wire's requests satisfy the options as they are. */
import type { Change } from './types.ts';

/** etcdserverpb.RangeRequest without `serializable`; absent numbers are 0, absent flags false. */
export interface RangeOptions {
  readonly key: Uint8Array;
  readonly rangeEnd?: Uint8Array;
  readonly limit?: number;
  readonly revision?: number;
  readonly sortOrder?: number;
  readonly sortTarget?: number;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface RangeResult {
  /** Encoded mvccpb.KeyValue each. */
  readonly kvs: Uint8Array[];
  /** Keys in the range at the revision, whatever limit and filters say. */
  readonly count: number;
  readonly more: boolean;
  /** Revision of the store when it was read: what the header says. */
  readonly revision: number;
}

export interface PutOptions {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** 0n: none. */
  readonly lease: bigint;
}

export interface TxnResult {
  /** Current revision after the transaction. */
  readonly revision: number;
  /** In (main, sub) order; empty if nothing was changed. */
  readonly changes: readonly Change[];
}

/** What the store asks and tells the lessor. Keys are latin1 strings, a lease id is a signed 64-bit integer, 0n is none. */
export interface LeaseBinding {
  has(lease: bigint): boolean;
  /** The lease the key is attached to, or 0n. */
  leaseOf(key: string): bigint;
  attach(key: string, lease: bigint): void;
  detach(key: string, lease: bigint): void;
}

/** For stores without leases: every lease is missing. */
export const NO_LEASES: LeaseBinding = {
  has: () => false,
  leaseOf: () => 0n,
  attach() {},
  detach() {},
};
