/**
 * Bounds what a repeated line can cost, as zap does: of one level and message, the first hundred of a second pass,
 * then every hundredth. Messages share counters by hash, so the memory is fixed whatever the messages are.
 */
import { LOG_LEVELS } from './levels.ts';

const FIRST = 100;
const THEREAFTER = 100;
const TICK_MS = 1000;
/** Counters per level. */
const BUCKETS = 4096;

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

export class Sampler {
  private readonly counts = new Uint32Array(LOG_LEVELS.length * BUCKETS);
  private readonly resetAt = new Float64Array(LOG_LEVELS.length * BUCKETS);

  /** True: the line passes. `level` is a rank, `now` in milliseconds. */
  pass(level: number, msg: string, now: number): boolean {
    const bucket = level * BUCKETS + (hash(msg) % BUCKETS);
    if (now >= this.resetAt[bucket]) {
      this.resetAt[bucket] = now + TICK_MS;
      this.counts[bucket] = 1;
      return true;
    }
    const count = ++this.counts[bucket];
    return count <= FIRST || (count - FIRST) % THEREAFTER === 0;
  }
}
