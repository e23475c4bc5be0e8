/** `kvctl benchmark watch-latency`: puts at a steady rate to one watched key, and how long their events take. */
import { positive, prepare } from './benchmark.ts';
import { runWatching } from './benchmark-watching.ts';
import type { Command, Context } from './command.ts';
import { noArgs } from './grammar/arity.ts';

async function run(context: Context): Promise<number> {
  const { flags } = context;
  const shape = {
    streams: positive(context, 'streams'),
    watchersPerStream: positive(context, 'watch-per-stream'),
    watchedKeys: 1,
    keySize: positive(context, 'key-size'),
    keySpaceSize: 1,
    sequentialKeys: true,
    valSize: flags.number('val-size'),
    prevKv: flags.bool('prevkv'),
    putTotal: positive(context, flags.isSet('total') ? 'total' : 'put-total'),
    putRate: flags.number(flags.isSet('rate') ? 'rate' : 'put-rate'),
  };
  return runWatching(context, await prepare(context), shape, ['put', 'watch events received']);
}

export const command: Command = {
  use: '[options]',
  examples: ['$ kvctl benchmark watch-latency --put-total=20', '...'],
  flags: [
    { name: 'key-size', kind: 'uint', default: 32, usage: 'bytes of the key' },
    { name: 'prevkv', kind: 'bool', usage: 'ask for the pair before the change' },
    {
      name: 'put-rate',
      kind: 'uint',
      default: 100,
      usage: 'puts due in a second (0: as fast as answers come)',
    },
    { name: 'put-total', kind: 'uint', default: 1000, usage: 'puts' },
    { name: 'rate', kind: 'uint', hidden: true, usage: 'an older name of --put-rate' },
    { name: 'streams', kind: 'uint', default: 10, usage: 'watch streams' },
    { name: 'total', kind: 'uint', hidden: true, usage: 'an older name of --put-total' },
    { name: 'val-size', kind: 'uint', default: 32, usage: 'bytes of a value' },
    { name: 'watch-per-stream', kind: 'uint', default: 10, usage: 'watchers on a stream' },
  ],
  refuse: noArgs,
  run,
};
