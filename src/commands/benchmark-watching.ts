/** What `benchmark watch` and `benchmark watch-latency` share: a run with watchers and puts, and its progress bars. */
import type { WatchSpec } from '../bench/main.ts';
import { exitCode, type Prepared } from './benchmark.ts';
import type { Context } from './command.ts';
import { type Progress, startProgress } from './progress.ts';

/** One bar for each step. */
export function phases(context: Context) {
  let bar: Progress | undefined;
  return {
    phase(name: string, total: number): void {
      bar?.finish();
      bar = startProgress(context.io, { label: 'Benchmark', unit: name, total });
    },
    progress: (done: number) => bar?.set(done),
    finish: () => bar?.finish(),
  };
}

type Shape = Omit<WatchSpec, 'sample' | keyof Prepared['world']>;

/** Runs it and reports on the series named. */
export async function runWatching(
  context: Context,
  prepared: Prepared,
  shape: Shape,
  series: readonly string[],
): Promise<number> {
  const { bench, world, sample, stop, show } = prepared;
  const bars = phases(context);
  const summaries = await bench.runWatch({ ...world, ...shape, sample }, { ...bars, stop });
  bars.finish();
  const shown = summaries.filter(({ name }) => series.includes(name));
  show(shown);
  return exitCode(shown);
}
