/**
 * Proposals on their way through consensus: each gets a request id, goes into the batch of its turn, and waits for
 * the local apply of its entry. The answer comes exactly once: by apply, by a time-out, or because the member stops.
 */
import { type Done, ERR, type EtcdError } from '../core/errors.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import type { Writer } from '../core/wire/codec.ts';
import { encodeProposal, type RequestId } from '../core/wire/proposal.ts';
import type { RequestIds } from './request-ids.ts';

/** What apply finds of a proposal that was made here: the request need not be decoded again. */
export interface Waiting {
  readonly op: number;
  readonly request: unknown;
  readonly done: Done<any>;
  /** When the proposal was made, in clock milliseconds. */
  readonly since: number;
}

export interface ProposalOptions {
  readonly clock: Clock;
  readonly ids: RequestIds;
  /** Largest entry, in bytes (--max-request-bytes). */
  readonly maxRequestBytes: number;
  /** Longest wait, in milliseconds: 5 s + 2 election timeouts. */
  readonly timeoutMs: number;
  /** Takes the entries of one turn. False: there is no leader to give them to. */
  submit(entries: Uint8Array[]): boolean;
  /** Which of the time-out errors fits a proposal that was made at `since`. */
  explainTimeout(since: number): EtcdError;
  /** Told of a request over the limit, so that the log can say both numbers. */
  tooLarge(size: number, limit: number): void;
}

/** How often waiting proposals are checked against their time limit. */
const SWEEP_MS = 100;

export class Proposals {
  private readonly options: ProposalOptions;
  private readonly waiting = new Map<number, Waiting>();
  /** Runs while something waits: an idle member does not wake for nothing. */
  private sweeper: Timer | undefined;
  private batch: Uint8Array[] = [];
  private scheduled = false;
  private stopped = false;

  constructor(options: ProposalOptions) {
    this.options = options;
  }

  /** Proposals that wait for their entry. */
  get pending(): number {
    return this.waiting.size;
  }

  nextId(): RequestId {
    return this.options.ids.next();
  }

  propose<Req, Res>(
    op: number,
    request: Req,
    write: (writer: Writer, request: Req) => void,
    done: Done<Res>,
    caller?: { readonly username: string; readonly authRevision: number },
  ): void {
    if (this.stopped) return done(ERR.Stopped);
    const id = this.nextId();
    const data = encodeProposal(id, op, request, write, caller);
    if (data.length > this.options.maxRequestBytes) {
      this.options.tooLarge(data.length, this.options.maxRequestBytes);
      return done(ERR.RequestTooLarge);
    }
    this.wait(id, op, request, done);
    this.batch.push(data);
    if (this.scheduled) return;
    this.scheduled = true;
    this.options.clock.endOfTurn(() => this.flush());
  }

  /** Waits for an entry that is proposed by other means (configuration changes). */
  wait<Res>(id: RequestId, op: number, request: unknown, done: Done<Res>): void {
    if (this.stopped) return done(ERR.Stopped);
    const { clock } = this.options;
    this.waiting.set(id.sequence, { op, request, done, since: clock.now() });
    this.sweeper ??= clock.every(SWEEP_MS, () => this.sweep());
  }

  /** The proposal that made this entry, if it was made here and still waits; it stops waiting. */
  take(id: RequestId): Waiting | undefined {
    if (id.member !== this.options.ids.member) return undefined;
    const found = this.waiting.get(id.sequence);
    if (found) this.waiting.delete(id.sequence);
    return found;
  }

  /** Fails everything that waits. */
  stop(): void {
    this.stopped = true;
    this.sweeper?.cancel();
    const all = [...this.waiting.values()];
    this.waiting.clear();
    this.batch = [];
    for (const w of all) w.done(ERR.Stopped);
  }

  /** Proposals of this turn go to the leader together; without one they stay until there is. */
  flush(): void {
    this.scheduled = false;
    if (this.batch.length === 0 || this.stopped) return;
    // Submitting may bring the news of a leader, which flushes again: what is on its way must not be there any more.
    const batch = this.batch;
    this.batch = [];
    if (!this.options.submit(batch)) this.batch = batch;
  }

  private sweep(): void {
    const { clock, timeoutMs } = this.options;
    const oldest = clock.now() - timeoutMs;
    for (const [sequence, w] of this.waiting) {
      // Map order is proposal order: the first that is young enough ends the walk.
      if (w.since > oldest) break;
      this.waiting.delete(sequence);
      w.done(this.options.explainTimeout(w.since));
    }
    if (this.waiting.size > 0) return;
    this.batch = [];
    this.sweeper?.cancel();
    this.sweeper = undefined;
  }
}
