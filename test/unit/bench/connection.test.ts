import assert from 'node:assert/strict';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { CallSink } from '../../../src/bench/client/call.ts';
import type { LoadConnection } from '../../../src/bench/client/connection.ts';
import { dial } from '../../../src/bench/client/dial.ts';
import { targetsOf } from '../../../src/bench/cluster.ts';
import { serve } from '../http2/support/echo.ts';

interface World {
  readonly port: number;
  close(): Promise<void>;
}

/** Node's own HTTP/2 server, as an echo: another implementation of the other end. */
async function nodeServer(settings: http2.Settings, padding: number): Promise<World> {
  const server = http2.createServer({ settings, paddingStrategy: padding });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/test.Echo/Fail') {
      const status = { 'grpc-status': '9', 'grpc-message': '100%25 wrong', 'x-long': 'x'.repeat(20_000) };
      return stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', ...status },
        { endStream: true },
      );
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.pipe(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const { PADDING_STRATEGY_MAX, PADDING_STRATEGY_NONE } = http2.constants;
const WORLDS: Readonly<Record<string, () => Promise<World>>> = {
  'our server': () => serve(),
  "Node's server": () => nodeServer({}, PADDING_STRATEGY_NONE),
  "Node's server, padding every frame": () => nodeServer({}, PADDING_STRATEGY_MAX),
  "Node's server with a small window and few streams": () =>
    nodeServer({ initialWindowSize: 1000, maxConcurrentStreams: 3 }, PADDING_STRATEGY_NONE),
};

interface Answer {
  readonly messages: readonly Buffer[];
  readonly code: number;
  readonly text: string;
}

function unary(connection: LoadConnection, path: string, message: Buffer): Promise<Answer> {
  return new Promise((resolve) => {
    const messages: Buffer[] = [];
    const sink: CallSink = {
      message: (buffer, start, end) => messages.push(Buffer.from(buffer.subarray(start, end))),
      ended: (code, text) => resolve({ messages, code, text }),
    };
    connection.start(connection.template(path), message, message.length, sink, true);
  });
}

const connectTo = (port: number) =>
  dial(targetsOf({ endpoints: [`127.0.0.1:${port}`] })[0], { token: 'secret', timeoutMs: 2000 });

for (const [name, start] of Object.entries(WORLDS)) {
  describe(`the load client and ${name}`, () => {
    let world: World;
    let connection: LoadConnection;
    before(async () => {
      world = await start();
      connection = await connectTo(world.port);
    });
    after(async () => {
      connection.close();
      await world.close();
    });

    it('messages of any size come back as they went', async () => {
      const sizes = [0, 1, 63, 64, 65, 4091, 4092, 16_384, 65_535, 200_000, 1_000_000];
      const sent = sizes.map((size, i) => Buffer.alloc(size, i + 1));
      const answers = await Promise.all(
        sent.map((message) => unary(connection, '/test.Echo/Unary', message)),
      );
      answers.forEach(({ code, text, messages }, i) => {
        assert.equal(code, 0, text);
        assert.equal(messages.length, 1);
        assert.ok(messages[0].equals(sent[i]), `message of ${sizes[i]} bytes`);
      });
      assert.equal(connection.activeCalls, 0);
    });

    it('a thousand calls at once, each with its own answer', async () => {
      const answers = await Promise.all(
        Array.from({ length: 1000 }, (_, i) =>
          unary(connection, '/test.Echo/Unary', Buffer.from(`call ${i}`)),
        ),
      );
      answers.forEach(({ messages }, i) => {
        assert.equal(messages[0].toString(), `call ${i}`);
      });
    });

    it('a failure has its code and text, before and after other calls', async () => {
      const failure = JSON.stringify({ code: 9, message: '100% wrong' });
      for (let i = 0; i < 3; i++) {
        const answer = await unary(connection, '/test.Echo/Fail', Buffer.from(failure));
        assert.deepEqual([answer.code, answer.text], [9, '100% wrong']);
        assert.equal((await unary(connection, '/test.Echo/Unary', Buffer.from('on'))).code, 0);
      }
    });

    it('a stream goes both ways until it is cancelled', async () => {
      const received: string[] = [];
      let more: () => void = () => {};
      const sink: CallSink = {
        message: (buffer, from, to) => {
          received.push(buffer.toString('utf8', from, to));
          more();
        },
        ended: (code, text) => assert.fail(`ended with ${code} ${text}`),
      };
      const call = connection.openStream('/test.Echo/Chat', Buffer.from('0'), sink)!;
      for (let i = 1; i <= 5; i++) {
        await new Promise<void>((resolve) => {
          more = resolve;
          connection.write(call, Buffer.from(String(i)));
        });
      }
      await until(() => received.length === 6);
      assert.deepEqual(received, ['0', '1', '2', '3', '4', '5']);
      connection.cancel(call);
      assert.equal((await unary(connection, '/test.Echo/Unary', Buffer.from('on'))).code, 0);
    });
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('the load client and a server that goes away', () => {
  it('ends every call under way, and the next ones at once', async () => {
    const world = await serve();
    const connection = await connectTo(world.port);
    const hanging = Array.from({ length: 5 }, () => unary(connection, '/test.Echo/Hang', Buffer.from('x')));
    await unary(connection, '/test.Echo/Unary', Buffer.from('x'));
    await world.close();
    for (const { code } of await Promise.all(hanging)) assert.equal(code, 14);
    assert.notEqual(connection.failure, undefined);
    assert.equal((await unary(connection, '/test.Echo/Unary', Buffer.from('x'))).code, 14);
  });

  it('says why it cannot connect', async () => {
    const world = await serve();
    await world.close();
    await assert.rejects(connectTo(world.port), /ECONNREFUSED/);
  });
});
