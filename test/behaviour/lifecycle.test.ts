import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { until } from '../support/processes.ts';
import { addresses, member, refusal, serving, TERMINATED } from '../support/serve.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

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

/** How `kvctl serve` starts, listens, and ends. */
describe('kvctl serve', () => {
  const { root, freshDir, serve, client } = serving();

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
      const path = join(root(), 'c.sock');
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

    it('counts what was done in the metrics that dashboards read', async () => {
      const at = await addresses();
      await serve(member(at, freshDir())).ready();
      const c = client(at.client);
      await c.put('a', '123');
      await c.put('b', '4');
      await c.range('a');
      await c.del('b');
      const put = rpc.RequestOp.create({
        requestPut: rpc.PutRequest.create({ key: Buffer.from('c'), value: Buffer.from('5') }),
      });
      const get = rpc.RequestOp.create({
        requestRange: rpc.RangeRequest.create({ key: Buffer.from('c') }),
      });
      await c.txn({ success: [put, get] });
      const expected = {
        etcd_mvcc_put_total: 3,
        etcd_mvcc_delete_total: 1,
        etcd_mvcc_range_total: 2,
        etcd_mvcc_txn_total: 1,
        etcd_debugging_mvcc_total_put_size_in_bytes: 8,
      };
      const counted = async (): Promise<Record<string, number>> => {
        const { body } = await httpAt(at.client, '/metrics');
        const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
        return Object.fromEntries(Object.keys(expected).map((name) => [name, value(name)]));
      };
      let last = {};
      await until(
        async () => {
          last = await counted();
          return JSON.stringify(last) === JSON.stringify(expected);
        },
        5000,
        () => JSON.stringify(last),
      );
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
});
