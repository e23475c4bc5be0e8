/**
 * Watchers of one and the same range: matched once, and served from the same batches.
 */
import type { KeyRange } from './range.ts';
import type { Watcher } from './watcher.ts';

export class WatcherGroup implements KeyRange {
  readonly key: string;
  readonly end: string | undefined;
  readonly watchers: Watcher[] = [];
  /** Indexes of the changes at hand that fall into the range; empty between two deliveries. */
  readonly matched: number[] = [];

  constructor({ key, end }: KeyRange) {
    this.key = key;
    this.end = end;
  }

  add(watcher: Watcher): void {
    watcher.group = this;
    watcher.slot = this.watchers.length;
    this.watchers.push(watcher);
  }

  /** The last watcher takes the free slot: order within a group means nothing. */
  remove(watcher: Watcher): void {
    const last = this.watchers.pop()!;
    if (last !== watcher) {
      this.watchers[watcher.slot] = last;
      last.slot = watcher.slot;
    }
    watcher.group = undefined;
  }
}
