import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { addresses, type Ended, FAILED, member, serving } from '../support/serve.ts';

const USAGE_ERROR: Ended = { code: 2, signal: null };

/** What `kvctl serve` is told, by flags, variables and a file, and what it says of it. */
describe('kvctl serve: flags and logs', () => {
  const { root, freshDir, serve, client } = serving();

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
    const path = join(root(), 'kvctl.yml');
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
