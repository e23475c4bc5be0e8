import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { utf8Text } from '../../../src/core/wire/bytes.ts';
import {
  KVService,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseService,
  MaintenanceService,
  RangeRequest,
  RangeResponse,
  SnapshotRequest,
  SnapshotResponse,
} from '../../../src/core/wire/gen/rpc.ts';
import type {
  CallContext,
  DuplexCall,
  DuplexMethod,
  Method,
  ServerStreamMethod,
  UnaryMethod,
} from '../../../src/services/method.ts';
import { gatewayHandler } from '../../../src/transport/http1/index.ts';
import { type Running, start } from './support.ts';

const MAX_RECEIVE_BYTES = 1000;

/** Answers with the key as it came; some keys fail. */
function range(seen: CallContext[]): UnaryMethod<RangeRequest, RangeResponse> {
  return {
    kind: 'unary',
    path: KVService.range.path,
    decode: RangeRequest.decode,
    encode: RangeResponse.encode,
    handle(request, context, reply) {
      seen.push(context);
      const key = utf8Text(request.key);
      if (key === 'hang') return;
      const code = /^fail (\d+)$/.exec(key)?.[1];
      if (code) reply({ code: Number(code), message: 'etcdserver: no' });
      else reply(undefined, RangeResponse.create({ count: request.limit, more: key === 'more' }));
    },
  };
}

function keepAlive(calls: DuplexCall<LeaseKeepAliveRequest>[]): DuplexMethod {
  return {
    kind: 'bidi',
    path: LeaseService.leaseKeepAlive.path,
    decode: LeaseKeepAliveRequest.decode,
    encode: LeaseKeepAliveResponse.encode,
    handler(call) {
      calls.push(call);
      call.onMessage(({ ID }) => {
        if (ID === 13n) call.end({ code: 5, message: 'etcdserver: requested lease not found' });
        else call.sendEncoded(LeaseKeepAliveResponse.encode(LeaseKeepAliveResponse.create({ ID, TTL: 9 })));
      });
      call.onEnd(() => call.end());
    },
  };
}

const snapshot: ServerStreamMethod = {
  kind: 'serverStream',
  path: MaintenanceService.snapshot.path,
  decode: SnapshotRequest.decode,
  encode: SnapshotResponse.encode,
  handler(_request, call) {
    let left = 20;
    const send = (): void => {
      while (left-- > 0) {
        const blob = Buffer.alloc(30_000, left);
        if (!call.sendEncoded(SnapshotResponse.encode(SnapshotResponse.create({ blob })))) {
          call.whenDrained(send);
          return;
        }
      }
      call.end();
    };
    send();
  },
};

describe('JSON gateway', () => {
  let gateway: Running;
  let contexts: CallContext[];
  let calls: DuplexCall<LeaseKeepAliveRequest>[];

  beforeEach(async () => {
    contexts = [];
    calls = [];
    const methods: Method[] = [range(contexts), keepAlive(calls), snapshot];
    const byPath = new Map(methods.map((method) => [method.path, method]));
    gateway = await start(gatewayHandler({ methods: byPath, maxReceiveBytes: MAX_RECEIVE_BYTES }));
  });
  afterEach(() => gateway.close());

  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    gateway.ask(path, { method: 'POST', body, headers });
  const key = (text: string): string => JSON.stringify({ key: Buffer.from(text).toString('base64') });

  it('answers a unary call', async () => {
    const { status, headers, text } = await post('/v3/kv/range', '{"key":"YQ==","limit":"7"}');
    assert.deepEqual([status, text], [200, '{"count":"7"}']);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['grpc-metadata-content-type'], 'application/grpc');
  });

  it('takes an empty body as {}, and looks only at the first value', async () => {
    assert.equal((await post('/v3/kv/range', '')).text, '{}');
    assert.equal((await post('/v3beta/kv/range', `${key('more')} and so on`)).text, '{"more":true}');
  });

  const statuses = [0, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];
  it('has an HTTP status for every code', async () => {
    for (let code = 1; code < statuses.length; code++) {
      const { status, headers, text } = await post('/v3/kv/range', key(`fail ${code}`));
      assert.deepEqual([status, text], [statuses[code], `{"code":${code},"message":"etcdserver: no"}`]);
      assert.equal(headers['www-authenticate'], code === 16 ? 'etcdserver: no' : undefined);
    }
  });

  it('refuses what is not there', async () => {
    const unknown = await post('/v3/kv/nosuch', '{}');
    assert.deepEqual([unknown.status, unknown.text], [404, '{"code":5,"message":"Not Found"}']);
    const method = await gateway.ask('/v3/kv/range');
    assert.deepEqual([method.status, method.text], [501, '{"code":12,"message":"Method Not Allowed"}']);
    const inherited = await post('/v3/constructor', '{}');
    assert.equal(inherited.status, 404);
    assert.equal((await post('/v3/kv/put', '{}')).status, 501);
  });

  it('refuses broken JSON', async () => {
    const { status, text } = await post('/v3/kv/range', '{"key":');
    assert.deepEqual([status, text], [400, '{"code":3,"message":"unexpected EOF"}']);
    assert.equal((await post('/v3/kv/range', '{"limit":"x"}')).status, 400);
  });

  it('refuses a request that is larger than gRPC would take', async () => {
    const { status, text } = await post('/v3/kv/range', key('x'.repeat(2000)));
    const message = 'grpc: received message larger than max (2003 vs. 1000)';
    assert.deepEqual([status, JSON.parse(text)], [429, { code: 8, message }]);
    const huge = await post('/v3/kv/range', `{"key":"${'YWFh'.repeat(300_000)}"}`);
    assert.equal(huge.status, 429);
  });

  it('hands metadata on', async () => {
    await post('/v3/kv/range', '{}', { Authorization: 'tok.7', 'Grpc-Metadata-Hasleader': 'true' });
    const [context] = contexts;
    assert.equal(context.metadata('authorization'), 'tok.7');
    assert.equal(context.metadata('hasleader'), 'true');
    assert.equal(context.metadata('token'), undefined);
    assert.equal(context.deadline, Number.POSITIVE_INFINITY);
  });

  it('keeps deadlines', async () => {
    const { status, text } = await post('/v3/kv/range', key('hang'), { 'Grpc-Timeout': '20m' });
    assert.deepEqual([status, text], [504, '{"code":4,"message":"context deadline exceeded"}']);
    assert.ok(contexts[0].cancelled);
    const bad = await post('/v3/kv/range', '{}', { 'Grpc-Timeout': 'zz' });
    assert.deepEqual([bad.status, bad.text], [400, '{"code":3,"message":"invalid grpc-timeout: zz"}']);
  });

  it('cancels the call of a client that goes away', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    const body = key('hang');
    socket.write(`POST /v3/kv/range HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    while (contexts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const cancelled = new Promise<void>((resolve) => contexts[0].onCancel(resolve));
    socket.destroy();
    await cancelled;
    assert.ok(contexts[0].cancelled);
  });

  it('streams: a line for each answer, and the end of the body is a half-close', async () => {
    const { status, text } = await post('/v3/lease/keepalive', '{"ID":77}{"ID":"78"}\n{"ID":79');
    assert.equal(status, 200);
    assert.equal(text, '{"result":{"ID":"77","TTL":"9"}}\n{"result":{"ID":"78","TTL":"9"}}\n');
  });

  it('streams: without an answer the end is an empty 200', async () => {
    const { status, text } = await post('/v3/lease/keepalive', '');
    assert.deepEqual([status, text], [200, '']);
  });

  it('streams: an error is the status before the first line, and a line after it', async () => {
    const error = '{"error":{"code":5,"message":"etcdserver: requested lease not found"}}\n';
    const early = await post('/v3/lease/keepalive', '{"ID":13}');
    assert.deepEqual([early.status, early.text], [404, error]);
    const late = await post('/v3/lease/keepalive', '{"ID":7}{"ID":13}{"ID":8}');
    assert.deepEqual([late.status, late.text], [200, `{"result":{"ID":"7","TTL":"9"}}\n${error}`]);
  });

  it('streams: a request that never ends is refused', async () => {
    const { status, text } = await post('/v3/lease/keepalive', `{"x":"${'y'.repeat(2_000_000)}`);
    assert.equal(status, 429);
    assert.match(text, /^\{"error":\{"code":8,"message":"grpc: received message larger than max/);
  });

  it('streams: answers come while the request is still open', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    const got: string[] = [];
    socket.on('data', (chunk) => got.push(chunk.toString()));
    socket.write(
      'POST /v3/lease/keepalive HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"ID":77}\r\n',
    );
    while (!got.join('').includes('"TTL":"9"')) await new Promise((resolve) => setTimeout(resolve, 5));
    const cancelled = new Promise<void>((resolve) => calls[0].onCancel(resolve));
    socket.destroy();
    await cancelled;
    assert.equal(calls[0].sendEncoded(new Uint8Array()), true);
  });

  it('streams: a large answer comes whole, at the pace of its reader', async () => {
    const { status, text } = await post('/v3/maintenance/snapshot', '{}');
    assert.equal(status, 200);
    const blobs = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { result: { blob: string } }).result.blob);
    assert.equal(blobs.length, 20);
    assert.equal(Buffer.from(blobs[0], 'base64').length, 30_000);
  });
});
