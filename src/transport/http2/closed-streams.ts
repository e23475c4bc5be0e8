/**
 * What became of a stream that is not open any more. A frame for it is to be ignored, is a stream already closed, or
 * names a stream that never was (RFC 9113, sections 5.1 and 5.1.1); the three have different answers.
 */
export type StreamFate = 'resetByUs' | 'neverOpened' | 'closed';

/** Streams that we reset are remembered, as the peer may not know yet; a count. */
const maxResets = 4096;
/** Peers rarely skip stream ids; a count of ranges. */
const maxSkips = 64;

export class ClosedStreams {
  private readonly resets = new Set<number>();
  /** Resets up to this id may have been forgotten. */
  private forgottenUpTo = 0;
  /** Pairs: first and last id of a range that the peer left out. */
  private readonly skips: number[] = [];

  rememberReset(id: number): void {
    this.resets.add(id);
    if (this.resets.size > maxResets) {
      const oldest = this.resets.values().next().value as number;
      this.resets.delete(oldest);
      this.forgottenUpTo = Math.max(this.forgottenUpTo, oldest);
    }
  }

  rememberSkip(first: number, last: number): void {
    if (this.skips.length < 2 * maxSkips) this.skips.push(first, last);
  }

  /** `id` is at most the highest id used, and not open. */
  fateOf(id: number): StreamFate {
    if (this.resets.has(id)) return 'resetByUs';
    for (let i = 0; i < this.skips.length; i += 2) {
      if (id >= this.skips[i] && id <= this.skips[i + 1]) return 'neverOpened';
    }
    return id <= this.forgottenUpTo ? 'resetByUs' : 'closed';
  }
}
