/**
 * The consensus core: Raft as etcd speaks it, as a deterministic state machine. Messages, proposals and ticks go in; what
 * has to be stored, sent and applied comes out. It has no clock, no disk, no network and no randomness of its own, so a
 * seed runs a whole cluster again. The member drives it (member/raft-loop.ts); tests drive it with scripts.
 *
 * Sources: D. Ongaro, J. Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014), and D. Ongaro's
 * dissertation (2014), whose chapter numbers comments give.
 *
 * Laws: nothing is acknowledged to another node before it is stable here; only entries of the current term are committed
 * by counting; a broken invariant is a RaftPanic, which stops the member; every value has one text (describe.ts).
 */
export * from './describe.ts';
export * from './errors.ts';
export { Raft, type RaftConfig, type ReadOnlyOption } from './raft.ts';
export { type Founder, RawNode, type Ready } from './raw-node.ts';
export { MemoryStorage, type RaftStorage } from './storage.ts';
export * from './types.ts';
