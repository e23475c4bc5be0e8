/**
 * How far a long command is: one line on stderr, on a terminal only, drawn over itself; share, rate and time left.
 *
 *     await withProgress(context.io, { label: 'Exporting', unit: 'keys', total }, async (progress) => {
 *       for await (const page of pages) progress.add(page.length);
 *     });
 *
 * What the command itself prints meanwhile goes where it should: `io` takes the line away first.
 */
import { paintFor } from './colour.ts';
import type { Io } from './io.ts';
import { type ProgressState, progressLine } from './progress-line.ts';
import { statusTerminal, type Terminal } from './terminal.ts';

const REDRAW_MS = 125;
/** The rate is that of the last so many milliseconds. */
const RATE_WINDOW_MS = 5000;

export interface ProgressOptions {
  /** What is being done, such as `Saving snapshot`. */
  readonly label: string;
  /** What is counted, such as `keys`; `bytes` and `seconds` are shown as sizes and times, '' not at all. */
  readonly unit: string;
  /** How many there will be; without it there is no bar, but a sign of life. */
  readonly total?: number;
  /** Shown instead of the rate, where what is counted is not what is of interest. */
  readonly note?: () => string;
}

export interface Progress {
  /** So many are done in all; and there will be `total`, when that has become known or has changed. */
  set(done: number, total?: number): void;
  add(count?: number): void;
  /** Takes the line away. */
  finish(): void;
}

const SILENT: Progress = { set() {}, add() {}, finish() {} };

/** Rate over the last few seconds, from samples of a counter that grows. */
export class RateMeter {
  private readonly samples: { readonly at: number; readonly done: number }[] = [];

  /** Takes a sample; returns how many a second there were lately. */
  sample(at: number, done: number): number {
    this.samples.push({ at, done });
    while (this.samples.length > 2 && at - this.samples[1].at >= RATE_WINDOW_MS) this.samples.shift();
    const [oldest] = this.samples;
    return at > oldest.at ? Math.max(0, ((done - oldest.done) / (at - oldest.at)) * 1000) : 0;
  }
}

export interface ProgressPlace {
  readonly io: Pick<Io, 'status'>;
  readonly terminal: Terminal;
  readonly now: () => number;
}

/** Draws at once, and again and again until `finish`, so that a stall is seen as one. */
export function drawProgress({ io, terminal, now }: ProgressPlace, options: ProgressOptions): Progress {
  const paint = paintFor(terminal);
  const meter = new RateMeter();
  const start = now();
  let done = 0;
  let total = options.total;
  const state = (at: number): ProgressState => ({
    label: options.label,
    unit: options.unit,
    done,
    total,
    rate: meter.sample(at, done),
    elapsedSeconds: (at - start) / 1000,
    note: options.note?.(),
  });
  const draw = () => io.status(progressLine(state(now()), terminal, paint));
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  draw();
  return {
    set(count, all = total) {
      done = count;
      total = all;
    },
    add(count = 1) {
      done += count;
    },
    finish() {
      clearInterval(timer);
      io.status('');
    },
  };
}

/** For commands whose end is not the end of one function; the others use `withProgress`. */
export function startProgress(io: Pick<Io, 'status'>, options: ProgressOptions): Progress {
  const terminal = statusTerminal();
  return terminal === undefined
    ? SILENT
    : drawProgress({ io, terminal, now: () => performance.now() }, options);
}

/** Shows how far `work` is until it has ended, well or badly. */
export async function withProgress<T>(
  io: Pick<Io, 'status'>,
  options: ProgressOptions,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = startProgress(io, options);
  try {
    return await work(progress);
  } finally {
    progress.finish();
  }
}
