/**
 * The watch hub: who watches what, and where each watcher stands. Apply tells it every revision (`notify`); the watch
 * service adds watchers and is called back with batches of encoded events; the shell calls `catchUp` every 100 ms and
 * whenever the hub asks for it (`wake`). No clock, no timers: time plays no part in here.
 *
 * Laws
 * 1. A watcher gets each event of its range at or after its start exactly once, in order of revision; the events of
 *    one revision come in one batch.
 * 2. Nothing is kept per event for a watcher that can't be served: it remembers the revision it needs next, and reads
 *    the rest from history. Only compaction can take events from it, and then it is told and dropped.
 * 3. What a put costs depends on the watchers it concerns, not on how many there are.
 * 4. An event is encoded once for each of its two variants (with and without the previous pair).
 * 5. The hub's revision never runs ahead of what it delivered: progress is reported from it, not from the store.
 */

export {
  REVISIONS_PER_BATCH,
  ROUND_BYTES,
  SLICE_BYTES,
  SLICES_PER_ROUND,
  WATCHERS_PER_ROUND,
} from './catch-up.ts';
export { EventBatch } from './event.ts';
export { WatchHub, type WatchHubOptions, type WatchHubStats } from './hub.ts';
export { type KeyRange, UNBOUNDED } from './range.ts';
export { type Outlet, type Place, Watcher, type WatchSpec } from './watcher.ts';
