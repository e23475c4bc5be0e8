/**
 * One watch as the hub sees it, and the stream it belongs to. The hub moves a watcher between four places:
 *
 *   add, start not passed -> synced      gets every matching change as it is applied
 *   add, start passed     -> behind      waits for a catch-up round, which reads history
 *   synced or behind      -> parked      its stream is full; nothing is kept but the revision it needs next
 *   parked                -> behind      the stream drained
 *   behind                -> synced      history is read up to the current revision
 *   any                   -> gone        cancelled, or compaction passed it
 */
import type { EventBatch } from './event.ts';
import { Variant } from './event.ts';
import type { WatcherGroup } from './group.ts';
import type { KeyRange } from './range.ts';

/** What all watchers of one stream have in common: they stop together when it is full. */
export interface Outlet {
  /** False: take nothing more until the hub is told `drained`. */
  readonly ready: boolean;
}

export interface WatchSpec extends KeyRange {
  /** First revision of interest; 0: whatever comes next. */
  readonly startRevision: number;
  readonly prevKv: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
}

export type Place = 'new' | 'synced' | 'behind' | 'parked' | 'gone';

export abstract class Watcher implements KeyRange {
  abstract readonly outlet: Outlet;
  readonly key: string;
  readonly end: string | undefined;
  /** Sum of `Variant` bits. */
  readonly variant: number;
  /** As requested; 0: from now. */
  readonly startRevision: number;
  /** Written by the hub only. */
  place: Place = 'new';
  /** First revision not yet delivered. Of a synced watcher a lower bound. Written by the hub only. */
  next = 0;
  /** The group and the slot in it while synced. */
  group: WatcherGroup | undefined = undefined;
  slot = 0;

  constructor(spec: WatchSpec) {
    this.key = spec.key;
    this.end = spec.end;
    this.startRevision = spec.startRevision;
    this.variant =
      (spec.prevKv ? Variant.PREV_KV : 0) |
      (spec.noPut ? Variant.NO_PUT : 0) |
      (spec.noDelete ? Variant.NO_DELETE : 0);
  }

  /** Called with the outlet ready. May call the hub, but must not apply a change in the same turn. */
  abstract deliver(batch: EventBatch): void;

  /** Compaction removed what this watcher would have had to get: it is gone from the hub. */
  abstract compacted(compactRevision: number): void;
}
