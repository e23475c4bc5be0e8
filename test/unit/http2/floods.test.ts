/** What a client could do at no cost to itself: each flood meets its limit, by name (src/transport/http2/limits.ts). */
import assert from 'node:assert/strict';
import { ErrorCode, Flag, FrameType, Setting } from '../../../src/transport/http2/constants.ts';
import { type Http2Limits, RateLimiter } from '../../../src/transport/http2/limits.ts';
import { serve } from './support/echo.ts';
import { block, frame, grpcHeaders, message, RawClient, setting, uint32 } from './support/raw-client.ts';

const { data, headers, settings, rstStream, ping, priority, continuation, windowUpdate } = FrameType;
const { endStream, endHeaders } = Flag;
const hanging = block({ ...grpcHeaders, ':path': '/test.Echo/Hang' });
const few = { burst: 20, perSecond: 1 };

interface Flood {
  readonly name: string;
  readonly limits: Partial<Http2Limits>;
  readonly frames: (i: number) => Buffer[];
  readonly debug: RegExp;
}

const floods: readonly Flood[] = [
  {
    name: 'rapid reset (CVE-2023-44487)',
    limits: { rapidResets: few },
    frames: (i) => [
      frame(headers, endHeaders, 2 * i + 1, hanging),
      frame(rstStream, 0, 2 * i + 1, uint32(8)),
    ],
    debug: /rapidResets/,
  },
  {
    name: 'resets provoked from the server (CVE-2025-8671)',
    limits: { rapidResets: few },
    frames: (i) => [
      frame(headers, endHeaders, 2 * i + 1, hanging),
      frame(windowUpdate, 0, 2 * i + 1, uint32(0)),
    ],
    debug: /rapidResets/,
  },
  {
    name: 'malformed requests',
    limits: { rapidResets: few },
    frames: (i) => [frame(headers, endHeaders, 2 * i + 1, block({ ':method': 'POST' }))],
    debug: /rapidResets/,
  },
  {
    name: 'SETTINGS (CVE-2019-9515)',
    limits: { settingsFrames: few },
    frames: () => [frame(settings, 0, 0, setting(Setting.initialWindowSize, 1000))],
    debug: /settingsFrames/,
  },
  {
    name: 'PING with a call under way (CVE-2019-9512)',
    limits: { pings: few },
    frames: (i) => [
      ...(i === 0
        ? [frame(headers, endHeaders, 1, block({ ...grpcHeaders, ':path': '/test.Echo/Chat' }))]
        : []),
      // each message is answered, which wipes out the strikes of gRPC's own policy
      frame(data, 0, 1, message('x')),
      frame(ping, 0, 0, Buffer.alloc(8)),
    ],
    debug: /pings/,
  },
  {
    name: 'empty DATA (CVE-2019-9518)',
    limits: { emptyFrames: few },
    frames: (i) => [...(i === 0 ? [frame(headers, endHeaders, 1, hanging)] : []), frame(data, 0, 1)],
    debug: /emptyFrames/,
  },
  {
    name: 'PRIORITY (CVE-2019-9513)',
    limits: { ignoredFrames: few },
    frames: () => [frame(priority, 0, 1, '0000000010')],
    debug: /ignoredFrames/,
  },
  {
    name: 'unknown frames',
    limits: { ignoredFrames: few },
    frames: () => [frame(0xbe, 0, 0, 'ef')],
    debug: /ignoredFrames/,
  },
  {
    name: 'CONTINUATION (CVE-2024-27316)',
    limits: { maxContinuationFrames: 8 },
    frames: (i) =>
      i === 0 ? [frame(headers, 0, 1, hanging)] : [frame(continuation, 0, 1, block({ [`x-${i}`]: 'y' }))],
    debug: /too many CONTINUATION/,
  },
  {
    name: 'a header block without end',
    limits: { maxHeaderBlockBytes: 10_000 },
    frames: (i) =>
      i === 0 ? [frame(headers, 0, 1, hanging)] : [frame(continuation, 0, 1, Buffer.alloc(3000))],
    debug: /header block too large/,
  },
];

describe('HTTP/2: floods', () => {
  for (const flood of floods) {
    it(flood.name, async () => {
      const served = await serve({ limits: flood.limits });
      const client = await RawClient.open(served.port);
      for (let i = 0; i < 60; i++) client.send(...flood.frames(i));
      const { code, debug } = await client.goaway();
      assert.equal(code, ErrorCode.enhanceYourCalm);
      assert.match(debug, flood.debug);
      await client.untilEnded();
      await served.close();
    });
  }

  it('more streams than announced are refused, and only those', async () => {
    const served = await serve({ limits: { maxConcurrentStreams: 3 } });
    const client = await RawClient.open(served.port);
    for (const id of [1, 3, 5, 7]) client.send(frame(headers, endHeaders, id, hanging));
    assert.equal(await client.resetOf(7), ErrorCode.refusedStream);
    client.send(frame(rstStream, 0, 1, uint32(8)), frame(headers, endHeaders, 9, block(grpcHeaders)));
    client.send(frame(data, endStream, 9, message('room again')));
    assert.equal((await client.answer(9)).headers['grpc-status'], '0');
    client.close();
    await served.close();
  });

  it('a header list larger than announced is answered with 431, and the table stays in step', async () => {
    const served = await serve({ limits: { maxHeaderListBytes: 2000 } });
    const client = await RawClient.open(served.port);
    // An indexed field of 1000 bytes, three times: small on the wire.
    const field = Buffer.concat([Buffer.from('4003782d617fe906', 'hex'), Buffer.alloc(1000, 0x61)]);
    const big = Buffer.concat([block(grpcHeaders), field, Buffer.from([0xbe, 0xbe])]);
    client.send(frame(headers, endHeaders | endStream, 1, big));
    assert.equal((await client.answer(1)).headers[':status'], '431');
    client.send(frame(headers, endHeaders, 3, Buffer.concat([block(grpcHeaders), Buffer.from([0xbe])])));
    client.send(frame(data, endStream, 3, message('x')));
    assert.equal((await client.answer(3)).headers['grpc-status'], '0');
    client.close();
    await served.close();
  });

  it('answers that wait for a closed window are bounded: new streams are refused', async () => {
    const served = await serve({ limits: { maxQueuedBytes: 50_000 } });
    const client = await RawClient.open(served.port, setting(Setting.initialWindowSize, 0));
    const large = block({ ...grpcHeaders, ':path': '/test.Echo/Size' });
    for (let id = 1; id <= 13; id += 2) {
      client.send(frame(headers, endHeaders, id, large), frame(data, endStream, id, message('10000')));
    }
    assert.equal(await client.resetOf(13), ErrorCode.refusedStream);
    // What waits is let go with its stream, and there is room again.
    client.send(...[1, 3, 5, 7, 9].map((id) => frame(rstStream, 0, id, uint32(8))));
    client.send(frame(settings, 0, 0, setting(Setting.initialWindowSize, 65_535)));
    client.send(frame(headers, endHeaders, 15, block(grpcHeaders)), frame(data, endStream, 15, message('x')));
    assert.equal((await client.answer(15)).headers['grpc-status'], '0');
    client.close();
    await served.close();
  });

  it('messages that never come whole are bounded on a connection', async () => {
    const served = await serve({ maxReceiveBytes: 20_000, maxPartialBytes: 30_000 });
    const client = await RawClient.open(served.port);
    const part = Buffer.concat([message(Buffer.alloc(20_000)).subarray(0, 12_000)]);
    for (const id of [1, 3, 5])
      client.send(frame(headers, endHeaders, id, hanging), frame(data, 0, id, part));
    assert.equal((await client.answer(5)).headers['grpc-status'], '8');
    client.send(
      frame(rstStream, 0, 1, uint32(8)),
      frame(headers, endHeaders, 7, hanging),
      frame(data, 0, 7, part),
    );
    await client.ping();
    assert.ok(!client.frames.some((f) => f.id === 7));
    client.close();
    await served.close();
  });

  it('control frames that nobody takes end the connection', async () => {
    const served = await serve({
      limits: {
        maxQueuedControlFrames: 100,
        rapidResets: { burst: 1e9, perSecond: 1e9 },
        maxUnsentBytes: 1e9,
      },
    });
    const client = await RawClient.open(served.port);
    client.pause();
    const frames: Buffer[] = [];
    for (let i = 0; i < 5000; i++)
      frames.push(frame(headers, endHeaders, 2 * i + 1, block({ ':method': 'POST' })));
    client.send(...frames);
    client.resume();
    await client.untilEnded();
    client.close();
    await served.close();
  });
});

describe('RateLimiter', () => {
  it('allows a burst, then its rate', () => {
    const limiter = new RateLimiter({ burst: 3, perSecond: 10 }, 0);
    assert.deepEqual(
      [0, 0, 0, 0].map((now) => limiter.take(now)),
      [true, true, true, false],
    );
    assert.equal(limiter.take(50), false);
    assert.equal(limiter.take(101), true);
    assert.equal(limiter.take(102), false);
    assert.deepEqual(
      [5000, 5000, 5000, 5000].map((now) => limiter.take(now)),
      [true, true, true, false],
    );
  });
});
