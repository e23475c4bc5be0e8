/** `kvctl benchmark watch-get`: reads while many watchers catch up with history. */
import { exitCode, positive, prepare } from './benchmark.ts';
import { phases } from './benchmark-watching.ts';
import type { Command, Context } from './command.ts';
import { noArgs } from './grammar/arity.ts';

async function run(context: Context): Promise<number> {
  const shape = {
    watchers: positive(context, 'watchers'),
    streams: positive(context, 'streams'),
    events: positive(context, 'events'),
  };
  const { bench, world, sample, stop, show } = await prepare(context);
  const bars = phases(context);
  const summaries = await bench.runWatchGet({ ...world, ...shape, sample }, { ...bars, stop });
  bars.finish();
  show(summaries);
  return exitCode(summaries);
}

export const command: Command = {
  use: '[options]',
  examples: ['$ kvctl benchmark watch-get --watchers=2 --watch-events=20', '...'],
  flags: [
    { name: 'events', kind: 'uint', default: 8, usage: 'events that each watcher has to catch up with' },
    { name: 'streams', kind: 'uint', default: 1, usage: 'watch streams' },
    { name: 'watchers', kind: 'uint', default: 10_000, usage: 'watchers' },
  ],
  refuse: noArgs,
  run,
};
