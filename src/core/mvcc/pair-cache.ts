/**
 * Stored pairs that were read a short while ago: a list that is read again and again need not be fetched from the
 * backend, entry by entry with its checksum, each time. What a revision holds never changes, so nothing here is ever stale
 * but by the replacement of the whole database.
 *
 * Two generations: what is read goes into the younger one; when that is full, it becomes the older one, and what nobody has
 * asked for since is let go. Pairs are copied in: their memory lives as long as their generation, and keeps nothing
 * else alive.
 */
import { Arena, MAX_SHARED_BYTES } from '../wire/arena.ts';

/** A generation's pairs, and what it costs to find them. */
const GENERATION_BYTES = 8 * 1024 * 1024;
/** Of each pair beside its bytes: the view of it and its place in the map. */
const ENTRY_BYTES = 160;
/** Revisions of one transaction that are kept apart; what it wrote beyond them is not kept. */
const SUBS = 1024;
/** Beyond it `main * SUBS` is no exact number. */
const MAX_MAIN = Number.MAX_SAFE_INTEGER / SUBS - 1;

export class PairCache {
  private younger = new Map<number, Uint8Array>();
  private older = new Map<number, Uint8Array>();
  private memory = new Arena();

  get(main: number, sub: number): Uint8Array | undefined {
    if (sub >= SUBS) return undefined;
    const place = main * SUBS + sub;
    const pair = this.younger.get(place);
    if (pair !== undefined) return pair;
    const old = this.older.get(place);
    return old === undefined ? undefined : this.keep(place, old);
  }

  /** A copy of `pair` that stays, or `pair` itself where it is not kept. */
  put(main: number, sub: number, pair: Uint8Array): Uint8Array {
    if (pair.length > MAX_SHARED_BYTES || sub >= SUBS || main > MAX_MAIN) return pair;
    return this.keep(main * SUBS + sub, pair);
  }

  clear(): void {
    this.younger = new Map();
    this.older = new Map();
    this.memory = new Arena();
  }

  private keep(place: number, pair: Uint8Array): Uint8Array {
    const kept = this.memory.allocate(pair.length);
    kept.set(pair);
    this.younger.set(place, kept);
    if (this.memory.bytes + this.younger.size * ENTRY_BYTES > GENERATION_BYTES) {
      this.older = this.younger;
      this.younger = new Map();
      this.memory = new Arena();
    }
    return kept;
  }
}
