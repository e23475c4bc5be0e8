/** Every single bit of a small log, changed: reading it fails, or gives what was written. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Disk } from '../../../src/core/ports/disk.ts';
import { LogStoreError } from '../../../src/core/ports/log-store.ts';
import { WireError } from '../../../src/core/wire/codec.ts';
import { EntryType } from '../../../src/core/wire/gen/raft.ts';
import { NodeDisk } from '../../../src/storage/disk/index.ts';
import { openLog, readLog } from '../../../src/storage/wal/index.ts';

const NOTHING = { onWrite() {} };

/** One file in memory, for readers. */
function memoryDisk(name: string, bytes: Buffer): Disk {
  const file = {
    path: `/wal/${name}`,
    read: async (into: Uint8Array, at: number) => bytes.copy(into, 0, at, at + into.length),
    size: async () => bytes.length,
    close: async () => {},
  };
  return { list: async () => [name], open: async () => file } as unknown as Disk;
}

async function makeLog(disk: Disk, root: string): Promise<void> {
  const { log } = await openLog({
    disk,
    directory: `${root}/wal`,
    snapDirectory: `${root}/snap`,
    identity: { nodeId: 0x8e9e05c52164694dn, clusterId: 7n },
    maxSegments: 0,
    maxSnapshots: 0,
    now: () => 0,
    observer: NOTHING,
    segmentBytes: 8_192,
  });
  for (let index = 1; index <= 12; index++) {
    const data = index === 7 ? Buffer.alloc(1_500) : Buffer.from(`entry ${index}`.repeat(index));
    const entries = [{ type: EntryType.EntryNormal, term: 1 + Math.floor(index / 5), index, data }];
    const hardState = { term: 1 + Math.floor(index / 5), vote: 0x8e9e05c52164694dn, commit: index - 1 };
    await new Promise<void>((resolve, reject) =>
      log.append({ entries, hardState, mustSync: true }, (error) => (error ? reject(error) : resolve())),
    );
  }
  await log.close();
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    typeof v === 'bigint' ? `${v}` : v instanceof Uint8Array ? Buffer.from(v).toString('hex') : v,
  );

describe('a log with one changed bit', function () {
  this.timeout(120_000);

  it('is refused, or says what was written', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-wal-flips-'));
    let name: string;
    let bytes: Buffer;
    try {
      await makeLog(new NodeDisk(), directory);
      name = readdirSync(join(directory, 'wal')).find((file) => file.endsWith('.wal'))!;
      bytes = readFileSync(join(directory, 'wal', name));
    } finally {
      rmSync(directory, { recursive: true });
    }
    const disk = memoryDisk(name, bytes);
    const written = show((await readLog(disk, '/wal')).contents);
    let end = bytes.length;
    while (bytes[end - 1] === 0) end--;
    let refused = 0;
    const served: string[] = [];
    for (let at = 0; at < end; at++) {
      // Of a stretch of zeros, some.
      if (at % 16 !== 0 && bytes.subarray(at - 8, at + 8).every((byte) => byte === 0)) continue;
      for (let bit = 0; bit < 8; bit++) {
        bytes[at] ^= 1 << bit;
        try {
          if (show((await readLog(disk, '/wal')).contents) !== written) served.push(`byte ${at}, bit ${bit}`);
        } catch (error) {
          assert.ok(error instanceof LogStoreError || error instanceof WireError, String(error));
          refused++;
        }
        bytes[at] ^= 1 << bit;
      }
    }
    assert.deepEqual(served, []);
    assert.ok(refused > 10_000, `${refused} were noticed`);
  });
});
