/**
 * The space quota. etcd counts the size of its file, which only a defragmentation brings down; kvctl counts what is alive
 * in the database and what waits to be committed to it, so that deleting and compacting alone make room.
 *
 * Two places ask. The gate in front of consensus refuses what no longer fits (services/gate.ts). At apply, what passed
 * some member's gate is written all the same, for all members must hold the same data; only the answer is NoSpace, and
 * the alarm goes up.
 */
import { ERR } from '../errors.ts';
import type { BackendSizes } from '../ports/backend.ts';
import type { PutRequest, RequestOp, TxnRequest } from '../wire/gen/rpc.ts';
import { Op } from '../wire/proposal.ts';
import type { Apply } from './applier.ts';

/** What a put costs beside its key and value, in bytes. */
const PUT_OVERHEAD_BYTES = 256;
/** What a granted lease costs, in bytes. */
const LEASE_BYTES = 64;
/** From this share of the quota on somebody should know; below the second one it is over, and an alarm may go. */
const NEAR = 0.8;
const NEAR_NO_MORE = 0.75;

export type SpaceReport =
  /** A warning, before anything is refused. */
  | { readonly kind: 'near'; readonly used: number; readonly quota: number }
  /** Writes are refused, and the alarm is about to be raised. */
  | { readonly kind: 'exceeded'; readonly used: number; readonly quota: number }
  /** There is room again, and the alarm was lowered without being told to. */
  | { readonly kind: 'disarmed'; readonly used: number; readonly quota: number };

export interface QuotaOptions {
  /** In bytes. Infinity: none. */
  readonly limitBytes: number;
  /** As of the last commit. */
  sizes(): BackendSizes;
  /** What is written and not committed yet, in bytes. */
  uncommittedBytes(): number;
  onNear(used: number): void;
  /** Raises the alarm; called for every request that does not fit. */
  onExceeded(used: number): void;
}

function putBytes({ key, value }: PutRequest): number {
  return PUT_OVERHEAD_BYTES + key.length + value.length;
}

function branchBytes(operations: readonly RequestOp[]): number {
  let bytes = 0;
  for (const { requestPut, requestTxn } of operations) {
    if (requestPut) bytes += putBytes(requestPut);
    else if (requestTxn) bytes += txnBytes(requestTxn);
  }
  return bytes;
}

function txnBytes({ success, failure }: TxnRequest): number {
  return Math.max(branchBytes(success), branchBytes(failure));
}

/** How much a request makes the database grow at most, in bytes. 0: it is never refused. */
export function growthOf(op: number, request: unknown): number {
  switch (op) {
    case Op.Put:
      return putBytes(request as PutRequest);
    case Op.Txn:
      return txnBytes(request as TxnRequest);
    case Op.LeaseGrant:
      return LEASE_BYTES;
    default:
      return 0;
  }
}

export class Quota {
  private readonly o: QuotaOptions;
  private committedBytes: number;
  private isNear = false;

  constructor(options: QuotaOptions) {
    this.o = options;
    this.committedBytes = options.sizes().inUse;
  }

  /** To be called after each commit. */
  measure(): void {
    const { limitBytes, sizes, onNear } = this.o;
    this.committedBytes = sizes().inUse;
    const share = this.committedBytes / limitBytes;
    if (!this.isNear && share >= NEAR) {
      this.isNear = true;
      onNear(this.committedBytes);
    } else if (share < NEAR_NO_MORE) this.isNear = false;
  }

  /** What is alive and what waits to be committed, in bytes. */
  get usedBytes(): number {
    return this.committedBytes + this.o.uncommittedBytes();
  }

  /** So much is free that an alarm would not come back at once. */
  isRoomy(): boolean {
    return this.usedBytes < NEAR_NO_MORE * this.o.limitBytes;
  }

  /** Whether the request fits; if not, the alarm is on its way. */
  admits(op: number, request: unknown): boolean {
    const growth = growthOf(op, request);
    if (growth === 0) return true;
    const used = this.usedBytes;
    if (used + growth < this.o.limitBytes) return true;
    this.o.onExceeded(used);
    return false;
  }
}

export function quotaLayer(quota: Quota, next: Apply): Apply {
  return (op, request) => {
    const fits = quota.admits(op, request);
    const response = next(op, request);
    if (!fits) throw ERR.NoSpace;
    return response;
  };
}
