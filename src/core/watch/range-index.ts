/**
 * Values by key range, found by key. Single keys, the common case, are one Map lookup; ranges lie in an interval tree.
 * What a put costs therefore depends on the ranges that hold its key, not on how many ranges there are.
 */
import { IntervalTree } from './interval-tree.ts';
import type { KeyRange } from './range.ts';

export class RangeIndex<T> {
  readonly #keys = new Map<string, T>();
  readonly #ranges = new IntervalTree<T>();

  /** Number of distinct ranges. */
  get size(): number {
    return this.#keys.size + this.#ranges.size;
  }

  get({ key, end }: KeyRange): T | undefined {
    return end === undefined ? this.#keys.get(key) : this.#ranges.get(key, end);
  }

  /** The range must not be there yet. */
  insert({ key, end }: KeyRange, value: T): void {
    if (end === undefined) this.#keys.set(key, value);
    else this.#ranges.insert(key, end, value);
  }

  /** The range must be there. */
  remove({ key, end }: KeyRange): void {
    if (end === undefined) this.#keys.delete(key);
    else this.#ranges.remove(key, end);
  }

  *values(): Generator<T> {
    yield* this.#keys.values();
    yield* this.#ranges.values();
  }

  /** Appends the values of all ranges that hold `key` to `found`. */
  match(key: string, found: T[]): void {
    if (this.#keys.size > 0) {
      const value = this.#keys.get(key);
      if (value !== undefined) found.push(value);
    }
    if (this.#ranges.size > 0) this.#ranges.stab(key, found);
  }
}
