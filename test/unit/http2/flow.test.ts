/** Flow control both ways (RFC 9113, sections 5.2, 6.9), back-pressure, and shutting down (6.8). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { ErrorCode, Flag, FrameType, Setting } from '../../../src/transport/http2/constants.ts';
import { type Served, serve } from './support/echo.ts';
import { block, frame, grpcHeaders, message, RawClient, setting, uint32 } from './support/raw-client.ts';

const { data, headers, settings, windowUpdate, rstStream, goaway, ping } = FrameType;
const { endStream, endHeaders, ack } = Flag;

function call(id: number, method: string, body: string): Buffer {
  const list = block({ ...grpcHeaders, ':path': `/test.Echo/${method}` });
  return Buffer.concat([frame(headers, endHeaders, id, list), frame(data, endStream, id, message(body))]);
}

function dataBytes(client: RawClient, id: number): number {
  return client.frames
    .filter((f) => f.type === data && f.id === id)
    .reduce((sum, f) => sum + f.payload.length, 0);
}

describe('HTTP/2: flow control (RFC 9113)', () => {
  let served: Served;
  before(async () => {
    served = await serve({ limits: { streamWindowBytes: 20_000, connectionWindowBytes: 100_000 } });
  });
  after(() => served.close());

  it('6.9.1 sends no more than the stream window, and goes on when it grows', async () => {
    const client = await RawClient.open(served.port, setting(Setting.initialWindowSize, 100));
    client.send(call(1, 'Size', '1000'));
    await client.ping();
    assert.equal(dataBytes(client, 1), 100);
    client.send(frame(windowUpdate, 0, 1, uint32(5)));
    await client.ping();
    assert.equal(dataBytes(client, 1), 105);
    client.send(frame(windowUpdate, 0, 1, uint32(10_000)));
    assert.equal((await client.answer(1)).data.length, 1005);
    client.close();
  });

  it('6.9.2 a smaller initial window leaves a stream in debt, a larger one frees it', async () => {
    const client = await RawClient.open(served.port, setting(Setting.initialWindowSize, 500));
    client.send(call(1, 'Size', '1000'));
    await client.ping();
    client.send(frame(settings, 0, 0, setting(Setting.initialWindowSize, 100))); // the window is -400 now
    client.send(frame(windowUpdate, 0, 1, uint32(400)));
    await client.ping();
    assert.equal(dataBytes(client, 1), 500);
    client.send(frame(settings, 0, 0, setting(Setting.initialWindowSize, 65_535)));
    assert.equal((await client.answer(1)).data.length, 1005);
    client.close();
  });

  it('6.9.1 sends no more than the connection window, shared fairly', async () => {
    const client = await RawClient.open(served.port, setting(Setting.initialWindowSize, 1_000_000));
    client.send(call(1, 'Size', '200000'), call(3, 'Size', '200000'));
    await client.ping();
    assert.equal(dataBytes(client, 1) + dataBytes(client, 3), 65_535);
    const [first, second] = [dataBytes(client, 1), dataBytes(client, 3)];
    client.send(frame(windowUpdate, 0, 0, uint32(16_384 * 4)));
    await client.ping();
    assert.equal(dataBytes(client, 1) - first, 16_384 * 2);
    assert.equal(dataBytes(client, 3) - second, 16_384 * 2);
    client.send(frame(windowUpdate, 0, 0, uint32(1_000_000)));
    assert.equal((await client.answer(1)).data.length, 200_005);
    assert.equal((await client.answer(3)).data.length, 200_005);
    client.close();
  });

  it('6.5.2 keeps to the frame size the client can take', async () => {
    const client = await RawClient.open(
      served.port,
      Buffer.concat([setting(Setting.maxFrameSize, 20_000), setting(Setting.initialWindowSize, 65_535)]),
    );
    client.send(call(1, 'Size', '50000'));
    await client.answer(1);
    const sizes = client.frames.filter((f) => f.type === data).map((f) => f.payload.length);
    assert.deepEqual(sizes, [20_000, 20_000, 10_005]);
    client.close();
  });

  it('6.9.1 gives window back while a message comes in', async () => {
    const client = await RawClient.open(served.port);
    client.send(frame(headers, endHeaders, 1, block({ ...grpcHeaders, ':path': '/test.Echo/Hang' })));
    client.send(frame(data, 0, 1, Buffer.concat([Buffer.from([0]), uint32(60_000), Buffer.alloc(9_000)])));
    await client.ping();
    assert.ok(
      !client.frames.some((f) => f.type === windowUpdate && f.id === 1),
      'not before half of it is used',
    );
    client.send(frame(data, 0, 1, Buffer.alloc(1_000)));
    const credit = await client.until((f) => f.type === windowUpdate && f.id === 1);
    assert.equal(credit.payload.readUInt32BE(0), 10_005);
    client.close();
  });

  it('6.9.1 a window that is not given back is kept to', async () => {
    const held = await serve({
      limits: { streamWindowBytes: 1000 },
      methods: [
        {
          kind: 'bidi',
          path: '/test.Echo/Unary',
          decode: (bytes) => bytes,
          encode: (bytes) => bytes as Uint8Array,
          handler: () => {}, // never listens
        },
      ],
    });
    const client = await RawClient.open(held.port);
    client.send(frame(headers, endHeaders, 1, block(grpcHeaders)));
    for (let i = 0; i < 4; i++) client.send(frame(data, 0, 1, message(Buffer.alloc(245))));
    await client.ping();
    assert.ok(!client.frames.some((f) => f.id === 1), client.describe());
    client.send(frame(data, 0, 1, message('x')));
    assert.equal(await client.resetOf(1), ErrorCode.flowControlError);
    client.close();
    await held.close();
  });

  it("6.9.1 gives the connection's window back in halves", async () => {
    const client = await RawClient.open(served.port);
    client.send(frame(headers, endHeaders, 1, block({ ...grpcHeaders, ':path': '/test.Echo/Hang' })));
    client.send(frame(data, 0, 1, Buffer.concat([Buffer.from([0]), uint32(60_000), Buffer.alloc(10_000)])));
    const ofConnection = () => client.frames.filter((f) => f.type === windowUpdate && f.id === 0);
    await client.ping();
    assert.equal(ofConnection().length, 1, 'the one that raises it from 65,535');
    for (let i = 0; i < 4; i++) client.send(frame(data, 0, 1, Buffer.alloc(10_000)));
    await client.ping();
    assert.equal(ofConnection().length, 2);
    client.close();
  });

  it('6.9.2 SETTINGS do not change the connection window', async () => {
    const client = await RawClient.open(served.port, setting(Setting.initialWindowSize, 1_000_000));
    client.send(call(1, 'Size', '200000'));
    await client.ping();
    client.send(frame(settings, 0, 0, setting(Setting.initialWindowSize, 2_000_000)));
    await client.ping();
    assert.equal(dataBytes(client, 1), 65_535);
    client.close();
  });

  it('6.1 padding counts, and is given back', async () => {
    const client = await RawClient.open(served.port);
    client.send(frame(headers, endHeaders, 1, block(grpcHeaders)));
    const bytes = message(Buffer.alloc(400, 'x'));
    let sent = 0;
    const credit = () =>
      client.frames
        .filter((f) => f.type === windowUpdate && f.id === 1)
        .reduce((sum, f) => sum + f.payload.readUInt32BE(0), 20_000);
    // Each byte of the message in a frame of 257: five times the window of the stream.
    for (const [i, byte] of bytes.entries()) {
      const payload = Buffer.concat([Buffer.from([255, byte]), Buffer.alloc(255)]);
      await client.until(() => credit() - sent >= payload.length);
      const last = i === bytes.length - 1 ? endStream : 0;
      client.send(frame(data, Flag.padded | last, 1, payload));
      sent += payload.length;
    }
    assert.ok(sent > 100_000);
    assert.ok((await client.answer(1)).data.equals(bytes));
    client.close();
  });

  it('6.9 DATA for streams that are gone counts, and is given back', async () => {
    const client = await RawClient.open(served.port);
    const malformed = block({ ...grpcHeaders, ':path': '' });
    let sent = 0;
    const credit = () =>
      client.frames
        .filter((f) => f.type === windowUpdate && f.id === 0)
        .reduce((sum, f) => sum + f.payload.readUInt32BE(0), 65_535);
    // What is under way when the server resets a stream: more than the whole window of the connection.
    for (let id = 1; id <= 31; id += 2) {
      await client.until(() => credit() - sent >= 16_384);
      client.send(frame(headers, endHeaders, id, malformed), frame(data, 0, id, Buffer.alloc(16_384)));
      sent += 16_384;
    }
    client.send(call(33, 'Unary', 'still here'));
    assert.equal((await client.answer(33)).headers['grpc-status'], '0');
    assert.ok(sent > 200_000);
    client.close();
  });

  it('a large request may be larger than every window', async () => {
    const client = await RawClient.open(served.port, setting(Setting.initialWindowSize, 2 ** 31 - 1));
    client.send(frame(windowUpdate, 0, 0, uint32(10_000_000)));
    const body = message(Buffer.alloc(300_000, 5));
    client.send(frame(headers, endHeaders, 1, block(grpcHeaders)));
    let stream = 20_000;
    let connection = 100_000;
    for (let at = 0, seen = 0; at < body.length; ) {
      const size = Math.min(16_384, stream, connection, body.length - at);
      if (size > 0) {
        const last = at + size === body.length;
        client.send(frame(data, last ? endStream : 0, 1, body.subarray(at, at + size)));
        at += size;
        stream -= size;
        connection -= size;
      }
      await client.ping();
      for (; seen < client.frames.length; seen++) {
        const f = client.frames[seen];
        if (f.type !== windowUpdate) continue;
        if (f.id === 1) stream += f.payload.readUInt32BE(0);
        // the first update raises 65535 to the connection's window, which `connection` began with
        else if (seen > 1) connection += f.payload.readUInt32BE(0);
      }
    }
    assert.deepEqual((await client.answer(1)).data, body);
    client.close();
  });
});

describe('HTTP/2: a client that does not read', () => {
  it('a server stream to it holds no more than its limits', async function () {
    this.timeout(20_000);
    const limit = 256 * 1024;
    const served = await serve({ limits: { maxUnsentBytes: limit } });
    const client = await RawClient.open(served.port, setting(Setting.initialWindowSize, 2 ** 31 - 1));
    client.send(frame(windowUpdate, 0, 0, uint32(2 ** 31 - 1 - 65_535)));
    await client.ping();
    client.pause();
    const before = process.memoryUsage();
    // 4 streams of 400 MB each.
    for (const id of [1, 3, 5, 7]) client.send(call(id, 'Count', '100000 4000'));
    let most = 0;
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      const now = process.memoryUsage();
      most = Math.max(most, now.external + now.heapUsed - before.external - before.heapUsed);
    }
    assert.ok(most < 40 * 1024 * 1024, `${most} bytes`);
    client.close();
    await served.close();
  });

  it('requests of it are not read once its answers pile up', async function () {
    this.timeout(20_000);
    let handled = 0;
    const served = await serve({
      limits: { maxUnsentBytes: 64 * 1024, streamWindowBytes: 1024 * 1024 },
      methods: [
        {
          kind: 'unary',
          path: '/test.Echo/Unary',
          decode: (bytes) => bytes.length,
          encode: () => Buffer.alloc(4000),
          handle(_request, _context, reply) {
            handled++;
            reply(undefined, null);
          },
        },
      ],
    });
    const client = await RawClient.open(served.port);
    client.send(frame(windowUpdate, 0, 0, uint32(2 ** 31 - 1 - 65_535)));
    await client.ping();
    client.pause();
    const total = 20_000; // 80 MB of answers
    const calls: Buffer[] = [];
    for (let i = 0; i < total; i++) calls.push(call(2 * i + 1, 'Unary', ''));
    client.send(...calls);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(handled < total, `${handled} handled while nobody reads`);
    client.resume();
    await client.until(
      (f) => f.id === 2 * total - 1 && f.type === headers && (f.flags & endStream) !== 0,
      15_000,
    );
    assert.equal(handled, total);
    client.close();
    await served.close();
  });
});

describe('HTTP/2: shutting down (RFC 9113, section 6.8)', () => {
  it('announces, lets calls finish, takes none after the second GOAWAY, closes', async () => {
    const served = await serve();
    const client = await RawClient.open(served.port);
    client.send(frame(headers, endHeaders, 1, block({ ...grpcHeaders, ':path': '/test.Echo/Chat' })));
    await client.ping();
    const closed = served.server.close(5000);
    const first = await client.until((f) => f.type === goaway);
    assert.equal(first.payload.readUInt32BE(0), 2 ** 31 - 1);
    client.send(call(3, 'Unary', 'still taken'));
    assert.equal((await client.answer(3)).headers['grpc-status'], '0');
    const drain = await client.until((f) => f.type === ping && (f.flags & ack) === 0);
    client.send(frame(ping, ack, 0, drain.payload));
    const second = await client.until((f) => f.type === goaway && f !== first);
    assert.equal(second.payload.readUInt32BE(0), 3);
    client.send(call(5, 'Unary', 'too late'));
    client.send(frame(data, endStream, 1, message('last words')));
    assert.equal((await client.answer(1)).data.toString('latin1', 5), 'last words');
    await client.untilEnded();
    assert.ok(!client.frames.some((f) => f.id === 5));
    await closed;
    await served.close();
  });

  it('cuts what is left after the grace time', async () => {
    const served = await serve();
    const client = await RawClient.open(served.port);
    client.send(call(1, 'Hang', ''));
    await client.ping();
    const begun = Date.now();
    await served.server.close(100);
    assert.ok(Date.now() - begun < 1500);
    await client.untilEnded();
    await served.close();
  });

  it('does not wait for who never said a word', async () => {
    const served = await serve();
    // As over TLS, where ALPN has said HTTP/2 before the client does.
    const listener = net.createServer((socket) => served.server.serve(socket)).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const silent = net.connect((listener.address() as net.AddressInfo).port, '127.0.0.1');
    await once(silent, 'data'); // our SETTINGS: the connection is there
    const begun = Date.now();
    await served.server.close(10_000);
    assert.ok(Date.now() - begun < 5000);
    silent.destroy();
    listener.close();
    await served.close();
  });

  it("a client's GOAWAY lets its calls finish, then closes", async () => {
    const served = await serve();
    const client = await RawClient.open(served.port);
    client.send(frame(headers, endHeaders, 1, block({ ...grpcHeaders, ':path': '/test.Echo/Chat' })));
    client.send(frame(goaway, 0, 0, Buffer.concat([uint32(0), uint32(0)])));
    client.send(frame(data, endStream, 1, message('bye')));
    assert.equal((await client.answer(1)).data.toString('latin1', 5), 'bye');
    await client.untilEnded();
    await served.close();
  });

  it('a stream the client resets tells the handler', async () => {
    let cancelled = 0;
    const served = await serve({
      methods: [
        {
          kind: 'unary',
          path: '/test.Echo/Unary',
          decode: (bytes) => bytes,
          encode: () => Buffer.alloc(0),
          handle: (_request, context) => context.onCancel(() => cancelled++),
        },
      ],
    });
    const client = await RawClient.open(served.port);
    client.send(call(1, 'Unary', ''), call(3, 'Unary', ''), frame(rstStream, 0, 1, uint32(ErrorCode.cancel)));
    await client.ping();
    assert.equal(cancelled, 1);
    client.close();
    while (served.server.connectionCount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(cancelled, 2);
    await served.close();
  });
});
