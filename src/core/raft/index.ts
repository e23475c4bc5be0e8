/**
 * The consensus core: Raft as etcd speaks it, as a deterministic state machine. Messages, proposals and ticks go in; what
 * has to be stored, sent and applied comes out. It has no clock, no disk, no network and no randomness of its own, so a
 * seed runs a whole cluster again. The member drives it (member/raft-loop.ts); tests drive it with scripts.
 *
 * Sources: D. Ongaro, J. Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014), and D. Ongaro's
 * dissertation (2014), whose chapter numbers comments give.
 *
 * Laws of the core: nothing is acknowledged to another node before it is stable here; only entries of the current term
 * are committed by counting; a broken invariant is a RaftPanic, which stops the member; every value has one text
 * (describe.ts).
 *
 * Laws for who drives it:
 * - Storage does the writes of one node in the order they were asked for; a snapshot record comes behind the hard state
 *   that says its entries are committed, or a restart finds applied > commit.
 * - The log is compacted no further than what the core has been told is applied.
 * - A snapshot sent to a follower is at least as new as the change that added it.
 * - Entries handed out for apply that a snapshot covers by now are not applied: their configuration changes are history.
 * - A configuration counts from its apply on. A leader that is removed stays until the others have heard that this is
 *   committed, or they may need the vote of a node that is gone.
 * - Entries and messages handed out are read-only, and an entry given to `propose` or `step` belongs to the core.
 */

export type { RaftConfig, ReadOnlyOption } from './config.ts';
export * from './describe.ts';
export * from './errors.ts';
export { Raft } from './raft.ts';
export { type Founder, RawNode, type Ready } from './raw-node.ts';
export { MemoryStorage, type RaftStorage } from './storage.ts';
export * from './types.ts';
