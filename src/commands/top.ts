/** `kvctl top`: what the members of a cluster are doing, live. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterFacts } from '../printer/cluster-facts.ts';
import { paintFor } from './colour.ts';
import type { Command, Context } from './command.ts';
import { badArgs, Exit } from './exit.ts';
import { noArgs } from './grammar/arity.ts';
import { interruption } from './interrupt.ts';
import { outputTerminal, type Terminal } from './terminal.ts';
import { frameOf } from './top/frame.ts';
import { LiveScreen } from './top/live-screen.ts';
import { Poller } from './top/poll.ts';
import type { ClusterSample } from './top/sample.ts';
import { viewOf } from './top/view.ts';

const DEFAULT_INTERVAL_MS = 1000;
const SHORTEST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 60_000;
/** A member that has not answered for so long is shown as down, in milliseconds. */
const PATIENCE_MS = 1000;
const CTRL_C = '\x03';
/** As wide as all columns are. */
const PIPE_COLUMNS = 160;

function intervalOf({ flags }: Context): number {
  const interval = flags.number('interval');
  if (interval < SHORTEST_INTERVAL_MS || interval > LONGEST_INTERVAL_MS)
    throw badArgs(`--interval ${interval}ms is not between ${SHORTEST_INTERVAL_MS}ms and 1m`);
  return interval;
}

/** Rates need two samples. */
async function oneView(poller: Poller, interval: number): Promise<ClusterFacts> {
  const first = await poller.sample();
  await sleep(interval);
  return viewOf(await poller.sample(), first, new Date());
}

/** Failed if nobody has answered. */
const codeOf = ({ members }: ClusterFacts): number =>
  members.some(({ error }) => error === undefined) ? Exit.Success : Exit.Error;

async function printOnce(context: Context, poller: Poller, terminal: Terminal | undefined): Promise<number> {
  const view = await oneView(poller, intervalOf(context));
  if (context.format !== 'simple') {
    await context.print('top', view);
    return codeOf(view);
  }
  const at = { columns: terminal?.columns ?? PIPE_COLUMNS, rows: Number.POSITIVE_INFINITY };
  const lines = frameOf(view, { ...at, unicode: terminal?.unicode ?? true }, paintFor(terminal));
  context.io.write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
  return codeOf(view);
}

/** The keys of the screen: what they change, and when it ends. */
class Controls {
  private readonly ended = new AbortController();
  interval: number;

  constructor(interval: number, stop: AbortSignal) {
    this.interval = interval;
    stop.addEventListener('abort', () => this.ended.abort());
  }

  get stop(): AbortSignal {
    return this.ended.signal;
  }

  press(key: string): void {
    if (key === 'q' || key === 'Q' || key === CTRL_C) this.ended.abort();
    else if (key === '+') this.interval = Math.max(SHORTEST_INTERVAL_MS, this.interval / 2);
    else if (key === '-') this.interval = Math.min(LONGEST_INTERVAL_MS, this.interval * 2);
  }

  get footer(): string {
    return `q quit  + faster  - slower  every ${this.interval / 1000}s`;
  }
}

async function watchLive(context: Context, poller: Poller, terminal: Terminal): Promise<number> {
  const controls = new Controls(intervalOf(context), interruption(['SIGINT', 'SIGTERM', 'SIGHUP']));
  const paint = paintFor(terminal);
  let view: ClusterFacts | undefined;
  const draw = () => {
    if (view !== undefined) screen.draw(frameOf(view, terminal, paint, controls.footer));
  };
  const screen = new LiveScreen({
    write: (text) => context.io.write(text),
    keyboard: process.stdin,
    onKey: (key) => {
      controls.press(key);
      draw();
    },
    onRedraw: draw,
  });
  screen.open();
  try {
    let previous: ClusterSample | undefined;
    while (!controls.stop.aborted) {
      const started = performance.now();
      const sample = await Promise.race([poller.sample(), ended(controls.stop)]);
      if (sample === undefined) break;
      view = viewOf(sample, previous, new Date());
      previous = sample;
      draw();
      const rest = controls.interval - (performance.now() - started);
      await sleep(Math.max(0, rest), undefined, { signal: controls.stop }).catch(() => undefined);
    }
    return Exit.Success;
  } finally {
    screen.close();
  }
}

function ended(stop: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => stop.addEventListener('abort', () => resolve(undefined), { once: true }));
}

async function run(context: Context): Promise<number> {
  const { flags } = context;
  intervalOf(context);
  const config = await context.config();
  const patience = Math.min(PATIENCE_MS, flags.number('command-timeout'));
  const poller = new Poller(config, patience);
  const terminal = outputTerminal();
  const isLive = terminal !== undefined && context.format === 'simple' && !flags.bool('once');
  try {
    return await (isLive ? watchLive(context, poller, terminal) : printOnce(context, poller, terminal));
  } finally {
    await poller.close();
  }
}

export const command: Command = {
  use: '[options]',
  long: `Shows what the members of a cluster are doing, live: who leads, requests and events a second, how long a request,
the log's sync and a commit take (the slowest of a hundred), database size against the quota, watchers, leases, alarms.

Keys: q quits, + and - change how often it is refreshed. In a pipe, with --once or with another format than simple it
prints one frame, over one interval, and ends.`,
  examples: [
    '# One frame, for a log',
    '$ kvctl top --once --interval=100ms',
    'kvctl top  cluster ...',
    '...',
    'default     leader ...',
    '# One sample, for a program',
    '$ kvctl top -w json --interval=100ms',
    '{"time":"...","clusterId":"...",...}',
  ],
  flags: [
    {
      name: 'interval',
      kind: 'duration',
      default: DEFAULT_INTERVAL_MS,
      usage: 'time between two refreshes, 100ms to 1m',
    },
    { name: 'once', kind: 'bool', usage: 'print one frame and end' },
  ],
  refuse: noArgs,
  run,
};
