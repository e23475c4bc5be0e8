/** Our own client (src/transport/grpc/client.ts) against both servers. */
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { type ClientCallEvents, GrpcClient, type StatusLike } from '../../../src/transport/grpc/index.ts';
import { echoMethods, serve } from '../../unit/http2/support/echo.ts';
import { maxReceiveBytes, type Running, startOurs, worlds } from './support/worlds.ts';

type Served = Pick<Running, 'address' | 'ca'>;

function connect({ address, ca }: Served, options: { maxReceiveBytes?: number } = {}): GrpcClient {
  const [host, name] = address.split(':');
  const port = Number(name);
  const socket =
    ca === undefined
      ? net.connect(port, host)
      : tls.connect({ port, host, ca, servername: host, ALPNProtocols: ['h2'] });
  return new GrpcClient(socket, { authority: address, ...options });
}

function unary(client: GrpcClient, method: string, request: Uint8Array | string) {
  return new Promise<{ status: StatusLike; response: Buffer | null }>((resolve) => {
    client.unary(`/test.Echo/${method}`, Buffer.from(request as Uint8Array), (status, response) => {
      resolve({ status, response: response && Buffer.from(response) });
    });
  });
}

/** Collects a stream. */
function collect(): { events: ClientCallEvents; end: Promise<{ status: StatusLike; messages: Buffer[] }> } {
  const messages: Buffer[] = [];
  let onEnd: (status: StatusLike) => void = () => {};
  const end = new Promise<{ status: StatusLike; messages: Buffer[] }>((resolve) => {
    onEnd = (status) => resolve({ status, messages });
  });
  return { events: { onMessage: (message) => messages.push(Buffer.from(message)), onEnd }, end };
}

for (const world of worlds) {
  describe(`fast client: ${world.name}`, () => {
    let running: Running;
    let client: GrpcClient;
    before(async () => {
      running = await world.start(echoMethods);
      client = connect(running);
    });
    after(async () => {
      client.shutdown();
      await running.close();
    });

    it('messages of all sizes come back', async () => {
      for (const size of [0, 1, 4090, 4091, 4092, 16_380, 100_000, maxReceiveBytes]) {
        const body = Buffer.alloc(size, size & 0xff);
        const { status, response } = await unary(client, 'Unary', body);
        assert.equal(status.code, 0);
        assert.ok(response?.equals(body), `${size} bytes`);
      }
    });

    it('many calls at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 2000 }, (_, i) => unary(client, 'Unary', String(i))),
      );
      assert.deepEqual(
        answers.map(({ response }) => Number(response)),
        Array.from({ length: 2000 }, (_, i) => i),
      );
    });

    it('statuses keep code and message', async () => {
      const { status } = await unary(
        client,
        'Fail',
        JSON.stringify({ code: 9, message: 'nicht möglich: 100%' }),
      );
      assert.deepEqual({ ...status }, { code: 9, message: 'nicht möglich: 100%' });
    });

    it('a server stream, and both ways', async () => {
      const counted = collect();
      const count = client.stream('/test.Echo/Count', counted.events);
      count.send(Buffer.from('300 5000'));
      count.endSending();
      const { status, messages } = await counted.end;
      assert.deepEqual([status.code, messages.length, messages[299].length], [0, 300, 5000]);

      const chatted = collect();
      const chat = client.stream('/test.Echo/Chat', chatted.events);
      for (let i = 0; i < 50; i++) chat.send(Buffer.from(`m${i}`));
      chat.endSending();
      const { messages: echoed } = await chatted.end;
      assert.deepEqual(
        echoed.map(String),
        Array.from({ length: 50 }, (_, i) => `m${i}`),
      );
    });

    it('a call given up ends at once, the connection lives on', async () => {
      const given = collect();
      client.stream('/test.Echo/Chat', given.events).cancel();
      assert.equal((await given.end).status.code, 1);
      assert.equal((await unary(client, 'Unary', 'x')).status.code, 0);
    });

    it('a response too large is refused', async () => {
      const small = connect(running, { maxReceiveBytes: 100 });
      const { status } = await unary(small, 'Unary', Buffer.alloc(101));
      assert.deepEqual(
        { ...status },
        { code: 8, message: 'grpc: received message larger than max (101 vs. 100)' },
      );
      small.shutdown();
    });
  });
}

describe('fast client: connections', () => {
  it('a lost connection ends its calls', async () => {
    const running = await startOurs(echoMethods);
    const client = connect(running);
    const call = unary(client, 'Hang', '');
    await unary(client, 'Unary', '');
    await running.close();
    assert.equal((await call).status.code, 14);
    assert.equal(client.available, false);
    assert.throws(() => client.unary('/test.Echo/Unary', Buffer.alloc(0), () => {}));
  });

  it('follows a graceful GOAWAY: calls finish, new ones are for another connection', async () => {
    const served = await serve();
    const client = connect({ address: `127.0.0.1:${served.port}` });
    const chatted = collect();
    const chat = client.stream('/test.Echo/Chat', chatted.events);
    await unary(client, 'Unary', '');
    const closed = served.server.close(5000);
    while (client.available) await new Promise((resolve) => setTimeout(resolve, 2));
    chat.send(Buffer.from('last'));
    chat.endSending();
    assert.deepEqual((await chatted.end).messages.map(String), ['last']);
    await closed;
    await served.close();
  });

  it('waits for no more streams than the server allows', async () => {
    const served = await serve({ limits: { maxConcurrentStreams: 2 } });
    const client = connect({ address: `127.0.0.1:${served.port}` });
    await unary(client, 'Unary', '');
    const first = unary(client, 'Unary', '');
    const second = unary(client, 'Unary', '');
    assert.equal(client.available, false);
    await Promise.all([first, second]);
    assert.equal(client.available, true);
    client.shutdown();
    await served.close();
  });
});
