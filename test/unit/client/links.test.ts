import assert from 'node:assert/strict';
import type { Link } from '../../../src/client/channel.ts';
import { parseEndpoint } from '../../../src/client/endpoints.ts';
import { StatusError } from '../../../src/client/errors.ts';
import { GrpcLink } from '../../../src/client/grpc-channel.ts';
import { Http2Link } from '../../../src/client/http2-link.ts';
import { Code } from '../../../src/core/errors.ts';
import {
  KVService,
  PutRequest,
  RangeRequest,
  WatchRequest,
  WatchService,
} from '../../../src/core/wire/gen/rpc.ts';
import { FlakyProxy } from '../../support/flaky-proxy.ts';
import { until } from '../../support/processes.ts';
import { FakeServer } from './fake-server.ts';

const OPTIONS = {
  tls: undefined,
  keepAliveTimeMs: 10_000,
  keepAliveTimeoutMs: 5000,
  maxSendBytes: 1000,
  maxReceiveBytes: 2000,
};
const soon = (milliseconds = 2000) => ({ deadline: Date.now() + milliseconds, metadata: {} });

const LINKS = { 'node:http2': Http2Link, '@grpc/grpc-js': GrpcLink };

/** What every link must do, whatever carries it. */
for (const [name, LinkClass] of Object.entries(LINKS)) {
  describe(`a link over ${name}`, () => {
    let server: FakeServer;
    let link: Link;
    const open = (endpoint: string) =>
      new LinkClass({ ...parseEndpoint(endpoint), tls: 'never' as const }, OPTIONS);

    beforeEach(async () => {
      server = await FakeServer.start();
      link = open(server.endpoint);
    });

    afterEach(async () => {
      link.close();
      await server.stop();
    });

    const failure = async (call: Promise<unknown>): Promise<StatusError> => {
      try {
        await call;
      } catch (error) {
        assert.ok(error instanceof StatusError, String(error));
        return error;
      }
      assert.fail('the call did not fail');
    };
    const get = (options = soon()) => link.unary(KVService.range, RangeRequest.create(), options);

    it('carries a call, its metadata and its answer', async () => {
      let token: unknown;
      server.handle(KVService.range, async (call) => {
        token = call.headers.token;
        const request = await call.receive();
        call.send({ count: request!.limit });
      });
      const request = RangeRequest.create({ limit: 7 });
      const response = await link.unary(KVService.range, request, {
        ...soon(),
        metadata: { token: 'secret' },
      });
      assert.equal(response.count, 7);
      assert.equal(token, 'secret');
      assert.equal(link.state(), 'ready');
    });

    it('gives code, text and peer of a refusal', async () => {
      server.answer(KVService.range, { code: Code.OutOfRange, text: 'größer: 100%' });
      const error = await failure(get());
      assert.equal(error.code, Code.OutOfRange);
      assert.equal(error.details, 'größer: 100%');
      assert.equal(error.peer?.address, server.endpoint);
      assert.equal(error.unsent, false);
    });

    it('says that a call was never sent when nobody listens', async () => {
      await server.stop();
      const error = await failure(get());
      assert.equal(error.code, Code.Unavailable);
      assert.equal(error.unsent, true);
      assert.equal(error.details, `dial tcp ${server.endpoint}: connect: connection refused`);
    });

    it('does not say so when the connection broke under the call', async () => {
      server.handle(KVService.range, async () => server.drop());
      const error = await failure(get());
      assert.equal(error.code, Code.Unavailable);
      assert.equal(error.unsent, false);
    });

    it('connects again after a loss', async () => {
      server.answer(KVService.range, { count: 1 });
      await get();
      server.drop();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal((await get()).count, 1);
    });

    it('pings while a call is under way, and takes silence for the end', async () => {
      const proxy = await FlakyProxy.start(server.endpoint);
      const pinging = new LinkClass(
        { ...parseEndpoint(proxy.endpoint), tls: 'never' as const },
        { ...OPTIONS, keepAliveTimeMs: 50, keepAliveTimeoutMs: 300 },
      );
      server.handle(KVService.range, () => new Promise(() => {}));
      const hanging = failure(pinging.unary(KVService.range, RangeRequest.create(), soon(10_000)));
      await until(
        () => server.pings >= 3,
        5000,
        () => `${server.pings} pings`,
      );
      const silentFrom = Date.now();
      proxy.blackHole();
      const error = await hanging;
      assert.equal(error.code, Code.Unavailable);
      assert.equal(error.unsent, false);
      assert.ok(Date.now() - silentFrom < 5000);
      pinging.close();
      await proxy.close();
    });

    it('does not ping without a call, nor when it is told not to', async () => {
      for (const keepAliveTimeMs of [20, 0]) {
        const quiet = new LinkClass(
          { ...parseEndpoint(server.endpoint), tls: 'never' as const },
          { ...OPTIONS, keepAliveTimeMs },
        );
        if (keepAliveTimeMs === 0) server.handle(KVService.range, () => new Promise(() => {}));
        else server.answer(KVService.range, {});
        await quiet.unary(KVService.range, RangeRequest.create(), soon(200)).catch(() => {});
        const before = server.pings;
        await new Promise((resolve) => setTimeout(resolve, 100));
        assert.equal(server.pings, before);
        quiet.close();
      }
    });

    it('gives up at the deadline', async () => {
      server.handle(KVService.range, () => new Promise(() => {}));
      const start = Date.now();
      const error = await failure(get(soon(100)));
      assert.equal(error.code, Code.DeadlineExceeded);
      assert.ok(Date.now() - start < 1000);
    });

    it('keeps to its limits', async () => {
      const large = PutRequest.create({ value: Buffer.alloc(1000) });
      const tooLarge = await failure(link.unary(KVService.put, large, soon()));
      assert.equal(tooLarge.code, Code.ResourceExhausted);
      assert.equal(tooLarge.details, 'trying to send message larger than max (1003 vs. 1000)');
      server.handle(KVService.range, async (call) => {
        await call.receive();
        call.send({ kvs: [{ ...KV, value: Buffer.alloc(3000) }] });
      });
      const received = await failure(get());
      assert.equal(received.code, Code.ResourceExhausted);
      assert.match(received.details, /^grpc: received message larger than max \(\d+ vs\. 2000\)$/);
    });

    it('streams both ways, and ends when the server does', async () => {
      server.handle(WatchService.watch, async (call) => {
        for (let id = 1n; (await call.receive()) !== undefined; id++) call.send({ watchId: id });
      });
      const call = await link.stream(WatchService.watch, soon());
      call.write(WatchRequest.create());
      call.write(WatchRequest.create());
      call.end();
      const ids: bigint[] = [];
      for await (const response of call) ids.push(response.watchId);
      assert.deepEqual(ids, [1n, 2n]);
    });

    it('throws the status that ends a stream, after what came before it', async () => {
      server.handle(WatchService.watch, async (call) => {
        await call.receive();
        call.send({ watchId: 5n });
        throw { code: Code.Unavailable, text: 'etcdserver: no leader' };
      });
      const call = await link.stream(WatchService.watch, soon());
      call.write(WatchRequest.create());
      const ids: bigint[] = [];
      const read = async () => {
        for await (const response of call) ids.push(response.watchId);
      };
      const error = await failure(read());
      assert.equal(error.details, 'etcdserver: no leader');
      assert.deepEqual(ids, [5n]);
    });

    it('ends a stream that is cancelled', async () => {
      server.handle(WatchService.watch, () => new Promise(() => {}));
      const call = await link.stream(WatchService.watch, soon());
      setTimeout(() => call.cancel(), 20);
      const read = async () => {
        for await (const _ of call);
      };
      assert.equal((await failure(read())).code, Code.Canceled);
    });
  });
}

const KV = { key: Buffer.from('k'), createRevision: 1, modRevision: 1, version: 1, lease: 0n };
