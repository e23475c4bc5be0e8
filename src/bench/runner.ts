/**
 * Drives the clients of one thread: each does one operation at a time; the next begins when the answer is there and
 * the pace allows it. A client whose connection is lost retires; a run without clients ends.
 */
import type { LoadConnection } from './client/connection.ts';
import type { Load } from './loads/load.ts';
import { type FinishedSink, LoadClient } from './loads/load-client.ts';
import type { Pace } from './pace.ts';
import { Recorder } from './stats/recorder.ts';

/** After an interruption, answers are waited for this long. */
const STOP_GRACE_MS = 2000;

export interface RunnerOptions {
  readonly load: Load;
  readonly connections: readonly LoadConnection[];
  readonly clients: number;
  readonly pace: Pace;
  readonly sample: boolean;
}

/** Times are milliseconds since the epoch. */
export interface Run {
  readonly recorders: readonly Recorder[];
  readonly startedAt: number;
  readonly endedAt: number;
}

export class Runner implements FinishedSink {
  /** Operations that have ended. */
  done = 0;
  private readonly load: Load;
  private readonly pace: Pace;
  private readonly recorders: readonly Recorder[];
  private readonly idle: LoadClient[];
  private inFlight = 0;
  private stopped = false;
  /** Why the last client retired. */
  private lost: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastAnswer = 0;
  private resolve: () => void = () => {};

  constructor({ load, connections, clients, pace, sample }: RunnerOptions) {
    this.load = load;
    this.pace = pace;
    this.recorders = load.series.map(() => new Recorder({ sample, openLoop: pace.openLoop }));
    this.idle = Array.from(
      { length: clients },
      (_, i) => new LoadClient(i, connections[i % connections.length], this),
    );
  }

  async run(): Promise<Run> {
    const start = performance.now();
    this.lastAnswer = start;
    const finished = new Promise<void>((resolve) => {
      this.resolve = resolve;
    });
    this.pace.start(start);
    this.fill();
    await finished;
    clearTimeout(this.timer);
    return {
      recorders: this.recorders,
      startedAt: performance.timeOrigin + start,
      endedAt: performance.timeOrigin + this.lastAnswer,
    };
  }

  /** Begins nothing more; `run` returns when the answers under way are there. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    setTimeout(() => this.resolve(), STOP_GRACE_MS).unref();
    this.endIfOver();
  }

  /** Gives idle clients what is due, and wakes up for what is due next. */
  private fill(): void {
    this.timer = undefined;
    const now = performance.now();
    while (!this.stopped && this.idle.length > 0 && this.pace.ready(now)) {
      this.begin(this.idle.pop()!, now, false);
    }
    this.wakeUp(now);
    this.endIfOver();
  }

  private wakeUp(now: number): void {
    if (this.timer !== undefined || this.stopped || !this.pace.openLoop || this.pace.exhausted) return;
    if (this.idle.length === 0) return; // whoever finishes takes what is due then
    this.timer = setTimeout(() => this.fill(), Math.max(1, this.pace.nextDue - now));
  }

  private begin(client: LoadClient, now: number, waited: boolean): void {
    const n = this.pace.taken;
    client.due = this.pace.take(now, waited);
    client.sent = now;
    this.inFlight++;
    this.load.begin(client, n);
  }

  finished(client: LoadClient, failure: string | undefined): void {
    const now = performance.now();
    this.inFlight--;
    this.done++;
    this.lastAnswer = now;
    const recorder = this.recorders[client.series];
    if (failure === undefined) recorder.succeeded(client.due, client.sent, now);
    else recorder.failed(failure);
    const alive = client.connection.failure === undefined;
    if (alive && !this.stopped && this.pace.ready(now)) {
      return this.begin(client, now, this.idle.length === 0);
    }
    if (alive) this.idle.push(client);
    else this.lost = client.connection.failure;
    this.wakeUp(now);
    this.endIfOver();
  }

  private endIfOver(): void {
    if (this.inFlight > 0) return;
    if (this.stopped || this.pace.exhausted) return this.resolve();
    if (this.idle.length > 0) return;
    this.recorders[0].failed(`ended early: ${this.lost ?? 'no clients'}`);
    this.resolve();
  }
}
