/** More comes at once than one turn of the event loop should take in. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientPreface, Flag, FrameType } from '../../../src/transport/http2/constants.ts';
import { type Served, serve } from './support/echo.ts';
import { block, frame, grpcHeaders, message, RawClient } from './support/raw-client.ts';

const CONNECTIONS = 40;
const CALLS = 10;
/** What one request costs the server. */
const WORK_MS = 1;

function calls(): Buffer[] {
  const list = block({ ...grpcHeaders, ':path': '/test.Work/Unary' });
  return Array.from({ length: CALLS }, (_, i) =>
    Buffer.concat([
      frame(FrameType.headers, Flag.endHeaders, 2 * i + 1, list),
      frame(FrameType.data, Flag.endStream, 2 * i + 1, message(`call ${i}`)),
    ]),
  );
}

/** The longest time that a timer of 1 ms was late, until `work` is done. */
async function longestPause(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await work;
  clearInterval(timer);
  return longest;
}

describe('HTTP/2: what comes in one turn', () => {
  let served: Served;
  let order: string[];

  beforeEach(async () => {
    order = [];
    served = await serve({
      methods: [
        {
          kind: 'unary',
          path: '/test.Work/Unary',
          decode: (bytes) => Buffer.from(bytes).toString(),
          encode: (text: string) => Buffer.from(text),
          handle(request, _context, reply) {
            for (const end = performance.now() + WORK_MS; performance.now() < end; );
            order.push(request as string);
            reply(undefined, request as string);
          },
        },
      ],
    });
  });
  afterEach(() => served.close());

  /** Connections that have said nothing; the loop accepts one a turn. */
  async function accepted(): Promise<RawClient[]> {
    const clients = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => RawClient.connect(served.port)),
    );
    await sleep(100);
    return clients;
  }

  it('is taken in over several turns, all of it and in order', async function () {
    this.timeout(20_000);
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawClient.open(served.port)));
    for (const client of clients) await client.ping();
    for (const client of clients) client.send(...calls());
    const last = 2 * CALLS - 1;
    const pause = await longestPause(Promise.all(clients.map((client) => client.answer(last))));
    assert.ok(pause < (CONNECTIONS * CALLS * WORK_MS) / 2, `a pause of ${pause} ms`);
    for (const client of clients)
      for (let i = 0; i < CALLS; i++)
        assert.equal((await client.answer(2 * i + 1)).data.toString('latin1', 5), `call ${i}`);
    for (const client of clients) client.close();
  });

  it('is taken in so also from clients whose first words are a crowd of calls', async function () {
    this.timeout(20_000);
    const clients = await accepted();
    for (const client of clients) client.send(clientPreface, frame(FrameType.settings, 0, 0), ...calls());
    const last = 2 * CALLS - 1;
    const pause = await longestPause(Promise.all(clients.map((client) => client.answer(last))));
    assert.ok(pause < (CONNECTIONS * CALLS * WORK_MS) / 2, `a pause of ${pause} ms`);
    assert.equal(order.length, CONNECTIONS * CALLS);
    for (const client of clients) client.close();
  });

  it('does no harm where a client has gone before its first words are heard', async () => {
    const clients = await accepted();
    for (const client of clients) client.send(clientPreface, frame(FrameType.settings, 0, 0), ...calls());
    await new Promise((resolve) => setImmediate(resolve));
    for (const client of clients.slice(1)) client.close();
    assert.equal((await clients[0].answer(2 * CALLS - 1)).headers['grpc-status'], '0');
    clients[0].close();
  });

  it('does no harm where the connection is gone before its turn', async () => {
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawClient.open(served.port)));
    for (const client of clients) await client.ping();
    for (const client of clients) client.send(...calls());
    await new Promise((resolve) => setImmediate(resolve));
    for (const client of clients.slice(1)) client.close();
    assert.equal((await clients[0].answer(2 * CALLS - 1)).headers['grpc-status'], '0');
    const after = await RawClient.open(served.port);
    after.send(calls()[0]);
    assert.equal((await after.answer(1)).headers['grpc-status'], '0');
    after.close();
    clients[0].close();
  });
});
