/** `kvctl copy`: the keys of one prefix to another one of the same cluster. */
import { prefixSpan } from '../../client/range.ts';
import { pages } from '../../client/walk/pages.ts';
import { asBuffer } from '../../core/wire/bytes.ts';
import type { Command, Context } from '../command.ts';
import { badArgs } from '../exit.ts';
import { argumentBytes } from '../io.ts';
import { withProgress } from '../progress.ts';
import { countOf, countToShow, REV_FLAG, readerOf } from './reading.ts';
import {
  LEASES_FLAG,
  leaseFor,
  reportOf,
  transferring,
  WRITE_FLAGS,
  writeChoices,
  writerOf,
} from './transfer.ts';

const isWithin = (key: Uint8Array, prefix: Uint8Array) =>
  key.length >= prefix.length && asBuffer(key).subarray(0, prefix.length).equals(prefix);

async function run(context: Context): Promise<void> {
  const { args, flags, io } = context;
  if (args.length !== 2) throw badArgs('copy takes two prefixes, from where and to where');
  const [from, to] = args.map(argumentBytes);
  if (isWithin(to, from) || isWithin(from, to)) {
    throw badArgs(
      'copy needs two prefixes of which none begins with the other: a second run would copy its own copies',
    );
  }
  const choices = writeChoices(flags);
  const startedAt = performance.now();
  let revision = countOf(flags, 'rev');
  const client = await context.client();
  const read = readerOf(context, client);
  const writer = writerOf(context, client, choices);
  const span = prefixSpan(from);
  const total = await countToShow(read, span, revision);
  await withProgress(io, { label: 'Copying', unit: 'keys', total }, (progress) =>
    transferring(writer, 'copied', async () => {
      for await (const page of pages(read, span, { revision })) {
        revision = page.revision;
        for (const kv of page.kvs) {
          const key = Buffer.concat([to, kv.key.subarray(from.length)]);
          await writer.put({ key, value: kv.value, lease: leaseFor(choices.leases, kv.key, kv.lease) });
          progress.add();
        }
      }
      await writer.flush();
    }),
  );
  await context.print(
    'transfer',
    reportOf(writer, { what: 'copied', dryRun: choices.dryRun, revision, resumed: 0, startedAt }),
  );
}

export const command: Command = {
  use: '[options] <from-prefix> <to-prefix>',
  long: `Copies all keys that begin with one prefix to another one, as they are at one revision, in
transactions of at most --max-txn-ops keys. A key that is there already with another
value ends the copy, unless --overwrite or --skip-existing says what to do; one with the
same value is left as it is.`,
  examples: [
    '$ kvctl put config/db/host 10.0.0.5',
    'OK',
    '$ kvctl put config/db/port 5432',
    'OK',
    '$ kvctl put config/db/port 6432',
    'OK',
    '# A copy of the configuration to try something with',
    '$ kvctl copy config/ config-test/',
    'copied 2 keys, ..., as of revision 4, in ... s',
    '# Bring back what there was at revision 3',
    '$ kvctl copy config/ restored/ --rev 3',
    'copied 2 keys, ..., as of revision 3, in ... s',
    '$ kvctl get restored/db/port --print-value-only',
    '5432',
  ],
  completes: ['key', 'key'],
  flags: [LEASES_FLAG, REV_FLAG, ...WRITE_FLAGS],
  explainsRevisions: true,
  run,
};
