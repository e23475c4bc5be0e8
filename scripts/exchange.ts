/**
 * `npm run exchange [-- --etcd FILE --restore FILE --keys N --revisions N]`: data goes from a real etcd to kvctl and back
 * to etcd, by snapshots, and is compared at each stop: every key at every kept revision, leases, users, roles, hashes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { exchange } from '../test/support/exchange.ts';

const { values } = parseArgs({
  options: {
    etcd: { type: 'string', default: 'etcd' },
    restore: { type: 'string', default: 'etcdctl' },
    keys: { type: 'string', default: '100000' },
    revisions: { type: 'string', default: '1000000' },
  },
});
const directory = mkdtempSync(join(tmpdir(), 'kvctl-exchange-'));
let same = true;
try {
  const { stops, saveMiB, idleMiB } = await exchange({
    directory,
    etcd: values.etcd,
    etcdRestore: values.restore,
    keys: Number(values.keys),
    revisions: Number(values.revisions),
    onStep: (what) => process.stdout.write(`${what}\n`),
  });
  const [first, ...others] = stops;
  const { revision, compactRevision, keys, changes, leases, hashes } = first.content;
  process.stdout.write(
    `${first.where}: revision ${revision}, compacted at ${compactRevision}, ${changes.count} changes kept, ` +
      `${leases.length} leases, keys ${Object.entries(keys)
        .map(([at, { count }]) => `${count} at ${at}`)
        .join(', ')}, ` +
      `hashes ${Object.values(hashes).join(' ')}\n`,
  );
  for (const stop of others) {
    const isSame = isDeepStrictEqual(stop.content, first.content) && stop.auth === first.auth;
    same &&= isSame;
    process.stdout.write(`${stop.where}: ${isSame ? 'the same' : 'DIFFERENT'}\n`);
  }
  process.stdout.write(
    `snapshot save: ${saveMiB.toFixed(0)} MiB resident at most; kvctl version: ${idleMiB.toFixed(0)} MiB\n`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit(same ? 0 : 1);
