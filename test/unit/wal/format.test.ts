import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c, crc32cRange } from '../../../src/core/wire/crc32c.ts';
import { Entry, HardState } from '../../../src/core/wire/gen/raft.ts';
import { NodeDisk } from '../../../src/storage/disk/index.ts';
import { RecordEncoder } from '../../../src/storage/wal/encoder.ts';
import {
  parseSegmentName,
  RecordType,
  segmentName,
  segmentsAmong,
  segmentsFrom,
} from '../../../src/storage/wal/format.ts';
import { scanSegment } from '../../../src/storage/wal/segment-reader.ts';
import { projectRoot } from '../../support/processes.ts';

describe('CRC-32C', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
  // RFC 3720 appendix B.4, and the check value of the CRC catalogue.
  const vectors: [string, Uint8Array, number][] = [
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 times ff', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', ascending, 0x46dd794e],
    ['31 to 0', ascending.slice().reverse(), 0x113fdb5c],
    ['123456789', Buffer.from('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ];
  for (const [name, bytes, expected] of vectors) {
    it(`of ${name}`, () => assert.equal(crc32c(bytes), expected));
  }

  it('goes on from any cut', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) & 255);
    for (let cut = 0; cut <= 100; cut++) {
      assert.equal(crc32cRange(bytes, cut, 100, crc32cRange(bytes, 0, cut, 0)), crc32c(bytes));
    }
  });
});

describe('names of segments', () => {
  it('carry sequence and index', () => {
    assert.equal(segmentName(1, 171), '0000000000000001-00000000000000ab.wal');
    assert.deepEqual(parseSegmentName('0000000000000001-00000000000000ab.wal'), {
      name: '0000000000000001-00000000000000ab.wal',
      sequence: 1,
      index: 171,
    });
    for (const other of ['0.tmp', '1-2.wal', '0000000000000001-00000000000000ab.wal.broken', '.lock']) {
      assert.equal(parseSegmentName(other), undefined, other);
    }
  });

  it('tell where to read from, and where one is missing', () => {
    const names = [segmentName(3, 50), '0.tmp', segmentName(2, 20), segmentName(4, 90)];
    const all = segmentsAmong(names);
    const from = (index: number) => segmentsFrom(all, index, '/w').map((s) => s.sequence);
    assert.deepEqual([from(20), from(49), from(50), from(1000)], [[2, 3, 4], [2, 3, 4], [3, 4], [4]]);
    assert.throws(() => from(19), { kind: 'missing', message: 'wal: file not found' });
    const holed = segmentsAmong([segmentName(2, 20), segmentName(4, 90)]);
    assert.throws(() => segmentsFrom(holed, 30, '/w'), { kind: 'missing' });
  });
});

describe('records', () => {
  it('are framed as etcd frames them', () => {
    const encoder = new RecordEncoder();
    encoder.crcRecord(0);
    const metadata = Buffer.from('08cdd2918bd2b881cf8e0110b298eaf1948386fccd01', 'hex');
    const crc = encoder.record(RecordType.Metadata, metadata, 0);
    encoder.record(RecordType.Snapshot, Buffer.from('08001000', 'hex'), crc);
    // The beginning of a log that etcd 3.5 wrote for the member 8e9e05c52164694d of the cluster cdf818194e3a8c32.
    const expected =
      '0400000000000084' +
      '0804100000000000' +
      '2000000000000000' +
      '080110bb81c7fc051a1608cdd2918bd2b881cf8e0110b298eaf1948386fccd01' +
      '0e00000000000082' +
      '08051094bbc7ed0e1a04080010000000';
    assert.equal(encoder.buffer.subarray(0, encoder.length).toString('hex'), expected);
  });

  for (const release of ['etcd-3.4.23', 'etcd-3.5.30']) {
    it(`of a log that ${release} wrote come out the same, byte for byte`, async function () {
      const archive = join(projectRoot, `../shared/fixtures/${release}/data-dir.tar.gz`);
      if (!existsSync(archive)) {
        console.log(`      skipped: the fixture of ${release} is not here`);
        return this.skip();
      }
      const directory = mkdtempSync(join(tmpdir(), 'kvctl-wal-'));
      try {
        const name = 'member/wal/0000000000000000-0000000000000000.wal';
        execFileSync('tar', ['-xzf', archive, '-C', directory, name]);
        const path = join(directory, name);
        const again = new RecordEncoder();
        let crc = 0;
        let entries = 0;
        const file = await new NodeDisk().open(path, 'read');
        const { end, torn } = await scanSegment(file, { crc: 0, last: true }, (type, data) => {
          if (type === RecordType.Crc) again.crcRecord(crc);
          else if (type === RecordType.Entry) {
            crc = again.entry(Entry.decode(data), crc);
            entries++;
          } else if (type === RecordType.State) crc = again.state(HardState.decode(data), crc);
          else crc = again.record(type, data, crc);
        });
        await file.close();
        assert.equal(torn, undefined);
        assert(entries > 50);
        const written = readFileSync(path).subarray(0, end);
        assert(written.equals(again.buffer.subarray(0, again.length)));
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  }

  it('of all sizes come back', async () => {
    const encoder = new RecordEncoder();
    let crc = 0;
    const sizes = [0, 1, 100, 127, 128, 300, 511, 512, 16383, 16384, 70_000, 3_000_000];
    encoder.crcRecord(0);
    for (const [i, size] of sizes.entries()) {
      // Indexes and terms around the ends of varints and of 32 bits.
      const index = [1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1][i % 7];
      crc = encoder.entry({ type: i % 3, term: index, index, data: Buffer.alloc(size, i) }, crc);
    }
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-wal-'));
    try {
      const file = await new NodeDisk().open(join(directory, 'x.wal'), 'create');
      await file.write(encoder.buffer.subarray(0, encoder.length), 0);
      await file.truncate(encoder.length + 100_000);
      let i = 0;
      const scan = await scanSegment(file, { crc: 0, last: false }, (type, data) => {
        if (type === RecordType.Crc) return;
        const entry = Entry.decode(data);
        assert.equal(entry.type, i % 3);
        assert.equal(entry.index, [1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1][i % 7]);
        assert.equal(entry.term, entry.index);
        assert(Buffer.alloc(sizes[i], i).equals(entry.data));
        i++;
      });
      await file.close();
      assert.equal(i, sizes.length);
      assert.deepEqual(scan, { end: encoder.length, crc, torn: undefined });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
