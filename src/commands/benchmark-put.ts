/** `kvctl benchmark put`: puts, if wanted with compaction beside them and a look at the hashes afterwards. */
import {
  KEY_FLAGS,
  keyOptions,
  type Prepared,
  positive,
  prepare,
  RATE_FLAG,
  runLoad,
  totalFlag,
  VALUE_FLAG,
} from './benchmark.ts';
import type { Command, Context } from './command.ts';
import { Exit } from './exit.ts';
import { noArgs } from './grammar/arity.ts';

/** Compaction goes on beside the load. Returns what ends it. */
function compactBeside(context: Context, { bench, world, dial }: Prepared): () => Promise<void> {
  const intervalMs = context.flags.number('compact-interval');
  if (intervalMs <= 0) return async () => {};
  const over = new AbortController();
  const delta = positive(context, 'compact-index-delta');
  const warn = (message: string) => context.io.warn(message);
  const compacting = bench
    .keepCompacting(world.targets[0], dial, { intervalMs, delta, stop: over.signal, warn })
    .catch((error: Error) => warn(`compaction failed: ${error.message}`));
  return async () => {
    over.abort();
    await compacting;
  };
}

/** Members at the same revision must agree. */
async function checkHashes(
  context: Context,
  { bench, allTargets, dial, format }: Prepared,
): Promise<boolean> {
  const hashes = await bench.hashes(allTargets, dial);
  const say = (line: string) => (format === 'text' ? context.io.write(`${line}\n`) : context.io.warn(line));
  for (const { endpoint, hash, revision } of hashes)
    say(`HashKV of ${endpoint}: ${hash} at revision ${revision}`);
  const byRevision = new Map<number, number>();
  return hashes.every(({ hash, revision }) => {
    const first = byRevision.get(revision) ?? hash;
    byRevision.set(revision, first);
    if (first !== hash) say(`members disagree at revision ${revision}`);
    return first === hash;
  });
}

async function run(context: Context): Promise<number> {
  const keys = await keyOptions(context);
  const valSize = context.flags.number('val-size');
  const prepared = await prepare(context);
  const endCompaction = compactBeside(context, prepared);
  const code = await runLoad(context, prepared, { kind: 'put', ...keys, valSize });
  await endCompaction();
  if (!context.flags.bool('check-hashkv')) return code;
  return (await checkHashes(context, prepared)) ? code : Exit.Error;
}

export const command: Command = {
  use: '[options]',
  examples: [
    '$ kvctl benchmark put --total=100 --clients=4 --conns=2 --key-space-size=1000',
    '...',
    '  Requests/sec:...',
    '...',
  ],
  flags: [
    ...KEY_FLAGS,
    VALUE_FLAG,
    RATE_FLAG,
    totalFlag('put requests'),
    { name: 'check-hashkv', kind: 'bool', usage: 'compare the hashes of the members afterwards' },
    {
      name: 'compact-index-delta',
      kind: 'uint',
      default: 1000,
      usage: 'revisions that a compaction leaves behind the current one',
    },
    {
      name: 'compact-interval',
      kind: 'duration',
      usage: 'time between compactions during the run (0: none)',
    },
  ],
  refuse: noArgs,
  run,
};
