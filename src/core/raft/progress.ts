/**
 * What the leader knows of one follower's log.
 *
 *   Probe: one append at a time, until it is known where the logs meet
 *   Replicate: optimistic, as many appends as the window allows
 *   Snapshot: nothing but the snapshot, until it has arrived
 */
import type { Inflights } from './inflights.ts';

export const ProgressState = { Probe: 0, Replicate: 1, Snapshot: 2 } as const;
export type ProgressState = (typeof ProgressState)[keyof typeof ProgressState];
const STATE_NAMES = ['StateProbe', 'StateReplicate', 'StateSnapshot'];

export class Progress {
  /** Highest index known to be in the follower's log. */
  match: number;
  /** Index of the first entry to send next. */
  next: number;
  state: ProgressState = ProgressState.Probe;
  /** Commit index that was last sent. */
  sentCommit = 0;
  /** Index of the snapshot under way. */
  pendingSnapshot = 0;
  recentActive: boolean;
  /** No append until the follower has answered. */
  paused = false;
  isLearner: boolean;
  readonly inflights: Inflights;

  constructor(o: {
    match: number;
    next: number;
    inflights: Inflights;
    isLearner: boolean;
    recentActive: boolean;
  }) {
    this.match = o.match;
    this.next = o.next;
    this.inflights = o.inflights;
    this.isLearner = o.isLearner;
    this.recentActive = o.recentActive;
  }

  copy(): Progress {
    return Object.assign(new Progress(this), this);
  }

  becomeProbe(): void {
    const pending = this.pendingSnapshot;
    const fromSnapshot = this.state === ProgressState.Snapshot;
    this.reset(ProgressState.Probe);
    this.next = fromSnapshot ? Math.max(this.match + 1, pending + 1) : this.match + 1;
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
  }

  becomeReplicate(): void {
    this.reset(ProgressState.Replicate);
    this.next = this.match + 1;
  }

  becomeSnapshot(index: number): void {
    this.reset(ProgressState.Snapshot);
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.sentCommit = index;
  }

  private reset(state: ProgressState): void {
    this.paused = false;
    this.pendingSnapshot = 0;
    this.state = state;
    this.inflights.reset();
  }

  /** To be called when an append with `count` entries of `bytes` payload was sent. */
  sentEntries(count: number, bytes: number): void {
    if (this.state === ProgressState.Replicate) {
      if (count > 0) {
        this.next += count;
        this.inflights.add(this.next - 1, bytes);
      }
      this.paused = this.inflights.full;
    } else if (count > 0) this.paused = true;
  }

  canBumpCommit(commit: number): boolean {
    return commit > this.sentCommit && this.sentCommit < this.next - 1;
  }

  /** An acknowledgement; false if it is old news. */
  maybeUpdate(index: number): boolean {
    if (index <= this.match) return false;
    this.match = index;
    this.next = Math.max(this.next, index + 1);
    this.paused = false;
    return true;
  }

  /** A rejection of the append behind `rejected`; false if it is stale. */
  maybeDecrease(rejected: number, hint: number): boolean {
    if (this.state === ProgressState.Replicate) {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
      this.sentCommit = Math.min(this.sentCommit, this.next - 1);
      return true;
    }
    if (this.next - 1 !== rejected) return false;
    this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
    this.paused = false;
    return true;
  }

  get isPaused(): boolean {
    return this.state === ProgressState.Snapshot || this.paused;
  }

  toString(): string {
    let text = `${STATE_NAMES[this.state]} match=${this.match} next=${this.next}`;
    if (this.isLearner) text += ' learner';
    if (this.isPaused) text += ' paused';
    if (this.pendingSnapshot > 0) text += ` pendingSnap=${this.pendingSnapshot}`;
    if (!this.recentActive) text += ' inactive';
    if (this.inflights.count > 0) {
      text += ` inflight=${this.inflights.count}`;
      if (this.inflights.full) text += '[full]';
    }
    return text;
  }
}
