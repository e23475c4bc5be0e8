import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  installed,
  kvctlBin,
  run,
  type ServerProcess,
  startEtcd,
  startKvctl,
  temporaryDirectory,
} from '../../support/processes.ts';
import { atServer, fill, kvctl, kvctlOk, stateOf, statusOf } from './support.ts';

const QUOTA_BYTES = 16 * 1024 ** 2;
const PUT_BYTES = 1024 ** 2;
/** More would not fit, were every byte counted twice. */
const MAX_PUTS = 40;

interface Tool {
  readonly command: readonly string[];
  readonly env?: Record<string, string>;
}

const KVCTL: Tool = { command: [process.execPath, kvctlBin] };

/** One line: what was typed, what came out. Numbers that depend on time and place are N. */
type Transcript = string[];

/** The tour of etcd's guide: fill up, see the alarm, make room, disarm, write again. */
async function tour(server: ServerProcess, tool: Tool): Promise<Transcript> {
  const transcript: Transcript = [];
  const play = async (line: string, input?: Buffer): Promise<string> => {
    const [program, ...first] = tool.command;
    const args = [...first, `--endpoints=${server.endpoint}`, ...line.split(' ')];
    const ran = await run(program, args, { input, env: tool.env });
    // The client's own log lines are its own; the last line is the answer.
    const error = ran.stderr.trim().split('\n').pop();
    const said = `${ran.stdout.trim()}${error}`.replaceAll(server.endpoint, 'ENDPOINT');
    transcript.push(
      `${line.replace(/\d+/, 'N')} -> ${ran.code}: ${said.replace(/\d{2,}|(?<=revision )\d/g, 'N')}`,
    );
    return ran.stdout;
  };
  let puts = 0;
  const full = (): boolean => transcript[transcript.length - 1]?.startsWith('put key -> 1') ?? false;
  while (!full() && puts < MAX_PUTS) {
    transcript.length = 0;
    await play('put key', Buffer.alloc(PUT_BYTES, 97 + (puts++ % 26)));
  }
  assert.ok(puts >= 8 && puts <= 18, `${puts} MiB fitted into 16 MiB`);
  await play('alarm list');
  await play('put small v');
  await play('get small');
  await play('lease grant 60');
  await play('del nothing');
  const [{ Status }] = JSON.parse(await play('endpoint status -w json'));
  assert.match(Status.errors.join(), /memberID:\d+ alarm:NOSPACE/);
  transcript.pop();
  await play(`compaction ${Status.header.revision} --physical`);
  await play('put small v');
  await play('defrag');
  await play('alarm disarm');
  await play('put newkey 123');
  await play('get newkey');
  await play('alarm list');
  return transcript;
}

describe('the quota of a server', function () {
  this.timeout(90_000);
  let etcdctl: string | undefined;

  before(() => {
    etcdctl = installed('etcdctl', 'the quota tour, beside a real etcd');
  });

  it('the tour: fill 16 MiB, alarm, compact, defrag, disarm, put again', async () => {
    const server = await startKvctl({ args: [`--quota-backend-bytes=${QUOTA_BYTES}`] });
    try {
      const told = await tour(server, KVCTL);
      assert.deepEqual(
        told.map((line) => line.replace(/took .*/, 'took T')),
        [
          'put key -> 1: Error: etcdserver: mvcc: database space exceeded',
          'alarm list -> 0: memberID:N alarm:NOSPACE',
          'put small v -> 1: Error: etcdserver: mvcc: database space exceeded',
          'get small -> 0: ',
          'lease grant N -> 1: Error: failed to grant lease (etcdserver: mvcc: database space exceeded)',
          'del nothing -> 0: 0',
          'compaction N --physical -> 0: compacted revision N',
          'put small v -> 1: Error: etcdserver: mvcc: database space exceeded',
          'defrag -> 0: Finished defragmenting etcd member[ENDPOINT]. took T',
          'alarm disarm -> 0: memberID:N alarm:NOSPACE',
          'put newkey N -> 0: OK',
          'get newkey -> 0: newkey\nN',
          'alarm list -> 0: ',
        ],
      );
      assert.match(
        server.log(),
        /message exceeded backend quota; raising alarm.*kvctl compaction.*alarm disarm/,
      );
      assert.match(server.log(), /database is nearly full/);
    } finally {
      await server.dispose();
    }
  });

  it("Debian's etcdctl is told the same by both servers", async function () {
    const etcd = installed('etcd', 'the quota tour, beside a real etcd');
    if (!etcdctl || !etcd) return this.skip();
    const args = [`--quota-backend-bytes=${QUOTA_BYTES}`];
    const tell = async (starting: Promise<ServerProcess>): Promise<Transcript> => {
      const server = await starting;
      try {
        return await tour(server, { command: [etcdctl!], env: { ETCDCTL_API: '3' } });
      } finally {
        await server.dispose();
      }
    };
    assert.deepEqual(await tell(startKvctl({ args })), await tell(startEtcd(etcd, { args })));
  });

  it('room comes back by deleting and compacting alone', async () => {
    const server = await startKvctl({ args: ['--quota-backend-bytes=4000000'] });
    try {
      const put = (key: string) =>
        run(process.execPath, [kvctlBin, `--endpoints=${server.endpoint}`, 'put', key], {
          input: Buffer.alloc(PUT_BYTES, 97),
        });
      let last = await put('a');
      for (let i = 0; i < 6 && last.code === 0; i++) last = await put(`b${i}`);
      assert.match(last.stderr, /database space exceeded/);
      await atServer(server, 'del', 'b', '--prefix');
      await atServer(server, 'compaction', String((await statusOf(server)).revision), '--physical');
      await atServer(server, 'alarm', 'disarm');
      assert.equal((await put('again')).code, 0);
    } finally {
      await server.dispose();
    }
  });
});

describe('defrag while serving', function () {
  this.timeout(60_000);

  it('gives space back, keeps everything, and requests go on meanwhile', async () => {
    const server = await startKvctl();
    try {
      await fill(server);
      for (let i = 0; i < 8; i++) {
        await run(process.execPath, [kvctlBin, `--endpoints=${server.endpoint}`, 'put', 'big'], {
          input: Buffer.alloc(PUT_BYTES, 97 + i),
        });
      }
      await atServer(server, 'del', 'big');
      await atServer(server, 'compaction', String((await statusOf(server)).revision), '--physical');
      const before = await stateOf(server);
      const sizes = async () => {
        const [{ Status }] = JSON.parse(await atServer(server, 'endpoint', 'status', '-w', 'json'));
        return { allocated: Status.dbSize as number, inUse: Status.dbSizeInUse as number };
      };
      const full = await sizes();
      const [, ...gets] = await Promise.all([
        kvctlOk(`--endpoints=${server.endpoint}`, 'defrag'),
        ...Array.from({ length: 3 }, () => atServer(server, 'get', 'after')),
      ]);
      assert.deepEqual(gets, Array(3).fill('after\ndeletion\n'));
      const small = await sizes();
      assert.ok(full.allocated > 8 * PUT_BYTES, String(full.allocated));
      assert.ok(small.allocated < PUT_BYTES, String(small.allocated));
      assert.deepEqual(await stateOf(server), before);
      assert.match(
        server.log(),
        /"msg":"finished defragmenting directory".*"current-db-size-bytes-diff":-\d+/,
      );
      const metrics = await (await fetch(`http://${server.endpoint}/metrics`)).text();
      assert.match(metrics, /^etcd_disk_backend_defrag_duration_seconds_count 1$/m);
      assert.match(metrics, /^etcd_disk_defrag_inflight 0$/m);
      await atServer(server, 'put', 'later', 'v');
      await server.kill();
      await server.restart();
      assert.equal((await stateOf(server)).revision, before.revision + 1);
    } finally {
      await server.dispose();
    }
  });
});

describe('defrag --data-dir', function () {
  this.timeout(60_000);

  it('gives back the space of a member that is stopped, and refuses one that runs', async () => {
    const server = await startKvctl();
    try {
      for (let i = 0; i < 4; i++) {
        await run(process.execPath, [kvctlBin, `--endpoints=${server.endpoint}`, 'put', `big${i}`], {
          input: Buffer.alloc(PUT_BYTES, 97 + i),
        });
      }
      await atServer(server, 'del', 'big', '--prefix');
      await atServer(server, 'compaction', String((await statusOf(server)).revision), '--physical');
      const before = await stateOf(server);
      const taken = await kvctl('defrag', `--data-dir=${server.dataDir}`);
      assert.equal(taken.code, 1);
      assert.match(taken.stderr, /Failed to defragment etcd data\[.*is in use by another process/);
      await server.stop();
      const done = await kvctl('defrag', `--data-dir=${server.dataDir}`);
      assert.equal(done.code, 0, done.stderr);
      assert.equal(done.stdout, '');
      assert.match(done.stderr, /"current-db-size-bytes-diff":-4\d{6}/);
      await server.restart();
      assert.deepEqual(await stateOf(server), before);
    } finally {
      await server.dispose();
    }
  });

  it('makes nothing where there is nothing', async () => {
    const directory = join(temporaryDirectory('defrag'), 'none');
    const ran = await kvctl('defrag', `--data-dir=${directory}`);
    assert.equal(ran.code, 1);
    assert.match(
      ran.stderr,
      /^Error: Failed to defragment etcd data\[.*none\] \(stat .*: no such file or directory\)$/m,
    );
    assert.ok(!existsSync(directory));
    rmSync(dirname(directory), { recursive: true });
    const both = await kvctl('defrag', '--data-dir=x', '--cluster');
    assert.equal(both.code, 128);
    assert.match(both.stderr, /--data-dir is for a member that is stopped/);
  });
});

describe('automatic compaction of a server', function () {
  this.timeout(30_000);

  it('--auto-compaction-retention=2s: old revisions go, and the log says so', async () => {
    const server = await startKvctl({ args: ['--auto-compaction-retention=2s'] });
    try {
      for (let i = 0; i < 3; i++) await atServer(server, 'put', 'k', String(i));
      const deadline = Date.now() + 15_000;
      while (
        !/completed auto periodic compaction.*"revision":[234]/.test(server.log()) &&
        Date.now() < deadline
      )
        await new Promise((resolve) => setTimeout(resolve, 100));
      assert.match(server.log(), /completed auto periodic compaction/);
      const old = await run(process.execPath, [
        kvctlBin,
        `--endpoints=${server.endpoint}`,
        'get',
        'k',
        '--rev=1',
      ]);
      assert.match(old.stderr, /required revision has been compacted/);
    } finally {
      await server.dispose();
    }
  });
});
