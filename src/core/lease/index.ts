/**
 * Leases. The lessor has two halves. What leases there are, and which keys hang on them, is replicated: apply changes
 * it, on every member alike, and without a clock. When they run out is the business of one member, the primary (the
 * leader of the cluster): its shell hands in time, asks for what has expired, and proposes to revoke it.
 *
 * Laws
 * 1. A lease ends by a committed revocation only; expiry merely proposes one.
 * 2. It may live a little longer than its TTL, never shorter: a grant begins to count when time is next handed in, and
 *    a new primary starts every lease anew (or from its last checkpoint).
 * 3. An expired lease can't be renewed any more, even while its revocation is still under way.
 * 4. Renewal costs O(1) and touches no queue; neither does a put without a lease.
 *
 * Start-up: `restore` from bucket `lease`, then the store attaches the keys of its live pairs, then `promote` on the
 * member that leads.
 */

export { LeaseError, type LeaseErrorCode } from './errors.ts';
export type { Lease } from './lease.ts';
export {
  CHECKPOINT_INTERVAL_MS,
  CHECKPOINTS_PER_ENTRY,
  Lessor,
  type LessorOptions,
  MAX_TTL_SECONDS,
  REVOKES_PER_SCAN,
  REVOKES_PER_SECOND,
  type Renewal,
  type TimeToLive,
} from './lessor.ts';
export { SPREAD_FROM_LEASES, SPREAD_PER_SECOND } from './order.ts';
export { REVOKES_IN_FLIGHT, RevokeQueue } from './revoke-queue.ts';
