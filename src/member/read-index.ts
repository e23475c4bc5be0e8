/**
 * Linearizable reads without a log entry (Raft dissertation, section 6.4): all reads of a turn share one ReadIndex
 * round; when the leader has confirmed an index, they go on as soon as this member has applied up to it.
 */
import { ERR, type EtcdError } from '../core/errors.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import { bytesEqual } from '../core/wire/bytes.ts';

export type ReadDone = (error: EtcdError | undefined) => void;

/** An unanswered round is asked again after this long (a lost message, a leader that is not yet sure). */
const RETRY_MS = 500;

export interface ReadIndexOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Asks the leader to confirm `context` (8 bytes). */
  ask(context: Uint8Array): void;
  appliedIndex(): number;
  nextContext(): Uint8Array;
  onSlow(): void;
}

interface Round {
  readonly context: Uint8Array;
  readonly readers: ReadDone[];
  readonly since: number;
  asked: number;
}

/** Readers that are let go at a time: a thousand transactions that only read are 10 ms of work. */
const READERS_A_TURN = 200;

interface Confirmed {
  readonly index: number;
  readonly readers: ReadDone[];
}

export class ReadIndex {
  private readonly options: ReadIndexOptions;
  /** Runs while a round is under way. */
  private timer: Timer | undefined;
  /** Readers of this turn and of all turns until the round under way is answered. */
  private next: ReadDone[] = [];
  private round: Round | undefined;
  private confirmed: Confirmed[] = [];
  private scheduled = false;
  private stopped = false;

  constructor(options: ReadIndexOptions) {
    this.options = options;
  }

  /** Calls `done` when a read made now sees every write that was acknowledged before. */
  barrier(done: ReadDone): void {
    if (this.stopped) return done(ERR.Stopped);
    this.next.push(done);
    if (this.scheduled || this.round) return;
    this.scheduled = true;
    this.options.clock.endOfTurn(() => {
      this.scheduled = false;
      this.start();
    });
  }

  /** The leader's answer. Answers to earlier rounds are stale and dropped. */
  answer(context: Uint8Array, index: number): void {
    const round = this.round;
    if (!round || !bytesEqual(round.context, context)) return;
    this.round = undefined;
    this.confirmed.push({ index, readers: round.readers });
    this.applied();
    this.start();
  }

  /** To be called when the applied index has moved. */
  applied(): void {
    const { appliedIndex, clock } = this.options;
    const index = appliedIndex();
    for (let left = READERS_A_TURN; this.confirmed.length > 0 && this.confirmed[0].index <= index; ) {
      const { readers } = this.confirmed[0];
      if (readers.length > left) {
        // In the order in which they came; those that are left are called before any of a later round.
        for (const done of readers.splice(0, left)) done(undefined);
        clock.nextTurn(() => this.applied());
        return;
      }
      this.confirmed.shift();
      left -= readers.length;
      for (const done of readers) done(undefined);
    }
  }

  /** A new leader has no memory of the round: it fails, as its readers may have been promised an older leader's view. */
  leaderChanged(): void {
    const round = this.round;
    this.round = undefined;
    if (round) for (const done of round.readers) done(ERR.LeaderChanged);
    this.start();
  }

  /** The leader can answer from now on: ask again at once. */
  askAgain(): void {
    if (this.round) this.ask(this.round);
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
    const all = [...(this.round?.readers ?? []), ...this.next, ...this.confirmed.flatMap((c) => c.readers)];
    this.round = undefined;
    this.next = [];
    this.confirmed = [];
    for (const done of all) done(ERR.Stopped);
  }

  private start(): void {
    if (this.round || this.next.length === 0 || this.stopped) return;
    const { clock, nextContext } = this.options;
    this.round = { context: nextContext(), readers: this.next, since: clock.now(), asked: 0 };
    this.next = [];
    this.timer ??= clock.every(RETRY_MS / 5, () => this.check());
    this.ask(this.round);
  }

  private ask(round: Round): void {
    round.asked = this.options.clock.now();
    this.options.ask(round.context);
  }

  private check(): void {
    const round = this.round;
    if (!round) {
      this.timer?.cancel();
      this.timer = undefined;
      return;
    }
    const now = this.options.clock.now();
    if (now - round.since >= this.options.timeoutMs) {
      this.round = undefined;
      for (const done of round.readers) done(ERR.Timeout);
      this.start();
    } else if (now - round.asked >= RETRY_MS) {
      this.options.onSlow();
      this.ask(round);
    }
  }
}
