import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESTORING } from '../../../src/storage/data-dir.ts';
import { freePorts, type ServerProcess, startKvctl, temporaryDirectory } from '../../support/processes.ts';
import { FIXTURES, fixture, parseExact } from '../../unit/bbolt/support.ts';
import { atServer, clusterFlags, fill, kvctl, kvctlOk, stateOf } from './support.ts';

describe('snapshot restore into a kvctl data directory', function () {
  this.timeout(60_000);
  let directory: string;
  let saved: string;
  let before_: Awaited<ReturnType<typeof stateOf>>;

  before(async () => {
    directory = temporaryDirectory('restore');
    saved = join(directory, 'saved.db');
    const server = await startKvctl();
    try {
      await fill(server);
      before_ = await stateOf(server);
      await kvctlOk(`--endpoints=${server.endpoint}`, 'snapshot', 'save', saved);
    } finally {
      await server.dispose();
    }
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  /** Restores, serves on the result, and cleans up. */
  async function served<T>(
    source: string,
    flags: readonly string[],
    look: (server: ServerProcess) => Promise<T>,
  ): Promise<T> {
    const [peer] = await freePorts(1);
    const dataDir = join(temporaryDirectory('restored'), 'default.etcd');
    const cluster = clusterFlags(`127.0.0.1:${peer}`);
    await kvctlOk('snapshot', 'restore', source, `--data-dir=${dataDir}`, ...cluster, ...flags);
    const server = await startKvctl({ dataDir });
    try {
      return await look(server);
    } finally {
      await server.dispose();
      rmSync(join(dataDir, '..'), { recursive: true, force: true });
    }
  }

  it('a member goes on where the snapshot was taken, and still does after another start', async () => {
    const untouched = readFileSync(saved);
    await served(saved, [], async (server) => {
      assert.deepEqual(await stateOf(server), before_);
      assert.match(await atServer(server, 'put', 'one', 'more'), /OK/);
      await server.restart();
      assert.equal((await stateOf(server)).revision, before_.revision + 1);
      const members = JSON.parse(await atServer(server, 'member', 'list', '-w', 'json')).members;
      assert.equal(members.length, 1);
    });
    assert.ok(readFileSync(saved).equals(untouched));
  });

  it('makes directories for the owner only, a .snap and a log with the ids of the new cluster', async () => {
    const dataDir = join(directory, 'files.etcd');
    const ran = await kvctl('snapshot', 'restore', saved, `--data-dir=${dataDir}`);
    assert.equal(ran.code, 0);
    assert.equal(ran.stdout, '');
    const messages = ran.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    assert.deepEqual(messages, [
      'restoring snapshot',
      'Trimming membership information from the backend...',
      'added member',
      'restored snapshot',
    ]);
    for (const part of ['', 'member', 'member/snap', 'member/wal'])
      assert.equal(statSync(join(dataDir, part)).mode & 0o777, 0o700, part);
    assert.ok(existsSync(join(dataDir, 'member/snap/0000000000000001-0000000000000001.snap')));
    assert.ok(existsSync(join(dataDir, 'member/wal/0000000000000000-0000000000000000.wal')));
    assert.ok(!existsSync(join(dataDir, RESTORING)));
  });

  it('--wal-dir', async () => {
    const dataDir = join(directory, 'walless.etcd');
    const wal = join(directory, 'wal-elsewhere');
    await kvctlOk('snapshot', 'restore', saved, `--data-dir=${dataDir}`, `--wal-dir=${wal}`);
    assert.ok(!existsSync(join(dataDir, 'member/wal')));
    assert.ok(existsSync(join(wal, '0000000000000000-0000000000000000.wal')));
  });

  it('--bump-revision --mark-compacted: newer than everything, and old revisions are gone', async () => {
    await served(saved, ['--bump-revision=1000', '--mark-compacted'], async (server) => {
      const state = await stateOf(server);
      assert.equal(state.revision, before_.revision + 1000);
      assert.equal(state.pairs, before_.pairs);
      const old = await kvctl(`--endpoints=${server.endpoint}`, 'get', 'a', `--rev=${before_.revision}`);
      assert.match(old.stderr, /required revision has been compacted/);
      assert.match(await atServer(server, 'put', 'after', 'bump'), /OK/);
      assert.equal((await stateOf(server)).revision, state.revision + 1);
    });
  });

  for (const release of FIXTURES) {
    it(`of ${release}: equal keys at kept revisions, leases and hash`, async function () {
      const source = fixture(release, 'snapshot.db');
      const expectation = fixture(release, 'expected.json');
      if (!source || !expectation) return this.skip();
      const expected = parseExact(expectation);
      const copy = join(directory, `${release}.db`);
      copyFileSync(source, copy);
      await served(copy, [], async (server) => {
        for (const [revision, { kvs }] of Object.entries<any>(expected.range)) {
          const text = await atServer(server, 'get', '', '--prefix', `--rev=${revision}`, '-w', 'json');
          writeFileSync(join(directory, 'range.json'), text);
          assert.deepEqual(parseExact(join(directory, 'range.json')).kvs, kvs, `revision ${revision}`);
        }
        for (const [revision, hash] of Object.entries(expected.hashkv)) {
          const text = await atServer(server, 'endpoint', 'hashkv', `--rev=${revision}`, '-w', 'json');
          assert.equal(JSON.parse(text)[0].HashKV.hash, hash, `hash at ${revision}`);
        }
        const leases = (await atServer(server, 'lease', 'list')).trim().split('\n').slice(1);
        assert.deepEqual(leases.sort(), [...expected.leases].sort());
        assert.equal((await stateOf(server)).revision, expected.revision);
      });
    });
  }

  describe('refuses, and makes nothing', () => {
    const cases: readonly [string, () => readonly string[], RegExp, number][] = [
      ['no argument', () => [], /^Error: snapshot restore requires exactly one argument$/m, 128],
      [
        'a bump without the mark',
        () => [saved, '--bump-revision=5'],
        /^Error: --mark-compacted required if --revision-bump > 0$/m,
        128,
      ],
      ['no such file', () => ['nofile'], /^Error: open nofile: no such file or directory$/m, 1],
      [
        'another name',
        () => [saved, '--name=foo'],
        /^Error: couldn't find local name "foo" in the initial cluster configuration$/m,
        1,
      ],
      [
        'other URLs',
        () => [saved, '--initial-cluster=default=http://127.0.0.1:2480'],
        /--initial-cluster has default=http:\/\/127.0.0.1:2480 but missing from --initial-advertise-peer-urls=http:\/\/localhost:2380 \(resolved urls: "http:\/\/localhost:2380" != "http:\/\/127.0.0.1:2480"\)/,
        1,
      ],
      [
        'a word for a URL',
        () => [saved, '--initial-advertise-peer-urls=foo'],
        /^Error: URL scheme must be http, https, unix, or unixs: foo$/m,
        1,
      ],
      [
        'a short file',
        () => [made('short.db', (b) => b.subarray(0, 20))],
        /^Error: seek .*short.db: invalid argument$/m,
        1,
      ],
      [
        'a file without its hash',
        () => [made('bare.db', (b) => b.subarray(0, b.length - 32))],
        /^Error: snapshot missing hash but --skip-hash-check=false$/m,
        1,
      ],
      [
        'a file with one wrong bit',
        () => [made('flipped.db', flip(20_000))],
        /^Error: expected sha256 \[\d+ .*\], got \[\d+ .*\]$/m,
        1,
      ],
      [
        'a truncated file that nobody hashes',
        () => [made('cut.db', (b) => b.subarray(0, 16_384)), '--skip-hash-check'],
        /^Error: database is truncated/m,
        1,
      ],
      [
        'a damaged page that nobody hashes',
        () => [made('page.db', flip(4096 * 4 + 8)), '--skip-hash-check'],
        /^Error: snapshot file integrity check failed. \d+ errors found.\npage \d+:/m,
        1,
      ],
      [
        'something else',
        () => [made('else.db', () => Buffer.alloc(8192, 7)), '--skip-hash-check'],
        /^Error: invalid database$/m,
        1,
      ],
    ];

    function made(name: string, change: (bytes: Buffer) => Buffer): string {
      const path = join(directory, name);
      writeFileSync(path, change(Buffer.from(readFileSync(saved))));
      return path;
    }

    function flip(at: number): (bytes: Buffer) => Buffer {
      return (bytes) => {
        bytes[at] ^= 4;
        return bytes;
      };
    }

    for (const [what, args, message, code] of cases) {
      it(what, async () => {
        const dataDir = join(directory, 'refused.etcd');
        const ran = await kvctl('snapshot', 'restore', ...args(), `--data-dir=${dataDir}`);
        assert.match(ran.stderr, message);
        assert.equal(ran.code, code);
        assert.ok(!existsSync(dataDir));
      });
    }

    it('a directory with something in it, a --wal-dir that exists', async () => {
      const dataDir = join(directory, 'taken');
      mkdirSync(dataDir);
      writeFileSync(join(dataDir, 'mine'), '');
      const taken = await kvctl('snapshot', 'restore', saved, `--data-dir=${dataDir}`);
      assert.match(taken.stderr, /data-dir ".*taken" not empty or could not be read/);
      const other = join(directory, 'untaken');
      const wal = await kvctl('snapshot', 'restore', saved, `--data-dir=${other}`, `--wal-dir=${dataDir}`);
      assert.match(wal.stderr, /wal-dir ".*taken" exists/);
      assert.ok(!existsSync(other));
    });

    it('kvctl serve, on what a restore that was cut short left', async () => {
      const dataDir = join(directory, 'cut-short');
      mkdirSync(join(dataDir, RESTORING), { recursive: true });
      await assert.rejects(startKvctl({ dataDir }), /holds a restore that was cut short/);
    });
  });
});

describe('a database file looked into', () => {
  const cases = FIXTURES.map((release) => ({ release, path: () => fixture(release, 'snapshot.db') }));
  for (const { release, path } of cases) {
    it(`${release}: snapshot status and hashkv say what its etcd said`, async function () {
      const file = path();
      const expectation = fixture(release, 'expected.json');
      if (!file || !expectation) return this.skip();
      const { snapshotStatus, hashkv, range, revision } = parseExact(expectation);
      const status = JSON.parse(await kvctlOk('snapshot', 'status', file, '-w', 'json'));
      const keys = range[revision]?.kvs.length ?? status.totalKey;
      assert.deepEqual(status, {
        hash: snapshotStatus.hash,
        revision: snapshotStatus.revision,
        totalKey: keys,
        totalSize: snapshotStatus.totalSize,
        version: '',
      });
      for (const [at, hash] of Object.entries(hashkv))
        assert.match(await kvctlOk('hashkv', file, `--rev=${at}`), new RegExp(`^${hash}, \\d+, 30\\n$`));
      const simple = await kvctlOk('snapshot', 'status', file);
      assert.equal(
        simple,
        `${status.hash.toString(16)}, ${revision}, ${keys}, ${status.totalSize / 1000 > 100 ? Math.round(status.totalSize / 1000) : ''} kB, \n`,
      );
    });
  }

  it('wrong arguments and files', async () => {
    const refused = async (args: string[], message: RegExp, code: number): Promise<void> => {
      const ran = await kvctl(...args);
      assert.match(ran.stderr, message);
      assert.equal(ran.code, code);
    };
    await refused(['snapshot', 'status'], /^Error: snapshot status requires exactly one argument$/m, 128);
    await refused(['snapshot', 'status', 'nofile'], /^Error: stat nofile: no such file or directory$/m, 1);
    await refused(['snapshot', 'status', 'package.json'], /^Error: invalid database$/m, 1);
    await refused(['hashkv'], /^Error: accepts 1 arg\(s\), received 0$/m, 1);
    await refused(['hashkv', 'nofile'], /^Error: stat nofile: no such file or directory$/m, 1);
  });
});
