/**
 * The multi-version store: every key at every revision since the last compaction.
 *
 *   txn, checks, compare    requests -> reads and changes
 *   Store, WriteTxn         reads at a revision; one writer, one main revision per transaction
 *   KeyIndex                key -> revisions, in memory: KeyTable (hash), KeyTree (order), RevisionChains (history)
 *   WriteBuffer             revision -> pair, fresh ones in memory, in front of the Backend port
 *
 * The apply layer writes, services read; nobody else calls in here. Laws
 * 1. A pair is encoded once, by the put that makes it; the same bytes are stored, sent and watched.
 * 2. What may fail is checked before the first change: a request that throws has changed nothing.
 * 3. Revisions reach the backend in order, in the same transaction as the applied index that stands for them.
 * 4. Long work is SlicedWork, driven by the shell. What has to be atomic is not: a deletion or a comparison over a huge
 *    range, and the compaction of one key with a huge history, take about 0.1 to 3 us a key or revision at once.
 * 5. No clock, no randomness: equal requests make equal bytes on every member.
 */
export { KvError, type KvErrorCode } from './errors.ts';
export {
  type LeaseBinding,
  NO_LEASES,
  type PutOptions,
  type RangeOptions,
  type RangeResult,
  type TxnResult,
} from './requests.ts';
export { runToEnd, type SlicedWork } from './steps.ts';
export { type KvHash, type RangeCursor, Store, type StoreOptions, type WriteTxn } from './store.ts';
export * from './txn.ts';
export * from './types.ts';
export { WriteBuffer, type WriteBufferOptions } from './write-buffer.ts';
