/**
 * All that a stopped etcd has becomes kvctl's. The etcd here keeps its database back as long as it can, so that nearly
 * everything is in the log alone; then it is killed. What it says of itself after its own next start, on a copy, is
 * what kvctl has to say.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { Permission } from '../../../src/core/wire/gen/auth.ts';
import {
  AlarmAction,
  AlarmType,
  AuthService,
  Compare,
  DeleteRangeRequest,
  KVService,
  LeaseService,
  MaintenanceService,
  PutRequest,
  RequestOp,
} from '../../../src/core/wire/gen/rpc.ts';
import { TestClient } from '../../support/grpc-client.ts';
import {
  installed,
  run,
  type ServerProcess,
  startEtcd,
  startKvctl,
  temporaryDirectory,
} from '../../support/processes.ts';
import { authIn, contentOf, type StoreContent } from '../../support/store-content.ts';
import { FIXTURES, fixture, parseExact } from '../../unit/bbolt/support.ts';
import { clusterFlags, etcdctlOk, kvctl, kvctlOk } from './support.ts';

/** Every file with its content, times and mode. */
function fingerprint(directory: string): string {
  const names = (readdirSync(directory, { recursive: true }) as string[]).sort();
  return names
    .map((name) => {
      const { mode, mtimeMs, size } = statSync(join(directory, name));
      const isFile = statSync(join(directory, name)).isFile();
      const sum = isFile
        ? createHash('sha256')
            .update(readFileSync(join(directory, name)))
            .digest('hex')
        : '';
      return `${name} ${mode} ${mtimeMs} ${size} ${sum}`;
    })
    .join('\n');
}

const bytes = (text: string): Buffer => Buffer.from(text);

/** Calls as a user, whose token goes with each. */
async function clientOf(endpoint: string, name: string, password: string): Promise<TestClient> {
  const anonymous = new TestClient(endpoint);
  const { token } = await anonymous.call(AuthService.authenticate, { name, password });
  anonymous.close();
  const withToken: Interceptor = (options, next) =>
    new InterceptingCall(next(options), {
      start(metadata, listener, go) {
        metadata.set('token', token);
        go(metadata, listener);
      },
    });
  return new TestClient(endpoint, { interceptors: [withToken] });
}

/** etcd writes its database when it compacts and when auth is switched on: what follows is in the log alone. */
async function fillEtcd({ endpoint }: ServerProcess, etcdctl: string): Promise<void> {
  const ctl = (...args: string[]) => etcdctlOk(etcdctl, `--endpoints=${endpoint}`, ...args);
  const first = new TestClient(endpoint);
  for (let i = 0; i < 150; i++) await first.put(`key/${i % 60}`, `value ${i}`);
  await first.call(KVService.compact, { revision: 40, physical: true });
  first.close();
  await ctl('user', 'add', 'root:rootpw');
  await ctl('user', 'grant-role', 'root', 'root');
  await ctl('user', 'add', 'alice:secret');
  await ctl('role', 'add', 'writer');
  await ctl('role', 'grant-permission', 'writer', 'readwrite', '--prefix', 'key/');
  await ctl('user', 'grant-role', 'alice', 'writer');
  await ctl('auth', 'enable');
  const root = await clientOf(endpoint, 'root', 'rootpw');
  const alice = await clientOf(endpoint, 'alice', 'secret');
  try {
    await fillLog(root, alice);
  } finally {
    root.close();
    alice.close();
  }
}

async function fillLog(root: TestClient, alice: TestClient): Promise<void> {
  for (let i = 0; i < 60; i++) await root.put(`key/${i}`, `again ${i}`);
  for (const ID of [101n, 102n, 103n]) await root.call(LeaseService.leaseGrant, { ID, TTL: 3600 });
  await root.put('leased/a', 'x', { lease: 101n });
  await root.put('leased/b', 'y', { lease: 102n });
  await root.put('leased/gone', 'z', { lease: 103n });
  await root.call(LeaseService.leaseRevoke, { ID: 103n });
  await root.del('key/3', { rangeEnd: bytes('key/4') });
  const putOp = (key: string): RequestOp =>
    RequestOp.create({ requestPut: PutRequest.create({ key: bytes(key), value: bytes('t') }) });
  const gone = DeleteRangeRequest.create({ key: bytes('key/2') });
  await root.txn({
    compare: [Compare.create({ key: bytes('key/1'), result: 1, version: 0 })],
    success: [putOp('txn/1'), RequestOp.create({ requestDeleteRange: gone })],
    failure: [putOp('txn/2')],
  });
  await assert.rejects(root.put('key', 'no such lease', { lease: 999n }));
  await alice.put('key/by-alice', 'taken');
  await assert.rejects(alice.put('other', 'refused'), /permission denied/);
  const alarm = { memberID: 1n, alarm: AlarmType.NOSPACE };
  await root.call(MaintenanceService.alarm, { action: AlarmAction.ACTIVATE, ...alarm });
  await assert.rejects(root.put('key', 'no space'), /space exceeded/);
  await root.call(MaintenanceService.alarm, { action: AlarmAction.DEACTIVATE, ...alarm });
  await root.put('big', 'b'.repeat(200_000));
  // Every change of users makes tokens stale, so these come last.
  await root.call(AuthService.roleAdd, { name: 'late' });
  await root.call(AuthService.userAdd, { name: 'bob', password: 'hush' });
  await root.call(AuthService.userGrantRole, { user: 'bob', role: 'late' });
  const perm = Permission.create({ permType: 2, key: bytes('a'), rangeEnd: bytes('b') });
  await root.call(AuthService.roleGrantPermission, { name: 'late', perm });
  await assert.rejects(alice.call(AuthService.roleAdd, { name: 'refused' }), /permission denied/);
}

/** Where the ids of member and cluster lie in every log of etcd, behind the first record: a changed bit there breaks its sum. */
const IN_METADATA = 50;

describe('import of a stopped etcd', function () {
  this.timeout(120_000);
  let etcd: string | undefined;
  let etcdctl: string | undefined;
  let directory: string;
  let source: string;
  let expected: StoreContent;
  let auth: Awaited<ReturnType<typeof authIn>>;

  before(async function () {
    etcd = installed('etcd', 'import from etcd');
    etcdctl = installed('etcdctl', 'import from etcd');
    if (!etcd || !etcdctl) return this.skip();
    directory = temporaryDirectory('import');
    const held = ['--backend-batch-interval=1h', '--backend-batch-limit=1000000'];
    const server = await startEtcd(etcd, { args: held });
    try {
      await fillEtcd(server, etcdctl);
      const inUse = await kvctl(
        'snapshot',
        'restore',
        `--from-data-dir=${server.dataDir}`,
        `--data-dir=${directory}/no`,
      );
      assert.equal(inUse.code, 1);
      assert.match(inUse.stderr, /is in use: an etcd runs on it/);
      assert.ok(!existsSync(join(directory, 'no')));
      await server.kill();
      source = join(directory, 'etcd');
      cpSync(server.dataDir, source, { recursive: true, preserveTimestamps: true });
      await server.restart();
      const ctl = (...args: string[]) => etcdctlOk(etcdctl!, `--endpoints=${server.endpoint}`, ...args);
      await ctl('--user=root:rootpw', 'snapshot', 'save', join(directory, 'etcd.db'));
      auth = await authIn(join(directory, 'etcd.db'));
      await ctl('--user=root:rootpw', 'auth', 'disable');
      expected = await contentOf(server.endpoint);
    } finally {
      await server.dispose();
    }
  });

  after(() => directory && rmSync(directory, { recursive: true, force: true }));

  async function sameAsEtcd(server: ServerProcess): Promise<void> {
    assert.deepEqual(await contentOf(server.endpoint), expected);
    const saved = join(directory, `kvctl-${Date.now()}.db`);
    await kvctlOk(`--endpoints=${server.endpoint}`, 'snapshot', 'save', saved);
    const own = await authIn(saved);
    const names = (a: typeof auth) => a.users.map(({ name, roles }) => [Buffer.from(name).toString(), roles]);
    assert.deepEqual(names(own), names(auth));
    assert.deepEqual(own.roles, auth.roles);
    assert.deepEqual([own.enabled, own.revision], [true, auth.revision]);
  }

  it('kvctl snapshot restore --from-data-dir has what etcd has after its next start, and changes nothing', async () => {
    const before_ = fingerprint(source);
    const dataDir = join(directory, 'restored.etcd');
    const peer = '127.0.0.1:23801';
    const ran = await kvctl(
      'snapshot',
      'restore',
      `--from-data-dir=${source}`,
      `--data-dir=${dataDir}`,
      ...clusterFlags(peer),
    );
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /applied the log behind the database/);
    // etcd 3.4 has passwords in its log as they were typed; they are not kept.
    const { stdout: version } = await run(etcd!, ['--version']);
    if (/etcd Version: 3\.4/.test(version)) assert.match(ran.stderr, /set it again","user":"bob"/);
    assert.ok(!ran.stderr.includes('hush'));
    assert.equal(fingerprint(source), before_);
    const server = await startKvctl({ dataDir });
    try {
      await sameAsEtcd(server);
    } finally {
      await server.dispose();
    }
  });

  it('kvctl serve --import-etcd-dir does the same at its first start, and only then', async () => {
    const before_ = fingerprint(source);
    const server = await startKvctl({ args: [`--import-etcd-dir=${source}`] });
    try {
      assert.equal(fingerprint(source), before_);
      await sameAsEtcd(server);
      await kvctlOk(`--endpoints=${server.endpoint}`, 'put', 'after', 'import');
      await server.restart();
      assert.match(server.log(), /skipped the import/);
      assert.match(await kvctlOk(`--endpoints=${server.endpoint}`, 'get', 'after'), /import/);
    } finally {
      await server.dispose();
    }
  });

  for (const release of FIXTURES) {
    it(`takes over what a killed ${release} left`, async function () {
      const archive = fixture(release, 'data-dir.tar.gz');
      const expectation = fixture(release, 'expected.json');
      if (!archive || !expectation) return this.skip();
      const from = join(directory, release);
      mkdirSync(from);
      assert.equal((await run('tar', ['xzf', archive, '-C', from])).code, 0);
      const before_ = fingerprint(from);
      const server = await startKvctl({ args: [`--import-etcd-dir=${from}`] });
      try {
        assert.equal(fingerprint(from), before_);
        for (const [revision, hash] of Object.entries(parseExact(expectation).hashkv)) {
          const text = await kvctlOk(
            `--endpoints=${server.endpoint}`,
            'endpoint',
            'hashkv',
            `--rev=${revision}`,
            '-w',
            'json',
          );
          assert.equal(JSON.parse(text)[0].HashKV.hash, hash, `hash at ${revision}`);
        }
      } finally {
        await server.dispose();
      }
    });
  }

  it('a log whose last write was cut short is taken up to there', async () => {
    const torn = join(directory, 'torn');
    cpSync(source, torn, { recursive: true });
    const wal = join(
      torn,
      'member/wal',
      readdirSync(join(torn, 'member/wal')).find((n) => n.endsWith('.wal'))!,
    );
    const bytes = readFileSync(wal);
    let end = bytes.length;
    while (bytes[end - 1] === 0) end--;
    truncateSync(wal, end - 3);
    const ran = await kvctl(
      'snapshot',
      'restore',
      `--from-data-dir=${torn}`,
      `--data-dir=${directory}/from-torn`,
    );
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /a write that was cut short/);
  });

  it('--bump-revision counts from behind the log', async () => {
    const dataDir = join(directory, 'bumped.etcd');
    const bump = ['--bump-revision=1000', '--mark-compacted'];
    const ran = await kvctl(
      'snapshot',
      'restore',
      `--from-data-dir=${source}`,
      `--data-dir=${dataDir}`,
      ...bump,
    );
    assert.match(ran.stderr, new RegExp(`"new-latest-revision":${expected.revision + 1000}`));
  });

  it('says what a directory is that is not that of an etcd 3', async () => {
    const at = (name: string): string => join(directory, 'odd', name);
    const made = (name: string, ...files: string[]): string => {
      mkdirSync(at(name), { recursive: true });
      for (const file of files) {
        mkdirSync(dirname(join(at(name), file)), { recursive: true });
        writeFileSync(join(at(name), file), 'x');
      }
      return at(name);
    };
    const noLog = join(directory, 'odd', 'no-log');
    cpSync(source, noLog, { recursive: true });
    rmSync(join(noLog, 'member/wal'), { recursive: true });
    const broken = join(directory, 'odd', 'broken');
    cpSync(source, broken, { recursive: true });
    const wal = join(
      broken,
      'member/wal',
      readdirSync(join(broken, 'member/wal')).find((n) => n.endsWith('.wal'))!,
    );
    const bytes = readFileSync(wal);
    bytes[IN_METADATA] ^= 1;
    writeFileSync(wal, bytes);
    const cases: [string, RegExp][] = [
      [at('nothing'), /does not exist/],
      [made('empty'), /is not a data directory of etcd/],
      [made('kvctl', 'member/snap/kvctl.mdb'), /is a data directory of kvctl/],
      [made('v2', 'member/snap/0000000000000001-0000000000000001.snap'), /of etcd 2/],
      [made('proxy', 'proxy/cluster'), /v2 proxy/],
      [join(source, 'member'), /give the directory above/],
      [noLog, /has no write-ahead log/],
      [broken, /wal: crc mismatch/],
    ];
    for (const [from, message] of cases) {
      const target = join(directory, 'odd', 'target');
      const ran = await kvctl('snapshot', 'restore', `--from-data-dir=${from}`, `--data-dir=${target}`);
      assert.equal(ran.code, 1, from);
      assert.match(ran.stderr, message);
      assert.ok(!existsSync(target), from);
    }
  });
});
