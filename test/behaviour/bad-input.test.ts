import assert from 'node:assert/strict';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { TestClient } from '../support/grpc-client.ts';
import { type ServerProcess, startKvctl } from '../support/processes.ts';
import {
  END_HEADERS,
  END_STREAM,
  exchange,
  FRAME,
  frame,
  goAwayCode,
  headerBlock,
  message,
  PREFACE,
  requestHeaders,
  WireConnection,
} from '../support/wire-client.ts';

/**
 * One member, and everything a client can do wrong, by mistake or on purpose. After each test the member serves, has
 * every key it had, and nothing was added.
 */
const MAX_REQUEST_BYTES = 1_572_864;
const MAX_RECEIVE_BYTES = MAX_REQUEST_BYTES + 512 * 1024;
const PUT = rpc.KVService.put.path;
const WATCH = rpc.WatchService.watch.path;
const MIB = 1024 * 1024;

const bytes = (...parts: number[]): Buffer => Buffer.from(parts);

async function fails(promise: Promise<unknown>, code: number, details: string): Promise<void> {
  await assert.rejects(promise, (error: { code: number; details: string }) => {
    assert.deepEqual([error.code, error.details], [code, details]);
    return true;
  });
}

describe('bad input', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let c: TestClient;
  let kept: unknown;

  /** Revision, hash and keys. A read through the log's read index, so the member has to be alive in every part. */
  const everything = async (): Promise<unknown> => {
    const { header, kvs } = await c.prefix('kept/');
    const { hash } = await c.call(rpc.MaintenanceService.hashKV, {});
    return { revision: header!.revision, hash, keys: kvs.map((kv) => [`${kv.key}`, `${kv.value}`]) };
  };

  before(async () => {
    server = await startKvctl();
    c = new TestClient(server.endpoint);
    for (let i = 0; i < 100; i++) await c.put(`kept/${i}`, String(i));
    await c.call(rpc.KVService.compact, { revision: 50, physical: true });
    kept = await everything();
  });

  after(async () => {
    c?.close();
    await server?.dispose();
  });

  afterEach('the member has what it had', async () => {
    assert.equal(server.exitCode(), null, server.log());
    assert.deepEqual(await everything(), kept);
  });

  it('a request that is too large is refused, and the log says how large it was', async () => {
    const value = Buffer.alloc(MAX_REQUEST_BYTES + 100);
    await fails(c.put('big', value), 3, 'etcdserver: request is too large');
    const line = server
      .log()
      .split('\n')
      .find((l) => l.includes('"msg":"request is too large"'));
    assert(line, 'no line in the log');
    const { 'request-size-bytes': size, 'max-request-bytes': limit } = JSON.parse(line);
    assert.equal(limit, MAX_REQUEST_BYTES);
    assert(size > value.length && size < value.length + 100, `size ${size}`);
  });

  it('a message beyond what is received at all is refused before it is read', async () => {
    const value = Buffer.alloc(MAX_RECEIVE_BYTES);
    await assert.rejects(c.put('big', value), (error: { code: number; details: string }) => {
      assert.equal(error.code, 8);
      assert.match(error.details, /^grpc: received message larger than max \(20971\d\d vs\. 2097152\)$/);
      return true;
    });
  });

  it('unknown leases, revisions to come and revisions gone', async () => {
    const future = 'etcdserver: mvcc: required revision is a future revision';
    const compacted = 'etcdserver: mvcc: required revision has been compacted';
    const noLease = 'etcdserver: requested lease not found';
    await fails(c.put('x', '', { lease: 99n }), 5, noLease);
    await fails(c.put('x', '', { lease: -(2n ** 63n) }), 5, noLease);
    await fails(c.call(rpc.LeaseService.leaseRevoke, { ID: 99n }), 5, noLease);
    for (const revision of [102, Number.MAX_SAFE_INTEGER]) {
      await fails(c.range('x', { revision }), 11, future);
      await fails(c.call(rpc.KVService.compact, { revision }), 11, future);
      await fails(c.call(rpc.MaintenanceService.hashKV, { revision }), 11, future);
    }
    await fails(c.range('x', { revision: 49 }), 11, compacted);
    await fails(c.call(rpc.KVService.compact, { revision: 50 }), 11, compacted);
    await fails(c.call(rpc.MaintenanceService.hashKV, { revision: 49 }), 11, compacted);
  });

  it('no keys, and keys that are no keys', async () => {
    const noKey = 'etcdserver: key is not provided';
    await fails(c.put('', 'x'), 3, noKey);
    await fails(c.range(''), 3, noKey);
    await fails(c.range('', { rangeEnd: bytes(0) }), 3, noKey);
    await fails(c.del('', { rangeEnd: bytes(0) }), 3, noKey);
    await fails(c.txn({ compare: [rpc.Compare.create({})] }), 3, noKey);
    await fails(c.range('a', { sortOrder: 9 }), 3, 'etcdserver: invalid sort option');
  });

  it('messages that are no protobuf, and bytes that are no message', async () => {
    const connection = await WireConnection.open(server.endpoint);
    const key = bytes(0x0a, 1, 0x61);
    const rows: [string, string, Uint8Array, number, RegExp, Record<string, string>?][] = [
      ['length beyond the end', PUT, message(bytes(0x0a, 0x7f)), 13, /^grpc: error unmarshalling request: /],
      ['length without an end', WATCH, message(bytes(0x0a, 0xff, 0xff)), 13, /unmarshal/],
      ['group', PUT, message(bytes(0x0b)), 13, /unmarshal/],
      ['field 0', PUT, message(bytes(0x02, 0)), 13, /unmarshal/],
      ['endless varint', PUT, message(bytes(0x18, ...Array<number>(12).fill(255), 1)), 13, /unmarshal/],
      ['cut-off varint', PUT, message(bytes(0x18, 255)), 13, /unmarshal/],
      ['cut-off message', PUT, message(key, 10), 13, /unexpected EOF/],
      ['no message', PUT, Buffer.alloc(0), 13, /./],
      ['two messages', PUT, Buffer.concat([message(key), message(key)]), 13, /./],
      ['4 GiB announced', PUT, message(key, 0xffffffff), 8, /larger than max \(4294967295 vs\. 2097152\)/],
      ['compressed by nothing', PUT, message(key, 3, 1), 13, /compressed flag set/],
      ['payload format 7', PUT, message(key, 3, 7), 13, /unexpected payload format 7/],
      ['gzip that is none', PUT, message(key, 3, 1), 13, /decompress/, { 'grpc-encoding': 'gzip' }],
      [
        'zip9',
        PUT,
        message(key, 3, 1),
        12,
        /not installed for grpc-encoding "zip9"/,
        { 'grpc-encoding': 'zip9' },
      ],
      [
        'method',
        '/etcdserverpb.KV/Nope',
        message(key),
        12,
        /^unknown method Nope for service etcdserverpb\.KV$/,
      ],
      ['service', '/a.B/C', message(key), 12, /^unknown service a\.B$/],
      ['path', '/a', message(key), 12, /^malformed method name/],
    ];
    for (const [label, path, body, code, details, headers] of rows) {
      const end = await connection.whole(path, body, headers);
      assert.equal(end.code, code, `${label}: ${JSON.stringify(end)}`);
      assert.match(end.details, details, label);
    }
    const notGrpc = await connection.whole(PUT, message(key), { 'content-type': 'text/plain' });
    assert.equal(notGrpc.httpStatus, 415);
    // The connection has survived it all.
    const fine = await connection.whole(rpc.KVService.range.path, message(key));
    assert.deepEqual([fine.httpStatus, fine.code], [200, 0]);
    connection.vanish();
  });

  it('frames that break HTTP/2 end their connection with its error code', async () => {
    const { DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, WINDOW_UPDATE, CONTINUATION } = FRAME;
    const [PROTOCOL, FLOW_CONTROL, FRAME_SIZE, COMPRESSION] = [1, 3, 6, 9];
    const block = headerBlock(requestHeaders(PUT));
    const whole = END_HEADERS | END_STREAM;
    const settings = frame(SETTINGS, 0, 0);
    const rows: [string, number, ...Buffer[]][] = [
      ['no settings first', PROTOCOL, frame(PING, 0, 0, Buffer.alloc(8))],
      ['frame of 1 MiB', FRAME_SIZE, settings, frame(DATA, 0, 1, Buffer.alloc(0), MIB)],
      ['data on the connection', PROTOCOL, settings, frame(DATA, 0, 0, bytes(1))],
      ['data on an idle stream', PROTOCOL, settings, frame(DATA, 0, 7, bytes(1))],
      ['request on an even stream', PROTOCOL, settings, frame(HEADERS, whole, 2, block)],
      ['request on stream 0', PROTOCOL, settings, frame(HEADERS, whole, 0, block)],
      ['header block of garbage', COMPRESSION, settings, frame(HEADERS, whole, 1, Buffer.alloc(9, 0xff))],
      ['header index 0', COMPRESSION, settings, frame(HEADERS, whole, 1, bytes(0x80))],
      ['settings of five bytes', FRAME_SIZE, frame(SETTINGS, 0, 0, Buffer.alloc(5))],
      ['settings on a stream', PROTOCOL, frame(SETTINGS, 0, 1)],
      ['window of 2^31', FLOW_CONTROL, frame(SETTINGS, 0, 0, bytes(0, 4, 0x80, 0, 0, 0))],
      ['ping of seven bytes', FRAME_SIZE, settings, frame(PING, 0, 0, Buffer.alloc(7))],
      ['window grown by nothing', PROTOCOL, settings, frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(4))],
      ['window overflow', FLOW_CONTROL, settings, frame(WINDOW_UPDATE, 0, 0, bytes(0x7f, 255, 255, 255))],
      ['continuation of nothing', PROTOCOL, settings, frame(CONTINUATION, END_HEADERS, 1, block)],
      [
        'a ping inside a header block',
        PROTOCOL,
        settings,
        frame(HEADERS, END_STREAM, 1, block.subarray(0, 10)),
        frame(PING, 0, 0, Buffer.alloc(8)),
      ],
      ['push from a client', PROTOCOL, settings, frame(PUSH_PROMISE, END_HEADERS, 1, Buffer.alloc(8))],
      ['reset of an idle stream', PROTOCOL, settings, frame(RST_STREAM, 0, 9, Buffer.alloc(4))],
      [
        'more padding than frame',
        PROTOCOL,
        settings,
        frame(HEADERS, END_HEADERS, 1, block),
        frame(DATA, 8, 1, bytes(9, 1, 2)),
      ],
    ];
    await Promise.all(
      rows.map(async ([label, code, ...frames]) => {
        const { frames: got, closed } = await exchange(server.endpoint, Buffer.concat([PREFACE, ...frames]));
        assert.equal(closed, true, `${label}: still open`);
        assert.equal(goAwayCode(got), code, label);
      }),
    );
  });

  it('noise of every kind ends in a closed connection', async () => {
    // xorshift32: the same noise in every run.
    let seed = 20260101;
    const noise = (length: number): Buffer =>
      Buffer.from(
        Array.from({ length }, () => {
          seed ^= seed << 13;
          seed ^= seed >>> 17;
          seed ^= seed << 5;
          return seed & 255;
        }),
      );
    const settings = frame(FRAME.SETTINGS, 0, 0);
    const request = frame(FRAME.HEADERS, END_HEADERS, 1, headerBlock(requestHeaders(PUT)));
    const starts = [
      Buffer.alloc(0),
      PREFACE,
      Buffer.concat([PREFACE, settings]),
      Buffer.concat([PREFACE, settings, request]),
    ];
    const ends = await Promise.all(
      Array.from({ length: 80 }, (_, i) =>
        exchange(server.endpoint, Buffer.concat([starts[i % starts.length], noise(20_000)])),
      ),
    );
    assert.equal(ends.filter(({ closed }) => closed).length, ends.length);
  });
});
