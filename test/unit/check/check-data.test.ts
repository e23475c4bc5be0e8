/** What `check data` finds, and what it leaves alone. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePair } from '../../../src/core/mvcc/pair.ts';
import { encodeRevision } from '../../../src/core/mvcc/revision.ts';
import type { BackendWrite } from '../../../src/core/ports/backend.ts';
import { checkPath } from '../../../src/storage/check/index.ts';
import { dataDirPaths } from '../../../src/storage/data-dir.ts';
import { lockForReading } from '../../../src/storage/disk/dir-lock.ts';
import { lockDirectory, NodeDisk } from '../../../src/storage/disk/index.ts';
import { EtcdDatabase, hashKV, OwnDatabase } from '../../../src/storage/etcd-data/index.ts';
import { LmdbBackend } from '../../../src/storage/lmdb/backend.ts';
import { restoreDataDir } from '../../../src/storage/restore/index.ts';
import { run } from '../../support/processes.ts';
import { FIXTURES, fixture } from '../bbolt/support.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const put = (main: number, key: string, create: number, version: number, lease = 0n): BackendWrite => ({
  bucket: 'key',
  key: encodeRevision(main, 0),
  value: encodePair(bytes(key), create, main, version, bytes('v'), lease),
});

describe('check data', () => {
  let directory: string;
  let made: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kvctl-check-'));
    made = join(directory, 'made.etcd');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** A data directory of a new member, with these writes in its database. */
  async function make(writes: readonly BackendWrite[]): Promise<void> {
    const empty = fixture('etcd-3.5.30', 'snapshot.db');
    const founder = {
      id: 1n,
      name: 'a',
      peerURLs: ['http://localhost:2380'],
      clientURLs: [],
      isLearner: false,
    };
    await restoreDataDir({
      source: empty!,
      paths: dataDirPaths(made),
      identity: { nodeId: 1n, clusterId: 1n },
      members: [founder],
      skipHashCheck: false,
      mapBytes: 2 ** 30,
      now: () => 0,
      onStep() {},
      onWritten() {},
    });
    const backend = new LmdbBackend({ path: dataDirPaths(made).database });
    await backend.commit(writes);
    await backend.close();
  }

  function fingerprint(root: string): Record<string, string> {
    const names = (readdirSync(root, { recursive: true }) as string[]).sort();
    const read = (name: string): string => {
      try {
        return readFileSync(join(root, name)).subarray(0, 1_000_000).toString('base64');
      } catch {
        return 'directory';
      }
    };
    return Object.fromEntries(names.map((name) => [name, read(name)]));
  }

  async function damageIn(path: string): Promise<string> {
    const before_ = fingerprint(path);
    const { findings } = await checkPath(path);
    assert.deepEqual(fingerprint(path), before_);
    return findings
      .filter(({ severity }) => severity === 'damage')
      .map(({ part, problem }) => `${part}: ${problem}`)
      .join('\n');
  }

  for (const release of FIXTURES) {
    it(`finds nothing in what ${release} wrote`, async function () {
      const archive = fixture(release, 'data-dir.tar.gz');
      const snapshot = fixture(release, 'snapshot.db');
      if (!archive || !snapshot) return this.skip();
      assert.equal((await run('tar', ['xzf', archive, '-C', directory])).code, 0);
      const report = await checkPath(directory);
      assert.deepEqual(report.findings, []);
      assert.equal(report.facts.revision, 91);
      assert.deepEqual((await checkPath(snapshot)).findings, []);
    });
  }

  const histories: [string, BackendWrite[], RegExp][] = [
    ['a revision that is not there', [put(94, 'new', 94, 1)], /history: revisions 92 to 93 are missing/],
    ['a version that is not due', [put(92, 'new', 92, 1), put(93, 'new', 92, 3)], /version 2 of 92 was due/],
    ['a life that began nowhere', [put(92, 'new', 50, 4)], /what came before it is missing/],
    [
      'a change without its first part',
      [{ ...put(92, 'new', 92, 1), key: encodeRevision(92, 1) }],
      /does not follow/,
    ],
    [
      'a deletion of nothing',
      [{ bucket: 'key', key: encodeRevision(92, 0, true), value: bytes('\n\x03new') }],
      /deletes key "new"/,
    ],
    [
      'a pair of another revision',
      [{ ...put(92, 'new', 92, 1), key: encodeRevision(93, 0) }],
      /pair is of revision 92/,
    ],
    [
      'no pair at all',
      [{ bucket: 'key', key: encodeRevision(92, 0), value: bytes('\xff\xff') }],
      /database: bucket key/,
    ],
    [
      'an index that the log does not have',
      [{ bucket: 'meta', key: bytes('consistent_index'), value: Buffer.from('00000000000000ff', 'hex') }],
      /entries are lost/,
    ],
    ['nothing wrong', [put(92, 'new', 92, 1), put(93, 'new', 92, 2)], /^$/],
  ];
  for (const [name, writes, expected] of histories) {
    it(`in the history: ${name}`, async function () {
      if (!fixture('etcd-3.5.30', 'snapshot.db')) return this.skip();
      await make(writes);
      assert.match(await damageIn(made), expected);
    });
  }

  it('a lease that is not there is a warning', async function () {
    if (!fixture('etcd-3.5.30', 'snapshot.db')) return this.skip();
    await make([put(92, 'new', 92, 1, 999n)]);
    const { findings } = await checkPath(made);
    assert.deepEqual(
      findings.map(({ severity, problem }) => [severity, problem]),
      [['warning', 'key "new" has lease 3e7, which is not there']],
    );
  });

  it('names the page, the record and the file, and what can be done', async function () {
    if (!fixture('etcd-3.5.30', 'snapshot.db')) return this.skip();
    await make([]);
    const { wal, snap, database } = dataDirPaths(made);
    const flip = (path: string, at: number): void => {
      const content = readFileSync(path);
      content[at] ^= 4;
      writeFileSync(path, content);
    };
    flip(join(wal, readdirSync(wal).find((name) => name.endsWith('.wal'))!), 40);
    flip(join(snap, readdirSync(snap).find((name) => name.endsWith('.snap'))!), 50);
    flip(database, 20 * 4096 + 100);
    const damage = await damageIn(made);
    assert.match(damage, /^log: wal: /m);
    assert.match(damage, /^snapshot file: snap: crc mismatch/m);
    assert.match(damage, /^database: /m);
    const { advice } = await checkPath(made);
    assert.match(advice.join('\n'), /Restore the newest good snapshot/);
    assert.match(advice.join('\n'), /kvctl does not read these/);
  });

  it('refuses a directory in use, and keeps others off while it reads', async function () {
    if (!fixture('etcd-3.5.30', 'snapshot.db')) return this.skip();
    await make([]);
    const lock = await lockDirectory(made);
    await assert.rejects(checkPath(made), /is in use by another process/);
    await lock.release();
    const reading = await lockForReading(made);
    await assert.rejects(lockDirectory(made), /is in use by another process/);
    await reading.release();
    assert.deepEqual((await checkPath(made)).findings, []);
  });

  it('hashkv of a data directory is that of the snapshot it was made of', async function () {
    const snapshot = fixture('etcd-3.5.30', 'snapshot.db');
    if (!snapshot) return this.skip();
    await make([]);
    const own = new OwnDatabase(dataDirPaths(made).database);
    const file = await new NodeDisk().open(snapshot, 'read');
    try {
      const theirs = await EtcdDatabase.open(file);
      for (const revision of [0, 30, 45, 90])
        assert.deepEqual(await hashKV(own, revision), await hashKV(theirs, revision));
      await assert.rejects(hashKV(own, 1_000), /FutureRev/);
    } finally {
      own.close();
      await file.close();
    }
  });

  it('refuses what is no data directory, and names files of something else', async () => {
    await assert.rejects(checkPath(join(directory, 'nothing')), /no such file or directory/);
    await assert.rejects(checkPath(directory), /is not a data directory/);
    mkdirSync(join(directory, 'member.restoring'));
    await assert.rejects(checkPath(directory), /restore that was cut short/);
    for (const [name, content] of [
      ['a.txt', 'text'],
      ['empty.db', ''],
      ['text.db', 'text'.repeat(1000)],
      ['short.wal', 'abc'],
      ['zero.snap', '\0'.repeat(100)],
      ['old.mdb', 'x'.repeat(10_000)],
    ] as const) {
      writeFileSync(join(directory, name), content);
      const { findings } = await checkPath(join(directory, name));
      assert.ok(
        findings.some(({ severity }) => severity === 'damage'),
        name,
      );
    }
    cpSync(join(directory, 'text.db'), join(directory, 'foreign.mdb'));
    assert.match((await checkPath(join(directory, 'foreign.mdb'))).findings[0].problem, /meta page/);
  });
});
