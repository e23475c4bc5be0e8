/** Deadlines of calls: the grpc-timeout field, and one coarse timer for all calls of a server. */

const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Reads a grpc-timeout ("TimeoutValue TimeoutUnit", at most 8 digits) as milliseconds; null when malformed. */
export function parseTimeout(text: string): number | null {
  if (!/^\d{1,8}[HMSmun]$/.test(text)) return null;
  return Number(text.slice(0, -1)) * unitMs[text[text.length - 1]];
}

/** Milliseconds that a deadline may be noticed late. */
const grainMs = 10;

/** setTimeout refuses more than this many milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

export interface Expiring {
  expire(): void;
}

/**
 * Deadlines in slots of {@link grainMs}. Adding and removing is a Map and a Set operation; there is one timer however
 * many calls wait, and it is never early. Times are milliseconds of performance.now().
 */
export class Deadlines {
  private readonly slots = new Map<number, Set<Expiring>>();
  private timer: NodeJS.Timeout | null = null;
  private timerSlot = Number.POSITIVE_INFINITY;

  /** Returns the slot, which {@link remove} wants back. */
  add(at: number, call: Expiring): number {
    const slot = Math.ceil(at / grainMs);
    let calls = this.slots.get(slot);
    if (calls === undefined) this.slots.set(slot, (calls = new Set()));
    calls.add(call);
    if (slot < this.timerSlot) this.arm(slot);
    return slot;
  }

  remove(slot: number, call: Expiring): void {
    const calls = this.slots.get(slot);
    if (calls === undefined) return;
    calls.delete(call);
    if (calls.size === 0) this.slots.delete(slot);
  }

  private arm(slot: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timerSlot = slot;
    const wait = Math.min(longestTimerMs, Math.max(1, Math.ceil(slot * grainMs - performance.now())));
    this.timer = setTimeout(() => this.expireDue(), wait);
    this.timer.unref();
  }

  private expireDue(): void {
    this.timer = null;
    this.timerSlot = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [slot, calls] of this.slots) {
      if (slot * grainMs > now) {
        next = Math.min(next, slot);
        continue;
      }
      this.slots.delete(slot);
      for (const call of calls) call.expire();
    }
    if (next < this.timerSlot) this.arm(next);
  }
}
