import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connect } from '../../../src/client/connect.ts';
import { ConnectError, ContextError, StatusError } from '../../../src/client/errors.ts';
import { type Client, type ClientConfig, keepAlive, keepAliveOnce } from '../../../src/client/index.ts';
import { mayRetry, pauseBefore, tokenRefused } from '../../../src/client/retry.ts';
import { CATALOGUE, Code } from '../../../src/core/errors.ts';
import { AuthService, KVService, LeaseService } from '../../../src/core/wire/gen/rpc.ts';
import { until } from '../../support/processes.ts';
import { FakeServer } from './fake-server.ts';

const within = (milliseconds: number) => ({ deadline: Date.now() + milliseconds });
const REFUSAL = { code: Code.OutOfRange, text: CATALOGUE.FutureRev[1] };

describe('the client', () => {
  const servers: FakeServer[] = [];
  const clients: Client[] = [];

  async function start(): Promise<FakeServer> {
    const server = await FakeServer.start();
    servers.push(server);
    return server;
  }

  async function clientOf(endpoints: readonly string[], more: Partial<ClientConfig> = {}): Promise<Client> {
    const client = await connect({ endpoints, ...more });
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('goes round the endpoints', async () => {
    const [a, b] = [await start(), await start()];
    for (const server of [a, b]) server.answer(KVService.range, {});
    const client = await clientOf([a.endpoint, b.endpoint]);
    for (let i = 0; i < 20; i++) await client.call(KVService.range, {}, within(2000));
    assert.ok(a.calls.length > 5 && b.calls.length > 5, `${a.calls.length} and ${b.calls.length}`);
  });

  it('goes to the endpoint that lives', async () => {
    const [dead, alive] = [await start(), await start()];
    alive.answer(KVService.put, {});
    const client = await clientOf([dead.endpoint, alive.endpoint]);
    await dead.stop();
    for (let i = 0; i < 5; i++) await client.call(KVService.put, {}, within(2000));
    assert.equal(alive.calls.length, 5);
  });

  it('uses an endpoint again that came back, while another one lives', async () => {
    const [a, b] = [await start(), await start()];
    for (const server of [a, b]) server.answer(KVService.range, {});
    const client = await clientOf([a.endpoint, b.endpoint]);
    const callsOf = async (server: FakeServer): Promise<number> => {
      const before = server.calls.length;
      for (let i = 0; i < 6; i++) await client.call(KVService.range, {}, within(2000));
      return server.calls.length - before;
    };
    await until(
      async () => (await callsOf(b)) > 0,
      2000,
      () => 'b is never called',
    );
    await b.stop();
    await until(
      async () => (await callsOf(b)) === 0,
      2000,
      () => 'b is called though it is gone',
    );
    await b.listen();
    await until(
      async () => (await callsOf(b)) > 0,
      5000,
      () => 'b is never called again',
    );
  });

  it('waits until one of several endpoints comes, and goes on when all of them were away', async () => {
    const [a, b] = [await start(), await start()];
    b.answer(KVService.put, {});
    await Promise.all([a.stop(), b.stop()]);
    const client = await clientOf([a.endpoint, b.endpoint]);
    for (let round = 0; round < 2; round++) {
      setTimeout(() => void b.listen(), 400);
      await client.call(KVService.put, {}, within(5000));
      await b.stop();
    }
  });

  it('closes at once while an endpoint does not answer its dial', async () => {
    const alive = await start();
    alive.answer(KVService.put, {});
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const dialled = new Promise<Socket>((resolve) => silent.once('connection', resolve));
    const client = await clientOf([`127.0.0.1:${port}`, alive.endpoint]);
    await client.call(KVService.put, {}, within(2000));
    const socket = await dialled;
    const gone = new Promise((resolve) =>
      socket
        .on('error', () => {})
        .once('close', resolve)
        .resume(),
    );
    client.close();
    await gone;
    silent.close();
  });

  it('waits for an endpoint that comes late', async () => {
    const server = await start();
    server.answer(KVService.put, {});
    await server.stop();
    const client = await clientOf([server.endpoint]);
    setTimeout(() => void server.listen(), 300);
    await client.call(KVService.put, {}, within(5000));
  });

  it('ends at its deadline, and says why in the log', async () => {
    const server = await start();
    await server.stop();
    const log: string[] = [];
    const client = await clientOf([server.endpoint], {
      onFailedAttempt: ({ error }) => void log.push(error.describe()),
    });
    await assert.rejects(client.call(KVService.put, {}, within(200)), new ContextError('deadline'));
    assert.deepEqual(log, [
      'rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = ' +
        `"transport: Error while dialing: dial tcp ${server.endpoint}: connect: connection refused"`,
    ]);
  });

  it('repeats a read when the endpoint was unavailable, and a write never', async () => {
    const server = await start();
    let failures = 2;
    const flaky = async () => {
      if (failures-- > 0) throw { code: Code.Unavailable, text: 'gone' };
    };
    server.handle(KVService.range, async (call) => {
      await flaky();
      call.send({ count: 3 });
    });
    server.handle(KVService.put, flaky);
    const client = await clientOf([server.endpoint]);
    assert.equal((await client.call(KVService.range, {}, within(2000))).count, 3);
    assert.equal(server.calls.length, 3);
    failures = 1;
    await assert.rejects(client.call(KVService.put, {}, within(2000)), /code = Unavailable desc = gone/);
    assert.equal(server.calls.length, 4);
  });

  it('sends a write once when its connection breaks', async () => {
    const server = await start();
    server.handle(KVService.put, async () => server.drop());
    const client = await clientOf([server.endpoint]);
    await assert.rejects(client.call(KVService.put, {}, within(2000)), /code = Unavailable/);
    assert.equal(server.calls.length, 1);
  });

  it('does not repeat what etcd refused, and shows its text bare', async () => {
    const server = await start();
    server.answer(KVService.range, REFUSAL);
    const client = await clientOf([server.endpoint]);
    await assert.rejects(client.call(KVService.range, {}), { message: REFUSAL.text, code: Code.OutOfRange });
    assert.equal(server.calls.length, 1);
  });

  describe('auth', () => {
    const credentials = { name: 'root', password: 'pw' };

    it('logs in once, and again when its token is refused', async () => {
      const server = await start();
      let logins = 0;
      server.handle(AuthService.authenticate, async (call) => {
        await call.receive();
        assert.equal(call.headers.token, undefined);
        call.send({ token: `token-${++logins}` });
      });
      let valid = 'token-1';
      server.handle(KVService.put, async (call) => {
        await call.receive();
        if (call.headers.token !== valid)
          throw { code: Code.Unauthenticated, text: CATALOGUE.InvalidAuthToken[1] };
        call.send({});
      });
      const client = await clientOf([server.endpoint], { credentials });
      await client.call(KVService.put, {});
      assert.equal(logins, 1);
      valid = 'token-2';
      await client.call(KVService.put, {});
      assert.equal(logins, 2);
    });

    it('keeps a fixed token, whatever the server says', async () => {
      const server = await start();
      server.answer(KVService.put, { code: Code.Unauthenticated, text: CATALOGUE.InvalidAuthToken[1] });
      const client = await clientOf([server.endpoint], { token: 'jwt', credentials });
      await assert.rejects(client.call(KVService.put, {}), { message: CATALOGUE.InvalidAuthToken[1] });
      assert.deepEqual(server.calls, [KVService.put.path]);
    });

    it('is content with a server that has no auth', async () => {
      const server = await start();
      server.answer(AuthService.authenticate, {
        code: Code.FailedPrecondition,
        text: CATALOGUE.AuthNotEnabled[1],
      });
      server.answer(KVService.put, {});
      const client = await clientOf([server.endpoint], { credentials });
      await client.call(KVService.put, {});
    });

    it('fails to connect with a wrong password', async () => {
      const server = await start();
      server.answer(AuthService.authenticate, { code: Code.InvalidArgument, text: CATALOGUE.AuthFailed[1] });
      await assert.rejects(
        connect({ endpoints: [server.endpoint], credentials }),
        new ConnectError(CATALOGUE.AuthFailed[1]),
      );
    });
  });

  describe('leases', () => {
    it('renews until the lease is gone', async () => {
      const server = await start();
      const answers = [1, 1, 0];
      server.handle(LeaseService.leaseKeepAlive, async (call) => {
        for (;;) {
          const request = await call.receive();
          if (request === undefined) return;
          assert.equal(request.ID, 42n);
          call.send({ ID: request.ID, TTL: answers.shift() ?? 0 });
        }
      });
      const seen: number[] = [];
      const client = await clientOf([server.endpoint]);
      for await (const { TTL } of keepAlive(client, 42n)) seen.push(TTL);
      assert.deepEqual(seen, [1, 1]);
    });

    it('goes on after a lost connection', async () => {
      const server = await start();
      let streams = 0;
      server.handle(LeaseService.leaseKeepAlive, async (call) => {
        await call.receive();
        call.send({ ID: 1n, TTL: 30 });
        if (++streams === 1) setTimeout(() => server.drop(), 20);
        await call.receive();
      });
      const stop = new AbortController();
      let renewals = 0;
      for await (const _ of keepAlive(await clientOf([server.endpoint]), 1n, { signal: stop.signal })) {
        if (++renewals === 2) stop.abort();
      }
      assert.equal(streams, 2);
    });

    it('says that a lease is not there', async () => {
      const server = await start();
      server.handle(LeaseService.leaseKeepAlive, async (call) => {
        await call.receive();
        call.send({ ID: 1n, TTL: 0 });
      });
      const client = await clientOf([server.endpoint]);
      await assert.rejects(keepAliveOnce(client, 1n), { message: CATALOGUE.LeaseNotFound[1] });
    });
  });

  it('refuses configurations that cannot work', async () => {
    await assert.rejects(connect({ endpoints: [] }), new ConnectError('etcdclient: no available endpoints'));
    await assert.rejects(
      connect({ endpoints: ['a:1'], maxSendBytes: 20, maxReceiveBytes: 10 }),
      new ConnectError('gRPC message recv limit (10 bytes) must be greater than send limit (20 bytes)'),
    );
    await assert.rejects(
      connect({ endpoints: ['a:1'], tls: { cert: 'x', key: '', ca: '', skipVerify: false } }),
      { message: 'KeyFile and CertFile must both be present[key: , cert: x]' },
    );
  });
});

describe('retry rules', () => {
  const put = KVService.put.path;
  const range = KVService.range.path;
  const unavailable = new StatusError(Code.Unavailable, 'x');
  const unsent = new StatusError(Code.Unavailable, 'x', { unsent: true });
  const learner = new StatusError(Code.FailedPrecondition, CATALOGUE.NotSupportedForLearner[1]);

  const TABLE: readonly (readonly [string, unknown, number, boolean])[] = [
    [range, unavailable, 1, true],
    [put, unavailable, 1, false],
    [put, unsent, 1, true],
    [range, new StatusError(Code.OutOfRange, 'x'), 1, false],
    [range, learner, 1, false],
    [put, learner, 3, true],
    [range, new Error('other'), 1, false],
  ];
  for (const [path, error, endpoints, expected] of TABLE) {
    it(`${path} after ${(error as Error).message} with ${endpoints} endpoints: ${expected}`, () => {
      assert.equal(mayRetry(path, error, endpoints), expected);
    });
  }

  it('pauses after each quorum of endpoints', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((attempt) => pauseBefore(attempt, 3, 0.5)),
      [0, 25, 0, 25],
    );
    assert.equal(pauseBefore(1, 1, 0), 22.5);
  });

  it('knows a refused token', () => {
    assert.equal(
      tokenRefused(new StatusError(Code.Unauthenticated, CATALOGUE.InvalidAuthToken[1]), false),
      true,
    );
    assert.equal(tokenRefused(new StatusError(Code.InvalidArgument, CATALOGUE.UserEmpty[1]), false), false);
    assert.equal(tokenRefused(new StatusError(Code.InvalidArgument, CATALOGUE.UserEmpty[1]), true), true);
  });
});
