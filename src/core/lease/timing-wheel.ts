/**
 * Items by due time, in slots of 100 ms (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", scheme with a
 * slot per tick). Adding and taking cost O(1) whatever the number of items; an item comes out at the end of its slot,
 * so up to 100 ms late and never early. There is no removal: the owner drops what it no longer wants when it comes
 * out, and sweeps when too much of that has gathered.
 */
export const SLOT_MS = 100;

export class TimingWheel<T> {
  /** Slot s holds what is due in ((s - 1) * SLOT_MS, s * SLOT_MS]. */
  #slots = new Map<number, T[]>();
  /** No slot before this one holds anything. */
  #cursor = 0;

  /** Empties the wheel; nothing will be due before `now`. */
  reset(now: number): void {
    this.#slots.clear();
    this.#cursor = Math.floor(now / SLOT_MS);
  }

  add(time: number, item: T): void {
    const slot = Math.max(this.#cursor, Math.ceil(time / SLOT_MS));
    const items = this.#slots.get(slot);
    if (items === undefined) this.#slots.set(slot, [item]);
    else items.push(item);
  }

  /** Takes one item that is due at `now`. */
  take(now: number): T | undefined {
    while (this.#cursor * SLOT_MS <= now) {
      const item = this.#slots.get(this.#cursor)?.pop();
      if (item !== undefined) return item;
      this.#slots.delete(this.#cursor);
      this.#cursor++;
    }
    return undefined;
  }

  /** Number of items. */
  get size(): number {
    let size = 0;
    for (const items of this.#slots.values()) size += items.length;
    return size;
  }

  /** Drops the items that `keep` refuses. */
  sweep(keep: (item: T) => boolean): void {
    for (const [slot, items] of this.#slots) {
      const kept = items.filter(keep);
      if (kept.length === 0) this.#slots.delete(slot);
      else this.#slots.set(slot, kept);
    }
  }
}
