import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { Socket } from 'node:net';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { TestClient } from '../support/grpc-client.ts';
import { type ServerProcess, startKvctl, until } from '../support/processes.ts';
import {
  END_HEADERS,
  FRAME,
  frame,
  headerBlock,
  MessageReader,
  message,
  open,
  PREFACE,
  requestHeaders,
  WireConnection,
} from '../support/wire-client.ts';

const WATCH = rpc.WatchService.watch.path;
const MIB = 1024 * 1024;

const bytes = (...parts: number[]): Buffer => Buffer.from(parts);
const createWatch = (fields: Partial<rpc.WatchCreateRequest>): Uint8Array =>
  rpc.WatchRequest.encode(rpc.WatchRequest.create({ createRequest: rpc.WatchCreateRequest.create(fields) }));

/** Memory of the process that is its own: pages of mapped files, LMDB's above all, are not counted. Linux only. */
function ownMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

/** The least of several looks: what garbage collection has not come to yet is no leak. */
async function settledMemory(pid: number): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < 4; look++) {
    least = Math.min(least, ownMemory(pid));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return least;
}

async function gauge(endpoint: string, name: string): Promise<number> {
  const body = await new Promise<string>((resolve, reject) => {
    get(`http://${endpoint}/metrics`, { agent: false }, (response) => {
      let all = '';
      response.on('data', (chunk: Buffer) => {
        all += chunk;
      });
      response.on('end', () => resolve(all));
    }).on('error', reject);
  });
  const line = body.split('\n').find((l) => l.startsWith(`${name} `));
  assert(line, `no metric ${name}`);
  return Number(line.split(' ')[1]);
}

describe('clients that don’t read, and clients that vanish', function () {
  this.timeout(90_000);
  let server: ServerProcess;
  let c: TestClient;
  /** Sockets to be gone after each test, however it ended. */
  const sockets: Socket[] = [];

  before(async function () {
    if (!existsSync('/proc/self/status')) {
      console.log('      skipped: memory of another process is read from /proc');
      return this.skip();
    }
    server = await startKvctl();
    c = new TestClient(server.endpoint);
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  after(async () => {
    c?.close();
    await server?.dispose();
  });

  const VALUE = Buffer.alloc(1024, 'v');

  async function openConnection(): Promise<WireConnection> {
    const connection = await WireConnection.open(server.endpoint);
    sockets.push(connection.socket);
    return connection;
  }

  async function putMany(count: number): Promise<{ readonly first: number; readonly last: number }> {
    const first = (await c.put('slow/0', VALUE)).header!.revision;
    let last = first;
    for (let i = 1; i < count; i += 100) {
      const puts = Array.from({ length: Math.min(100, count - i) }, (_, j) =>
        c.put(`slow/${(i + j) % 100}`, VALUE),
      );
      last = (await Promise.all(puts)).at(-1)!.header!.revision;
    }
    return { first, last };
  }

  it('a watch that nobody reads costs a bounded queue, the others go on, and nothing is lost', async () => {
    const PUTS = 20_000;
    const SLOW = 12;
    /** Far below what unbounded queues would hold: 12 times 20 MB. */
    const MAX_GROWTH_BYTES = 70 * MIB;
    await putMany(PUTS / 2);
    const before = await settledMemory(server.pid);

    const spec = createWatch({ key: Buffer.from('slow/'), rangeEnd: Buffer.from('slow0') });
    // Half of them stop at HTTP/2's windows, half open the windows wide and let TCP fill up.
    const paused = await Promise.all(
      Array.from({ length: SLOW / 2 }, async () => {
        const connection = await openConnection();
        const stream = connection.call(WATCH);
        stream.write(message(spec));
        stream.pause();
        return { connection, stream };
      }),
    );
    const deaf = await Promise.all(Array.from({ length: SLOW / 2 }, () => deafWatch(spec)));
    const reading = c.bidi(rpc.WatchService.watch);
    let events = 0;
    reading.on('error', () => {});
    reading.on('data', (response: rpc.WatchResponse) => {
      events += response.events.length;
    });
    reading.write(rpc.WatchRequest.decode(spec));
    await until(
      async () => (await gauge(server.endpoint, 'etcd_debugging_mvcc_watcher_total')) === SLOW + 1,
      10_000,
      () => 'the watches are not there',
    );

    const { first, last } = await putMany(PUTS);
    await until(
      () => events === PUTS,
      10_000,
      () => `the client that reads got ${events} of ${PUTS} events`,
    );
    const growth = (await settledMemory(server.pid)) - before;
    assert(growth < MAX_GROWTH_BYTES, `${Math.round(growth / MIB)} MiB more`);

    const [late] = paused;
    const revisions = await readRevisions(late.stream, last);
    assert.equal(revisions.length, PUTS);
    assert(
      revisions.every((revision, i) => revision === first + i),
      'an event is missing, doubled or out of order',
    );
    reading.cancel();
    for (const { connection } of paused) connection.vanish();
    for (const socket of deaf) socket.destroy();
    await nobodyWatches();
  });

  /** A watch whose client grants the largest windows there are and then never reads its socket. */
  async function deafWatch(spec: Uint8Array): Promise<Socket> {
    const socket = await open(server.endpoint);
    sockets.push(socket);
    socket.pause();
    const largest = bytes(0x7f, 0xff, 0xff, 0xff);
    socket.write(
      Buffer.concat([
        PREFACE,
        frame(FRAME.SETTINGS, 0, 0, Buffer.concat([bytes(0, 4), largest])),
        frame(FRAME.WINDOW_UPDATE, 0, 0, bytes(0x7f, 0xff, 0, 0)),
        frame(FRAME.HEADERS, END_HEADERS, 1, headerBlock(requestHeaders(WATCH))),
        frame(FRAME.DATA, 0, 1, message(spec)),
      ]),
    );
    return socket;
  }

  function readRevisions(stream: NodeJS.ReadableStream, last: number): Promise<number[]> {
    return new Promise((resolve) => {
      const reader = new MessageReader();
      const revisions: number[] = [];
      stream.on('data', (chunk: Buffer) => {
        for (const body of reader.push(chunk)) {
          for (const event of rpc.WatchResponse.decode(body).events) revisions.push(event.kv!.modRevision);
        }
        if (revisions.at(-1) === last) resolve(revisions);
      });
      stream.resume();
    });
  }

  async function nobodyWatches(): Promise<void> {
    for (const name of ['etcd_debugging_mvcc_watcher_total', 'etcd_debugging_mvcc_watch_stream_total']) {
      let value = -1;
      await until(
        async () => {
          value = await gauge(server.endpoint, name);
          return value === 0;
        },
        10_000,
        () => `${name} is ${value}`,
      );
    }
  }

  it('ten thousand watchers that vanish leave nothing behind', async () => {
    const [CONNECTIONS, STREAMS, WATCHES] = [10, 10, 100];
    const ROUNDS = 3;
    const all = CONNECTIONS * STREAMS * WATCHES;
    const MAX_GROWTH_BYTES = 30 * MIB;
    const settled: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const connections = await Promise.all(Array.from({ length: CONNECTIONS }, openConnection));
      connections.forEach((connection, n) => {
        for (let s = 0; s < STREAMS; s++) {
          const stream = connection.call(WATCH);
          stream.on('data', () => {});
          const creates = Array.from({ length: WATCHES }, (_, w) =>
            message(
              createWatch({
                key: Buffer.from(`vanish/${n}/${s}/${w}`),
                rangeEnd: bytes(...(w % 2 ? [0] : [])),
              }),
            ),
          );
          stream.write(Buffer.concat(creates));
        }
      });
      let value = 0;
      await until(
        async () => {
          value = await gauge(server.endpoint, 'etcd_debugging_mvcc_watcher_total');
          return value === all;
        },
        15_000,
        () => `${value} of ${all} watchers`,
      );
      await c.put('vanish/0/0/0', 'seen');
      for (const connection of connections) connection.vanish();
      await nobodyWatches();
      settled.push(await settledMemory(server.pid));
    }
    // The first round fills pools and caches that stay.
    const growth = settled[ROUNDS - 1] - settled[0];
    assert(growth < MAX_GROWTH_BYTES, settled.map((b) => `${Math.round(b / MIB)} MiB`).join(', '));
    assert.equal(`${(await c.range('vanish/0/0/0')).kvs[0].value}`, 'seen');
    assert.equal((await c.prefix('slow/', { countOnly: true })).count, 100);
  });
});
