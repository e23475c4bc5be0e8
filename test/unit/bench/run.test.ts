import assert from 'node:assert/strict';
import { targetsOf } from '../../../src/bench/cluster.ts';
import type { LoadSpec } from '../../../src/bench/loads/load.ts';
import { startWorker } from '../../../src/bench/main.ts';
import { run } from '../../../src/bench/threads.ts';
import { KVService, PutRequest, PutResponse } from '../../../src/core/wire/gen/rpc.ts';
import { serve } from '../http2/support/echo.ts';

type Put = (request: PutRequest) => number | Error;

/** A server whose puts are answered after so many milliseconds, or fail. */
function puts(handle: Put) {
  return serve({
    methods: [
      {
        kind: 'unary',
        path: KVService.put.path,
        decode: PutRequest.decode,
        encode: PutResponse.encode,
        handle: (request: PutRequest, _context, reply) => {
          const outcome = handle(request);
          if (typeof outcome === 'number') setTimeout(() => reply(undefined, PutResponse.create()), outcome);
          else reply({ code: 8, message: outcome.message });
        },
      },
    ],
  });
}

const PUT: LoadSpec = { kind: 'put', keySize: 8, valSize: 16, keySpaceSize: 100, sequentialKeys: true };

async function drive(
  port: number,
  shape: { clients: number; total: number; rate: number; connections?: number },
  stop = new AbortController().signal,
) {
  const [{ summary }] = await run(
    {
      targets: targetsOf({ endpoints: [`127.0.0.1:${port}`] }),
      token: '',
      dialTimeoutMs: 1000,
      connections: 1,
      load: PUT,
      sample: false,
      share: { offset: 0, stride: 1 },
      ...shape,
    },
    { threads: 1, startWorker, stop, progress: () => {} },
  );
  return summary;
}

describe('a run', () => {
  it('sends each key in turn, each request once, over all connections', async () => {
    const keys: string[] = [];
    const server = await puts(({ key, value }) => {
      assert.equal(value.length, 16);
      keys.push(Buffer.from(key).toString());
      return 0;
    });
    const summary = await drive(server.port, { clients: 7, total: 250, rate: 0, connections: 3 });
    await server.close();
    assert.equal(summary.count, 250);
    assert.deepEqual(
      keys.sort(),
      Array.from({ length: 250 }, (_, i) => String(i % 100).padStart(8, '0')).sort(),
    );
  });

  it('counts failures by their text, and goes on', async () => {
    let n = 0;
    const server = await puts(() => (n++ % 2 === 0 ? 0 : new Error('too much')));
    const summary = await drive(server.port, { clients: 1, total: 10, rate: 0 });
    await server.close();
    assert.equal(summary.count, 5);
    assert.deepEqual(summary.errors, [{ text: 'ResourceExhausted: too much', count: 5 }]);
  });

  it('with a rate, one stall is in the latency of all that it held up', async () => {
    let n = 0;
    const server = await puts(() => (n++ === 0 ? 300 : 0));
    const summary = await drive(server.port, { clients: 1, total: 60, rate: 200 });
    await server.close();
    const at = (percent: number) => summary.percentiles.find((each) => each.percent === percent)!.seconds;
    const service = summary.service!.percentiles.find((each) => each.percent === 75)!.seconds;
    assert.equal(summary.count, 60);
    assert.ok(at(50) > 0.1, `half of the requests waited, by the report ${at(50)} s`);
    assert.ok(service < 0.1, `from sending on it was quick: ${service} s`);
  });

  it('is never ahead of its rate', async () => {
    const arrivals: number[] = [];
    const server = await puts(() => {
      arrivals.push(performance.now());
      return 0;
    });
    const since = performance.now();
    const summary = await drive(server.port, { clients: 10, total: 200, rate: 500 });
    await server.close();
    assert.equal(summary.count, 200);
    arrivals.forEach((at, n) => {
      assert.ok(at - since >= (n * 1000) / 500, `request ${n} came after ${at - since} ms`);
    });
    assert.ok(summary.requestsPerSecond < 510);
  });

  it('ends early when it is told to, and reports what it has', async () => {
    const server = await puts(() => 1);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const summary = await drive(server.port, { clients: 2, total: 1e9, rate: 0 }, stop.signal);
    await server.close();
    assert.ok(summary.count > 10 && summary.total < 5);
  });

  it('ends when its connections are lost', async () => {
    const server = await puts(() => 1);
    setTimeout(() => void server.close(), 100);
    const summary = await drive(server.port, { clients: 4, total: 1e9, rate: 0, connections: 2 });
    assert.ok(summary.count > 10);
    assert.match(summary.errors.map(({ text }) => text).join(), /ended early: /);
  });
});
