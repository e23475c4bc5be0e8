import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { TestClient } from '../support/grpc-client.ts';
import { installed, projectRoot, startEtcd, temporaryDirectory, until } from '../support/processes.ts';
import { type Addresses, addresses, type Ended, Serve } from '../support/serve.ts';

const TERMINATED: Ended = { code: null, signal: 'SIGTERM' };
const FAILED: Ended = { code: 1, signal: null };
const USAGE_ERROR: Ended = { code: 2, signal: null };
/** As in etcd. */
const SEGMENT_BYTES = 64_000_000;
/** How often old segments are looked for, as in etcd. */
const PURGE_MS = 30_000;
const VALUE_BYTES = 1_000_000;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

let root: string;
const started: Serve[] = [];
const clients: TestClient[] = [];

function serve(args: readonly string[], options?: { cwd?: string; env?: Record<string, string> }): Serve {
  const served = new Serve(args, { cwd: root, ...options });
  started.push(served);
  return served;
}

function client(endpoint: string): TestClient {
  const made = new TestClient(endpoint);
  clients.push(made);
  return made;
}

const member = (at: Addresses, dataDir: string, ...more: string[]): string[] => [
  ...at.flags,
  `--initial-cluster=default=http://${at.peer}`,
  `--data-dir=${dataDir}`,
  ...more,
];

let directories = 0;
const freshDir = (): string => join(root, `d${++directories}`);

/** The error with which a start was given up. */
async function refusal(served: Serve): Promise<string> {
  assert.deepEqual(await served.ended, FAILED, served.stderr);
  const fatal = served.lines().at(-1)!;
  assert.deepEqual([fatal.level, fatal.msg], ['fatal', 'discovery failed']);
  return fatal.error as string;
}

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

function http(options: { host?: string; port?: string; socketPath?: string; path: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get({ ...options, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, type: response.headers['content-type'], body }),
      );
    }).on('error', reject);
  });
}

const httpAt = (address: string, path: string): Promise<Answer> => {
  const [host, port] = address.split(':');
  return http({ host, port, path });
};

async function assertRefusedUntouched(dataDir: string): Promise<void> {
  const before = fingerprint(dataDir);
  assert(before.length >= 5, before.join('\n'));
  const at = await addresses();
  const error = await refusal(serve(member(at, dataDir)));
  assert(error.includes(dataDir), error);
  assert.match(error, /written by etcd/);
  assert.match(error, /--data-dir/);
  assert.match(error, /make-mirror/);
  assert.deepEqual(fingerprint(dataDir), before);
}

/** Every name below a directory with its mode, its time of change and a hash of its content. */
function fingerprint(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const stats = statSync(path);
      const hash = stats.isDirectory()
        ? 'directory'
        : createHash('sha256').update(readFileSync(path)).digest('hex');
      return [name, stats.mode.toString(8), stats.mtimeMs, hash].join(' ');
    });
}

/** A member that has written more than one log segment; taken early, for old segments are looked for only twice a minute. */
class OldLog {
  readonly args: readonly string[];
  readonly first: string;
  readonly served: Serve;
  readonly at: Addresses;
  private readonly dataDir: string;

  private constructor(at: Addresses, dataDir: string, args: readonly string[], served: Serve) {
    this.at = at;
    this.dataDir = dataDir;
    this.args = args;
    this.served = served;
    this.first = this.segments()[0];
  }

  static async write(dataDir: string): Promise<OldLog> {
    const at = await addresses();
    const args = member(at, dataDir, '--snapshot-count=10', '--max-wals=1', '--max-snapshots=2');
    const log = new OldLog(at, dataDir, args, await new Serve(args).ready());
    const c = new TestClient(at.client);
    const value = Buffer.alloc(VALUE_BYTES, 'v');
    for (let i = 0; i < (SEGMENT_BYTES * 1.3) / VALUE_BYTES; i += 4)
      await Promise.all(Array.from({ length: 4 }, (_, j) => c.put(`big/${(i + j) % 8}`, value)));
    await c.put('last', 'one');
    c.close();
    return log;
  }

  segments(): string[] {
    return readdirSync(join(this.dataDir, 'member/wal')).filter((name) => name.endsWith('.wal'));
  }

  snapshots(): string[] {
    return readdirSync(join(this.dataDir, 'member/snap')).filter((name) => name.endsWith('.snap'));
  }
}

/** How `kvctl serve` starts, logs, refuses to start, ends, and comes back. */
describe('kvctl serve', () => {
  let oldLog: OldLog;

  before(async () => {
    root = temporaryDirectory('lifecycle');
    oldLog = await OldLog.write(freshDir());
  });

  afterEach(async () => {
    for (const made of clients.splice(0)) made.close();
    await Promise.all(started.splice(0).map((served) => served.end('SIGKILL')));
  });

  after(async () => {
    await oldLog?.served.end('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  describe('start and stop', () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      it(`ends in order on ${signal}, and by that signal`, async () => {
        const at = await addresses();
        const served = await serve(member(at, freshDir())).ready();
        await client(at.client).put('a', 'b');
        assert.deepEqual(await served.end(signal), { code: null, signal });
        const messages = served.messages();
        const order = [
          'Running: ',
          'starting an etcd server',
          'now serving peer/client/metrics',
          'published local member to cluster through raft',
          'ready to serve client requests',
          'received signal; shutting down',
          'closing etcd server',
          'closed etcd server',
        ];
        assert.deepEqual(
          messages.filter((msg) => order.includes(msg)),
          order,
        );
        assert.equal(messages.at(-1), 'closed etcd server');
        assert.equal(served.stdout, '');
      });
    }

    it('does not wait for connections that say nothing', async () => {
      const at = await addresses();
      const served = await serve(member(at, freshDir())).ready();
      const [host, port] = at.client.split(':');
      const silent = connect(Number(port), host);
      const gone = new Promise((resolve) => silent.once('close', resolve));
      silent.on('error', () => {});
      await new Promise((resolve) => silent.once('connect', resolve));
      const halfway = connect(Number(port), host);
      halfway.on('error', () => {});
      halfway.write('GET /health HTTP/1.1\r\n');
      await client(at.client).put('a', 'b');
      const since = Date.now();
      assert.deepEqual(await served.end('SIGTERM'), TERMINATED);
      await gone;
      assert(Date.now() - since < 3000, `took ${Date.now() - since} ms`);
    });

    it('ends watches as unavailable, and what it acknowledged until then is there afterwards', async () => {
      const at = await addresses();
      const dataDir = freshDir();
      const served = await serve(member(at, dataDir)).ready();
      const c = client(at.client);
      const watch = c.bidi(rpc.WatchService.watch);
      const cut = new Promise<{ code: number }>((resolve) => watch.once('error', resolve));
      watch.on('data', () => {});
      watch.write(
        rpc.WatchRequest.create({ createRequest: rpc.WatchCreateRequest.create({ key: Buffer.from('w') }) }),
      );
      const acknowledged: number[] = [];
      let refused = 0;
      const writing = Array.from({ length: 8 }, async (_, worker) => {
        for (let n = worker; refused < 100; n += 8) {
          try {
            await c.put(`load/${n}`, String(n), {});
            acknowledged.push(n);
          } catch {
            refused++;
            return;
          }
        }
      });
      await until(
        () => acknowledged.length > 200,
        10_000,
        () => 'nothing is acknowledged',
      );
      assert.deepEqual(await served.end('SIGTERM'), TERMINATED);
      assert.equal((await cut).code, 14);
      await Promise.all(writing);
      await serve(member(at, dataDir)).ready();
      const { kvs } = await client(at.client).prefix('load/');
      const there = new Map(kvs.map((kv) => [text(kv.key), text(kv.value)]));
      for (const n of acknowledged) assert.equal(there.get(`load/${n}`), String(n));
    });

    it('a second member on the same directory fails at once, and the first lives on', async () => {
      const [first, second] = [await addresses(), await addresses()];
      const dataDir = freshDir();
      await serve(member(first, dataDir)).ready();
      const c = client(first.client);
      await c.put('a', '1');
      const since = Date.now();
      const error = await refusal(serve(member(second, dataDir)));
      assert(Date.now() - since < 5000);
      assert.match(error, /is in use by another process/);
      assert(error.includes(dataDir), error);
      assert.equal(text((await c.range('a')).kvs[0].value), '1');
      assert.equal((await c.put('a', '2')).header!.revision, 3);
    });

    it('a port in use is said in the words that tools know', async () => {
      const [first, second] = [await addresses(), await addresses()];
      await serve(member(first, freshDir())).ready();
      const peerTaken = {
        ...second,
        peer: first.peer,
        flags: [...second.flags.slice(0, 2), ...first.flags.slice(2)],
      };
      const served = serve(member(peerTaken, freshDir()));
      assert.equal(await refusal(served), `listen tcp ${first.peer}: bind: address already in use`);
      assert(served.messages().includes('creating peer listener failed'));
      const clientTaken = {
        ...second,
        client: first.client,
        flags: [...first.flags.slice(0, 2), ...second.flags.slice(2)],
      };
      assert.equal(
        await refusal(serve(member(clientTaken, freshDir()))),
        `listen tcp ${first.client}: bind: address already in use`,
      );
      assert.equal((await client(first.client).put('a', 'b')).header!.revision, 2);
    });

    it('writes to default.etcd where it was started, readable for its owner only', async () => {
      const at = await addresses();
      const cwd = freshDir();
      mkdirSync(cwd, { mode: 0o700 });
      const served = await serve([...at.flags, `--initial-cluster=default=http://${at.peer}`], {
        cwd,
      }).ready();
      assert.deepEqual(readdirSync(cwd), ['default.etcd']);
      const { snap, wal } = { snap: 'default.etcd/member/snap', wal: 'default.etcd/member/wal' };
      for (const directory of ['default.etcd', 'default.etcd/member', snap, wal])
        assert.equal(statSync(join(cwd, directory)).mode & 0o777, 0o700, directory);
      const warning = await served.logged("'data-dir' was empty; using default");
      assert.equal(warning.level, 'warn');
      assert.equal(warning['data-dir'], 'default.etcd');
    });

    it('takes up what a unix socket left behind, listens there for both protocols, and removes it', async () => {
      const at = await addresses();
      const path = join(root, 'c.sock');
      writeFileSync(path, '');
      const flags = [
        `--listen-client-urls=unix://${path}`,
        `--advertise-client-urls=unix://${path}`,
        ...at.flags.slice(2),
        `--initial-cluster=default=http://${at.peer}`,
      ];
      const served = await serve([...flags, `--data-dir=${freshDir()}`]).ready();
      assert.equal((await client(`unix:${path}`).put('a', 'b')).header!.revision, 2);
      assert.equal((await http({ socketPath: path, path: '/health' })).body, '{"health":"true","reason":""}');
      assert.deepEqual(await served.end('SIGTERM'), TERMINATED);
      assert.equal(existsSync(path), false);
    });
  });

  describe('one port, two protocols', () => {
    it('answers gRPC and HTTP/1.1 on the client port', async () => {
      const at = await addresses();
      await serve(member(at, freshDir())).ready();
      await client(at.client).put('a', 'b');
      const rows: [string, number, string | RegExp][] = [
        ['/version', 200, '{"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0"}'],
        ['/health', 200, '{"health":"true","reason":""}'],
        ['/livez', 200, 'ok\n'],
        ['/readyz', 200, 'ok\n'],
        ['/readyz/linearizable_read', 200, 'ok\n'],
        ['/metrics', 200, /^etcd_debugging_mvcc_keys_total 1$/m],
        ['/nothing', 404, '404 page not found\n'],
        ['/members', 404, '404 page not found\n'],
      ];
      // Gauges are brought up to date once a second.
      await until(
        async () => /^etcd_debugging_mvcc_keys_total 1$/m.test((await httpAt(at.client, '/metrics')).body),
        5000,
        () => 'the key is not counted',
      );
      for (const [path, status, body] of rows) {
        const answer = await httpAt(at.client, path);
        assert.equal(answer.status, status, path);
        if (typeof body === 'string') assert.equal(answer.body, body, path);
        else assert.match(answer.body, body);
      }
      assert.equal((await httpAt(at.client, '/version')).type, 'application/json');
      assert.match((await httpAt(at.peer, '/members')).body, /^\[\{"id":\d+,"peerURLs":\[/);
    });

    it('keeps them apart on listeners of their own', async () => {
      const [at, other] = [await addresses(), await addresses()];
      await serve(
        member(
          at,
          freshDir(),
          `--listen-client-http-urls=http://${other.client}`,
          `--listen-metrics-urls=http://${other.peer}`,
        ),
      ).ready();
      assert.equal((await client(at.client).put('a', 'b')).header!.revision, 2);
      assert.equal((await httpAt(other.client, '/version')).status, 200);
      assert.equal((await httpAt(other.peer, '/health')).status, 200);
      assert.equal((await httpAt(other.peer, '/metrics')).status, 200);
      assert.equal((await httpAt(other.peer, '/version')).status, 404);
      await assert.rejects(httpAt(at.client, '/version'));
      await assert.rejects(client(other.client).call(rpc.KVService.put, { key: Buffer.from('a') }, 1000));
    });
  });

  describe('flags', () => {
    it('says what is wrong with a flag, in etcd’s words', async () => {
      const rows: [string[], Ended, RegExp][] = [
        [['--no-such-flag=1'], USAGE_ERROR, /^flag provided but not defined: -no-such-flag\n/],
        [
          ['--heartbeat-interval=abc'],
          USAGE_ERROR,
          /^invalid value "abc" for flag -heartbeat-interval: parse error\n/,
        ],
        [['--data-dir'], USAGE_ERROR, /^flag needs an argument: -data-dir\n/],
        [['--pre-vote=maybe'], USAGE_ERROR, /^invalid boolean value "maybe" for -pre-vote: parse error\n/],
        [
          ['--enable-pprof', 'true'],
          FAILED,
          /"msg":"failed to verify flags".*"error":"\\"true\\" is not a valid flag"/,
        ],
        [
          ['--heartbeat-interval=100', '--election-timeout=400'],
          FAILED,
          /--election-timeout\[400ms\] should be at least as 5 times as --heartbeat-interval\[100ms\]/,
        ],
        [
          ['--listen-client-urls=http://127.0.0.1:1'],
          FAILED,
          /--advertise-client-urls is required when --listen-client-urls is set explicitly/,
        ],
      ];
      const cwd = freshDir();
      mkdirSync(cwd);
      await Promise.all(
        rows.map(async ([args, ended, stderr]) => {
          const served = serve(args, { cwd });
          assert.deepEqual(await served.ended, ended, args.join(' '));
          assert.match(served.stderr, stderr);
        }),
      );
      assert.deepEqual(readdirSync(cwd), [], 'a refused start leaves nothing behind');
    });

    it('takes variables, and refuses one that says what a flag says', async () => {
      const at = await addresses();
      const dataDir = freshDir();
      const env = {
        ETCD_DATA_DIR: dataDir,
        ETCD_INITIAL_CLUSTER: `from-env=http://${at.peer}`,
        ETCD_FOO: '1',
      };
      const served = await serve([...at.flags, '-name', 'from-env'], { env }).ready();
      const { members } = await client(at.client).call(rpc.ClusterService.memberList, {});
      assert.equal(members[0].name, 'from-env');
      assert(existsSync(join(dataDir, 'member/wal')));
      const used = served.lines().filter(({ msg }) => msg === 'recognized and used environment variable');
      assert.deepEqual(
        used.map((line) => [line['variable-name'], line['variable-value']]),
        [
          ['ETCD_DATA_DIR', dataDir],
          ['ETCD_INITIAL_CLUSTER', env.ETCD_INITIAL_CLUSTER],
        ],
      );
      assert.equal(
        (await served.logged('unrecognized environment variable'))['environment-variable'],
        'ETCD_FOO=1',
      );

      const conflict = serve([...at.flags, '--name=x'], { env: { ETCD_NAME: 'y' } });
      assert.deepEqual(await conflict.ended, FAILED);
      assert.match(
        conflict.stderr,
        /conflicting environment variable is shadowed by corresponding command-line flag/,
      );
    });

    it('takes a configuration file alone', async () => {
      const at = await addresses();
      const path = join(root, 'kvctl.yml');
      const dataDir = freshDir();
      writeFileSync(
        path,
        [
          'name: from-file',
          `data-dir: ${dataDir}`,
          `listen-client-urls: http://${at.client}`,
          `advertise-client-urls: http://${at.client}`,
          `listen-peer-urls: http://${at.peer}`,
          `initial-advertise-peer-urls: http://${at.peer}`,
          `initial-cluster: from-file=http://${at.peer}`,
          'max-txn-ops: 2',
        ].join('\n'),
      );
      const served = await serve(['--config-file', path, '--name=ignored', '--max-txn-ops=100'], {
        env: { ETCD_NAME: 'also-ignored' },
      }).ready();
      const c = client(at.client);
      assert.equal((await c.call(rpc.ClusterService.memberList, {})).members[0].name, 'from-file');
      const op = (key: string): rpc.RequestOp =>
        rpc.RequestOp.create({ requestPut: rpc.PutRequest.create({ key: Buffer.from(key) }) });
      await c.txn({ success: [op('a'), op('b')] });
      await assert.rejects(
        c.txn({ success: [op('a'), op('b'), op('c')] }),
        /too many operations in txn request/,
      );
      const told = await served.logged(
        'loaded server configuration, other configuration command line flags and environment variables will be ignored if provided',
      );
      assert.equal(told.path, path);
    });

    it('names each flag that changes nothing', async () => {
      const at = await addresses();
      const idle = ['--memory-mlock', '--backend-bbolt-freelist-type=array'];
      const served = await serve(member(at, freshDir(), ...idle)).ready();
      const told = served.lines().filter(({ msg }) => /^flag has no effect/.test(msg));
      assert.deepEqual(told.map(({ level, flag }) => [level, flag]).sort(), [
        ['warn', '--backend-bbolt-freelist-type'],
        ['warn', '--memory-mlock'],
      ]);
      for (const { reason } of told) assert(typeof reason === 'string' && reason.length > 10);
    });

    it('logs one JSON object a line, its keys in order', async () => {
      const at = await addresses();
      const served = await serve(member(at, freshDir())).ready();
      await served.end('SIGTERM');
      const shape =
        /^\{"level":"(debug|info|warn|error|fatal)","ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d{4})",("logger":"[\w-]+",)?"caller":"[\w-]+\/[\w-]+\.ts(:\d+)?","msg":".*\}$/;
      const lines = served.stderr.split('\n').slice(0, -1);
      assert(lines.length > 15, served.stderr);
      for (const line of lines) {
        assert.match(line, shape);
        JSON.parse(line);
      }
      assert(served.lines().some(({ logger }) => logger === 'raft'));
    });
  });

  describe('data that is not its own', () => {
    it('refuses a directory that Debian’s etcd wrote, says what to do, and does not touch it', async function () {
      const etcd = installed('etcd', 'package etcd-server');
      if (etcd === undefined) return this.skip();
      const dataDir = freshDir();
      const server = await startEtcd(etcd, { dataDir });
      const c = client(server.endpoint);
      await c.put('a', 'b');
      await server.stop();
      await assertRefusedUntouched(dataDir);
    });

    for (const release of ['3.4.23', '3.5.30']) {
      it(`refuses a directory of etcd ${release} that was killed`, async function () {
        const archive = join(projectRoot, `../shared/fixtures/etcd-${release}/data-dir.tar.gz`);
        if (!existsSync(archive)) {
          console.log(`      skipped: no ${archive.slice(projectRoot.length)}`);
          return this.skip();
        }
        const dataDir = freshDir();
        mkdirSync(dataDir, { mode: 0o700 });
        assert.equal(spawnSync('tar', ['-xzf', archive, '-C', dataDir]).status, 0);
        await assertRefusedUntouched(dataDir);
      });
    }

    it('refuses a database without the log that goes with it', async () => {
      const at = await addresses();
      const dataDir = freshDir();
      const served = await serve(member(at, dataDir, '--snapshot-count=10')).ready();
      const c = client(at.client);
      for (let i = 0; i < 30; i++) await c.put('k', String(i));
      await served.logged('saved snapshot to disk');
      await served.end('SIGTERM');
      const database = join(dataDir, 'member/snap/kvctl.mdb');
      copyFileSync(database, join(root, 'kept.mdb'));
      rmSync(database);
      assert.match(await refusal(serve(member(at, dataDir))), /database file|snapshot/);
      copyFileSync(join(root, 'kept.mdb'), database);
      await serve(member(at, dataDir)).ready();
      assert.equal(text((await client(at.client).range('k')).kvs[0].value), '29');
    });
  });

  describe('coming back', function () {
    this.timeout(90_000);
    it('keeps keys, revision, hash and leases; the time of a lease starts again', async () => {
      const at = await addresses();
      const dataDir = freshDir();
      const served = await serve(member(at, dataDir)).ready();
      let c = client(at.client);
      const lease = (await c.call(rpc.LeaseService.leaseGrant, { TTL: 30 })).ID;
      await c.put('leased', 'x', { lease });
      for (let i = 0; i < 50; i++) await c.put(`k${i % 7}`, String(i));
      await c.del('k3');
      await c.call(rpc.KVService.compact, { revision: 20, physical: true });
      const view = async (): Promise<unknown[]> => {
        const { header, kvs } = await c.range('\0', { rangeEnd: Buffer.from([0]) });
        const { hash } = await c.call(rpc.MaintenanceService.hashKV, {});
        return [header!.revision, header!.clusterId, header!.memberId, hash, kvs];
      };
      const ttl = async (): Promise<number> =>
        (await c.call(rpc.LeaseService.leaseTimeToLive, { ID: lease, keys: true })).TTL;
      const before = await view();
      await until(
        async () => (await ttl()) <= 27,
        10_000,
        () => 'the lease does not age',
      );
      await served.end('SIGTERM');
      await serve(member(at, dataDir)).ready();
      c = client(at.client);
      assert.deepEqual(await view(), before);
      assert((await ttl()) >= 28, `TTL ${await ttl()} after the restart`);
      const info = await c.call(rpc.LeaseService.leaseTimeToLive, { ID: lease, keys: true });
      assert.deepEqual([info.grantedTTL, info.keys.map(text)], [30, ['leased']]);
      await assert.rejects(c.range('k1', { revision: 19 }), /required revision has been compacted/);
    });

    it('goes on with a compaction that kill -9 interrupted, to the same data as without', async () => {
      // A slice is 1,000 entries: seven slices, half a second apart.
      const REVISIONS = 7_000;
      const slow = '--compaction-sleep-interval=500ms';
      const [at, other] = [await addresses(), await addresses()];
      const dataDir = freshDir();
      const served = await serve(member(at, dataDir, slow)).ready();
      const twin = await serve(member(other, freshDir())).ready();
      const fill = async (c: TestClient): Promise<void> => {
        for (let i = 0; i < REVISIONS; i += 100)
          await Promise.all(Array.from({ length: 100 }, (_, j) => c.put(`k${j % 10}`, `${i}`)));
        await c.del('k5');
      };
      let c = client(at.client);
      const undisturbed = client(other.client);
      await Promise.all([fill(c), fill(undisturbed)]);
      const revision = REVISIONS - 10;
      await undisturbed.call(rpc.KVService.compact, { revision, physical: true });
      await c.call(rpc.KVService.compact, { revision });
      await new Promise((resolve) => setTimeout(resolve, 1200));
      assert(!served.messages().includes('finished scheduled compaction'), 'too fast to be interrupted');
      await served.end('SIGKILL');

      const again = await serve(member(at, dataDir)).ready();
      c = client(at.client);
      await assert.rejects(c.range('k1', { revision: revision - 1 }), /required revision has been compacted/);
      const finished = await again.logged('finished scheduled compaction');
      assert.equal(finished['compact-revision'], revision);
      assert(twin.messages().includes('finished scheduled compaction'));
      for (const at of [0, revision + 5]) {
        const [ours, theirs] = await Promise.all(
          [c, undisturbed].map((x) => x.call(rpc.MaintenanceService.hashKV, { revision: at })),
        );
        assert.deepEqual(
          [ours.hash, ours.compactRevision],
          [theirs.hash, theirs.compactRevision],
          `at ${at}`,
        );
      }
    });

    it('lets go of old log segments, and comes back without them', async () => {
      await until(
        () =>
          oldLog.segments().length === 1 &&
          oldLog.segments()[0] !== oldLog.first &&
          oldLog.snapshots().length === 2,
        PURGE_MS + 10_000,
        () => `still there: ${[...oldLog.segments(), ...oldLog.snapshots()].join(' ')}`,
      );
      await oldLog.served.end('SIGKILL');
      await serve(oldLog.args).ready();
      const back = client(oldLog.at.client);
      assert.equal(text((await back.range('last')).kvs[0].value), 'one');
      assert.equal((await back.prefix('big/', { countOnly: true })).count, 8);
    });
  });
});
