import type { Change, History } from '../mvcc/types.ts';
import {
  matchSlice,
  ROUND_BYTES,
  readSlice,
  SLICES_PER_ROUND,
  sliceStart,
  WATCHERS_PER_ROUND,
} from './catch-up.ts';
import { type EventBatch, Frames, makeBatch, VARIANTS } from './event.ts';
import { WatcherGroup } from './group.ts';
import { RangeIndex } from './range-index.ts';
import type { Outlet, Watcher } from './watcher.ts';

export interface WatchHubOptions {
  readonly history: History;
  /** Called when there are watchers to catch up again: the shell then calls `catchUp` soon, in a turn of its own. */
  readonly wake?: () => void;
}

/** Numbers of watchers, for metrics. Those that are not synced are what etcd calls slow. */
export interface WatchHubStats {
  readonly synced: number;
  readonly behind: number;
  readonly parked: number;
  /** Distinct ranges of the synced. */
  readonly ranges: number;
}

export class WatchHub {
  #history: History;
  readonly #wake: () => void;
  /** Last revision notified. */
  #revision: number;
  readonly #synced = new RangeIndex<WatcherGroup>();
  #syncedCount = 0;
  /** In the order in which they are served. */
  readonly #behind = new Set<Watcher>();
  readonly #parked = new Map<Outlet, Set<Watcher>>();
  #parkedCount = 0;
  #notifying = false;
  /** Events handed to watchers so far. */
  #delivered = 0;
  // Scratch of `notify`, so that a put that concerns nobody allocates nothing.
  readonly #found: WatcherGroup[] = [];
  readonly #touched: WatcherGroup[] = [];

  constructor({ history, wake }: WatchHubOptions) {
    this.#history = history;
    this.#wake = wake ?? (() => {});
    this.#revision = history.currentRevision;
  }

  /** Everything up to this revision was delivered to the synced watchers. */
  get revision(): number {
    return this.#revision;
  }

  /** Events handed to watchers since the start. */
  get delivered(): number {
    return this.#delivered;
  }

  get stats(): WatchHubStats {
    return {
      synced: this.#syncedCount,
      behind: this.#behind.size,
      parked: this.#parkedCount,
      ranges: this.#synced.size,
    };
  }

  /** The changes of one revision, in order of `sub`; called once for each, right after the store took them. */
  notify(revision: number, changes: readonly Change[]): void {
    if (revision !== this.#revision + 1)
      throw new Error(`invariant: revision ${revision} notified after ${this.#revision}`);
    if (this.#notifying) throw new Error('invariant: a change was applied while another was delivered');
    this.#revision = revision;
    if (this.#syncedCount === 0) return;
    const touched = this.#touched;
    const found = this.#found;
    for (let i = 0; i < changes.length; i++) {
      this.#synced.match(changes[i].key, found);
      for (const group of found) if (group.matched.push(i) === 1) touched.push(group);
      found.length = 0;
    }
    if (touched.length === 0) return;
    this.#notifying = true;
    const frames = new Frames(changes, this.#history);
    for (const group of touched) {
      this.#deliver(group, frames);
      group.matched.length = 0;
    }
    touched.length = 0;
    this.#notifying = false;
  }

  /** Takes in a watcher. Its first event comes after this call has returned. */
  add(watcher: Watcher): void {
    const now = this.#revision;
    watcher.next = watcher.startRevision === 0 ? now + 1 : watcher.startRevision;
    if (watcher.next > now) this.#sync(watcher);
    else this.#queue(watcher);
  }

  /** Forgets a watcher, wherever it is. */
  cancel(watcher: Watcher): void {
    switch (watcher.place) {
      case 'synced':
        this.#unsync(watcher);
        break;
      case 'behind':
        this.#behind.delete(watcher);
        break;
      case 'parked':
        this.#unpark(watcher);
        break;
    }
    watcher.place = 'gone';
  }

  /** The outlet is ready again: its watchers get in line. */
  drained(outlet: Outlet): void {
    const parked = this.#parked.get(outlet);
    if (parked === undefined) return;
    this.#parked.delete(outlet);
    this.#parkedCount -= parked.size;
    for (const watcher of parked) this.#queue(watcher);
  }

  /**
   * True if the watcher was sent all that matters up to `revision`, and `revision` is not before its start: only then
   * may progress be reported, and never ahead of events.
   */
  inSync(watcher: Watcher): boolean {
    return watcher.place === 'synced' && watcher.startRevision <= this.#revision;
  }

  /** The store was replaced by a later one (a snapshot of the leader): what lies between is read from its history. */
  restored(history: History): void {
    this.#history = history;
    const before = this.#revision;
    const now = history.currentRevision;
    if (now < before) throw new Error(`invariant: the store went back from revision ${before} to ${now}`);
    if (now === before) return;
    this.#revision = now;
    const behind: Watcher[] = [];
    for (const group of this.#synced.values())
      for (const watcher of group.watchers) if (watcher.next <= now) behind.push(watcher);
    for (const watcher of behind) {
      this.#unsync(watcher);
      watcher.next = Math.max(watcher.next, before + 1);
      this.#queue(watcher);
    }
  }

  /** Serves one round of watchers that are behind. True: there are more, call again soon. */
  catchUp(): boolean {
    const history = this.#history;
    const revision = this.#revision;
    let line = this.#nextInLine();
    let bytes = 0;
    for (let slices = 0; line.length > 0 && slices < SLICES_PER_ROUND; slices++) {
      const from = sliceStart(line);
      const slice = readSlice(history, from, revision);
      const served = line.filter(({ next }) => next >= from && next <= slice.upTo);
      line = line.filter(({ next }) => next < from || next > slice.upTo);
      for (const [watcher, batch] of matchSlice(slice, served, { history, revision })) {
        this.#serve(watcher, batch, slice.upTo + 1);
        bytes += batch?.size ?? 0;
        if (bytes >= ROUND_BYTES) return this.#behind.size > 0;
      }
    }
    return this.#behind.size > 0;
  }

  #deliver(group: WatcherGroup, frames: Frames): void {
    const revision = this.#revision;
    const batches: (EventBatch | undefined)[] = new Array(VARIANTS);
    let made = 0;
    // Backwards: a watcher that leaves while we are here is replaced by one that was already served, and
    // `next` keeps that one from being served twice.
    for (let i = group.watchers.length - 1; i >= 0; i--) {
      const watcher = group.watchers[i];
      if (watcher === undefined || watcher.next > revision) continue;
      const { variant } = watcher;
      if ((made & (1 << variant)) === 0) {
        made |= 1 << variant;
        batches[variant] = makeBatch(frames, group.matched, { variant, from: 0, revision });
      }
      const batch = batches[variant];
      if (batch === undefined) continue;
      if (watcher.outlet.ready) {
        watcher.next = revision + 1;
        this.#delivered += batch.frames.length;
        watcher.deliver(batch);
      } else {
        this.#unsync(watcher);
        watcher.next = revision;
        this.#park(watcher);
      }
    }
  }

  /** Takes the watchers of the next round from the line; parks those that can't be served, drops those compacted. */
  #nextInLine(): Watcher[] {
    const { compactRevision } = this.#history;
    const line: Watcher[] = [];
    const compacted: Watcher[] = [];
    for (const watcher of this.#behind) {
      if (line.length + compacted.length === WATCHERS_PER_ROUND) break;
      if (!watcher.outlet.ready) {
        this.#behind.delete(watcher);
        this.#park(watcher);
      } else if (watcher.next < compactRevision) compacted.push(watcher);
      else line.push(watcher);
    }
    for (const watcher of compacted) {
      this.cancel(watcher);
      watcher.compacted(compactRevision);
    }
    return line;
  }

  /** `next`: first revision the slice did not hold. */
  #serve(watcher: Watcher, batch: EventBatch | undefined, next: number): void {
    if (watcher.place !== 'behind') return;
    this.#behind.delete(watcher);
    if (batch !== undefined && !watcher.outlet.ready) {
      this.#park(watcher);
      return;
    }
    watcher.next = next;
    if (next > this.#revision) this.#sync(watcher);
    else {
      watcher.place = 'behind';
      this.#behind.add(watcher);
    }
    if (batch === undefined) return;
    this.#delivered += batch.frames.length;
    watcher.deliver(batch);
  }

  #sync(watcher: Watcher): void {
    let group = this.#synced.get(watcher);
    if (group === undefined) {
      group = new WatcherGroup(watcher);
      this.#synced.insert(group, group);
    }
    group.add(watcher);
    watcher.place = 'synced';
    this.#syncedCount++;
  }

  #unsync(watcher: Watcher): void {
    const group = watcher.group!;
    group.remove(watcher);
    if (group.watchers.length === 0) this.#synced.remove(group);
    this.#syncedCount--;
  }

  #queue(watcher: Watcher): void {
    watcher.place = 'behind';
    this.#behind.add(watcher);
    if (this.#behind.size === 1) this.#wake();
  }

  #park(watcher: Watcher): void {
    const { outlet } = watcher;
    const parked = this.#parked.get(outlet);
    if (parked === undefined) this.#parked.set(outlet, new Set([watcher]));
    else parked.add(watcher);
    watcher.place = 'parked';
    this.#parkedCount++;
  }

  #unpark(watcher: Watcher): void {
    const parked = this.#parked.get(watcher.outlet)!;
    parked.delete(watcher);
    if (parked.size === 0) this.#parked.delete(watcher.outlet);
    this.#parkedCount--;
  }
}
