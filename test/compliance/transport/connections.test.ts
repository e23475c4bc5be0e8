/** Keep-alive policy both ways, shutting down with calls under way, and what an observer is told. */
import assert from 'node:assert/strict';
import { ErrorCode, Flag, FrameType } from '../../../src/transport/http2/constants.ts';
import { serve } from '../../unit/http2/support/echo.ts';
import { block, frame, grpcHeaders, message, RawClient } from '../../unit/http2/support/raw-client.ts';
import { Client, drain } from './support/client.ts';

const { data, headers, ping } = FrameType;
const { endStream, endHeaders, ack } = Flag;
const aPing = frame(ping, 0, 0, Buffer.alloc(8));
const chat = frame(headers, endHeaders, 1, block({ ...grpcHeaders, ':path': '/test.Echo/Chat' }));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('keep-alive: pings of a client', () => {
  it('the fourth quick ping of an idle connection ends it', async () => {
    const served = await serve({ minPingMs: 5000 });
    const client = await RawClient.open(served.port);
    for (let i = 0; i < 3; i++) await client.ping();
    client.send(aPing);
    const { code, debug } = await client.goaway();
    assert.deepEqual([code, debug], [ErrorCode.enhanceYourCalm, 'too_many_pings']);
    await client.untilEnded();
    await served.close();
  });

  it('with a call under way they may come at the minimum spacing', async () => {
    const served = await serve({ minPingMs: 20 });
    const client = await RawClient.open(served.port);
    client.send(chat);
    for (let i = 0; i < 8; i++) {
      await client.ping();
      await pause(25);
    }
    for (let i = 0; i < 4; i++) client.send(aPing);
    assert.equal((await client.goaway()).debug, 'too_many_pings');
    await served.close();
  });

  it('answers wipe the strikes out', async () => {
    const served = await serve({ minPingMs: 5000 });
    const client = await RawClient.open(served.port);
    client.send(chat);
    for (let i = 0; i < 10; i++) {
      client.send(frame(data, 0, 1, message('x')));
      await client.ping();
      await client.ping();
    }
    client.close();
    await served.close();
  });
});

describe('keep-alive: pings of the server', () => {
  const keepalive = { intervalMs: 60, timeoutMs: 60 };

  it('a client that does not answer is cut off', async () => {
    const served = await serve({ keepalive });
    const client = await RawClient.open(served.port);
    await client.until((f) => f.type === ping && (f.flags & ack) === 0);
    await client.untilEnded(1000);
    await served.close();
  });

  it('a client that answers stays', async () => {
    const served = await serve({ keepalive });
    const client = new Client(`127.0.0.1:${served.port}`);
    assert.equal((await client.unary('Unary', 'a')).error, null);
    await pause(400);
    assert.equal(served.server.connectionCount, 1);
    client.close();
    await served.close();
  });
});

describe('shutting down', () => {
  it('a unary call under way is answered, a stream ends when it ends', async () => {
    const answers: (() => void)[] = [];
    const served = await serve({
      methods: [
        {
          kind: 'unary',
          path: '/test.Echo/Unary',
          decode: (bytes) => Buffer.from(bytes),
          encode: (bytes) => bytes as Buffer,
          handle: (request, _context, reply) => void answers.push(() => reply(undefined, request)),
        },
      ],
    });
    const client = new Client(`127.0.0.1:${served.port}`);
    const answer = client.unary('Unary', 'patient');
    while (answers.length === 0) await pause(5);
    const closed = served.server.close(5000);
    await pause(50);
    answers[0]();
    assert.equal(String((await answer).response), 'patient');
    await closed;
    client.close();
    await served.close();
  });

  it('what does not end is cut, and its handler is told why', async () => {
    const reasons: unknown[] = [];
    const served = await serve({
      methods: [
        {
          kind: 'bidi',
          path: '/test.Echo/Chat',
          decode: (bytes) => bytes,
          encode: (bytes) => bytes as Uint8Array,
          handler: (call) => call.onCancel((...reason: unknown[]) => reasons.push(...reason)),
        },
      ],
    });
    const client = new Client(`127.0.0.1:${served.port}`);
    const ended = drain(client.bidi('Chat'));
    while (served.server.connectionCount === 0) await pause(5);
    await pause(30);
    await served.server.close(30);
    assert.equal((await ended).status.code, 14);
    assert.deepEqual(reasons, ['shutdown']);
    client.close();
    await served.close();
  });
});

describe('observer', () => {
  it('hears of every call once: start, sizes, end with its code', async () => {
    const events: string[] = [];
    const name = (method: { path: string }) => method.path.slice('/test.Echo/'.length);
    const served = await serve({
      observer: {
        started: (method, context) =>
          events.push(`start ${name(method)} ${context.metadata('token') ?? '-'}`),
        received: (method, bytes) => events.push(`in ${name(method)} ${bytes}`),
        sent: (method, bytes) => events.push(`out ${name(method)} ${bytes}`),
        ended: (method, code) => events.push(`end ${name(method)} ${code}`),
      },
    });
    const client = new Client(`127.0.0.1:${served.port}`);
    await client.unary('Unary', 'four', { metadata: { token: 't' } });
    await client.unary('Size', '9000');
    await client.unary('Fail', '{"code":5,"message":"m"}');
    await drain(client.serverStream('Count', '2 3'));
    await client.unary('Hang', '', { cancelAfterMs: 20 });
    await client.unary('Unknown', '');
    while (!events.includes('end Hang 1')) await pause(5);
    assert.deepEqual(events, [
      ...['start Unary t', 'in Unary 4', 'out Unary 4', 'end Unary 0'],
      ...['start Size -', 'in Size 4', 'out Size 9000', 'end Size 0'],
      ...['start Fail -', 'in Fail 24', 'end Fail 5'],
      ...['start Count -', 'in Count 3', 'out Count 3', 'out Count 3', 'end Count 0'],
      ...['start Hang -', 'in Hang 0', 'end Hang 1'],
    ]);
    client.close();
    await served.close();
  });

  it('what a handler throws that is no status is shown', async () => {
    const shown: unknown[] = [];
    const served = await serve({ onUnexpectedError: (error) => shown.push(error) });
    const client = new Client(`127.0.0.1:${served.port}`);
    await client.unary('Throw', 'boom');
    await client.unary('Fail', '{"code":5,"message":"expected"}');
    assert.deepEqual(shown.map(String), ['Error: boom']);
    client.close();
    await served.close();
  });

  it('a call that half-closes with an empty frame is dispatched then', async () => {
    const served = await serve();
    const client = await RawClient.open(served.port);
    client.send(frame(headers, endHeaders, 1, block(grpcHeaders)), frame(data, 0, 1, message('later')));
    await client.ping();
    assert.ok(!client.frames.some((f) => f.id === 1 && f.type === headers));
    client.send(frame(data, endStream, 1));
    assert.deepEqual((await client.answer(1)).data, message('later'));
    client.close();
    await served.close();
  });
});
