/** `kvctl benchmark watch`: how fast watchers are made, and how fast events reach them. */
import { KEY_FLAGS, keyOptions, positive, prepare } from './benchmark.ts';
import { runWatching } from './benchmark-watching.ts';
import type { Command, Context } from './command.ts';
import { noArgs } from './grammar/arity.ts';

const KEY_BYTES = 32;
/** A value has room for the number of its put. */
const VALUE_BYTES = 8;

async function run(context: Context): Promise<number> {
  const keys = await keyOptions(context);
  const shape = {
    ...keys,
    streams: positive(context, 'streams'),
    watchersPerStream: positive(context, 'watch-per-stream'),
    watchedKeys: positive(context, 'watched-key-total'),
    putTotal: positive(context, 'put-total'),
    putRate: context.flags.number('put-rate'),
    prevKv: context.flags.bool('prevkv'),
    valSize: VALUE_BYTES,
  };
  return runWatching(context, await prepare(context), shape, ['watch creation', 'watch events received']);
}

export const command: Command = {
  use: '[options]',
  long: `Makes --streams times --watch-per-stream watchers on --watched-key-total keys, puts these keys --put-total
times, and counts the events. The latency of an event is from its put to its arrival.`,
  examples: [
    '$ kvctl benchmark watch --streams=2 --watch-per-stream=5 --put-total=50',
    '...',
    '  Requests/sec:...',
    '...',
  ],
  flags: [
    ...KEY_FLAGS.map((flag) => (flag.name === 'key-size' ? { ...flag, default: KEY_BYTES } : flag)),
    { name: 'prevkv', kind: 'bool', usage: 'ask for the pair before the change' },
    { name: 'put-rate', kind: 'uint', usage: 'puts due in a second (0: as fast as answers come)' },
    { name: 'put-total', kind: 'uint', default: 1000, usage: 'puts' },
    { name: 'streams', kind: 'uint', default: 10, usage: 'watch streams' },
    { name: 'watch-per-stream', kind: 'uint', default: 100, usage: 'watchers on a stream' },
    { name: 'watched-key-total', kind: 'uint', default: 1, usage: 'keys that are watched' },
  ],
  refuse: noArgs,
  run,
};
