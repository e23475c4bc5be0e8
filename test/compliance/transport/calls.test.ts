/** What a gRPC client may count on, whatever server is behind the methods. */
import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http2';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as grpc from '@grpc/grpc-js';
import type { Method } from '../../../src/services/method.ts';
import type { GrpcContext } from '../../../src/transport/grpc/index.ts';
import { echoMethods } from '../../unit/http2/support/echo.ts';
import { message } from '../../unit/http2/support/raw-client.ts';
import { bare, Client, drain } from './support/client.ts';
import { maxReceiveBytes, type Running, worlds } from './support/worlds.ts';

/** What the handlers below saw, newest last. */
const seen: string[] = [];
const bytes = { decode: (view: Uint8Array) => Buffer.from(view), encode: (response: Buffer) => response };

const methods: Method[] = [
  ...echoMethods,
  {
    ...bytes,
    kind: 'unary',
    path: '/test.Echo/Context',
    handle(_request, context, reply) {
      const { peer, deadline } = context as GrpcContext;
      const token = context.metadata('token');
      const left = Number.isFinite(deadline) ? deadline - Date.now() : null;
      reply(undefined, Buffer.from(JSON.stringify({ token: token ?? null, peer, left })));
    },
  },
  {
    ...bytes,
    kind: 'unary',
    path: '/test.Echo/Cancelled',
    handle: (request, context) => context.onCancel(() => seen.push(request.toString())),
  },
  {
    ...bytes,
    kind: 'unary',
    path: '/test.Echo/Metadata',
    handle(request, context, reply) {
      const call = context as GrpcContext;
      call.setHeader('x-head', 'h');
      call.setTrailer('x-tail', call.metadataAll('x-many').join('+'));
      reply(undefined, request);
    },
  },
  {
    ...bytes,
    kind: 'unary',
    path: '/test.Echo/Details',
    handle: (request, _context, reply) => reply({ code: 9, message: 'detailed', details: request } as never),
  },
];

async function until(test: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !test(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(test());
}

for (const world of worlds) {
  describe(`gRPC calls: ${world.name}`, () => {
    let running: Running;
    let client: Client;
    before(async () => {
      running = await world.start(methods);
      client = dial();
    });
    after(async () => {
      client.close();
      await running.close();
    });
    // Policies and texts that are etcd's; grpc-js has its own.
    const onlyOurs = (what: string, test: () => Promise<void>) => world.ours && it(what, test);
    const path = (method: string) => ({ ':path': `/test.Echo/${method}` });
    const dial = (options: grpc.ClientOptions = {}) =>
      new Client(
        running.address,
        options,
        running.ca === undefined ? undefined : grpc.credentials.createSsl(running.ca),
      );
    const send = (headers: OutgoingHttpHeaders, body: Uint8Array) => {
      const { address, ca } = running;
      return bare(ca === undefined ? `http://${address}` : `https://${address}`, headers, body, { ca });
    };

    it('messages of all sizes come back', async () => {
      for (const size of [0, 1, 100, 4090, 4091, 4092, 16_379, 16_380, 70_000, maxReceiveBytes]) {
        const body = Buffer.alloc(size, size & 0xff);
        const { response, error } = await client.unary('Unary', body);
        assert.equal(error, null);
        assert.ok(response?.equals(body), `${size} bytes`);
      }
    });

    it('many calls at once, each with its own answer', async () => {
      const answers = Array.from({ length: 500 }, async (_, i) => {
        const { response } = await client.unary('Unary', `${i} ${'x'.repeat(i * 7)}`);
        return Number.parseInt(String(response), 10);
      });
      assert.deepEqual(
        await Promise.all(answers),
        Array.from({ length: 500 }, (_, i) => i),
      );
    });

    for (const text of [
      'plain',
      'etcdserver: mvcc: required revision',
      '100% of "it"',
      'Grüße, 世界',
      'a\r\n\tb',
      '%41',
    ]) {
      it(`a status keeps its code and its message: ${JSON.stringify(text)}`, async () => {
        const { error } = await client.unary('Fail', JSON.stringify({ code: 11, message: text }));
        assert.equal(error?.code, 11);
        assert.equal(error?.details, text);
      });
    }

    it('what a handler throws is UNKNOWN', async () => {
      const { error } = await client.unary('Throw', 'boom');
      assert.deepEqual([error?.code, error?.details], [2, 'boom']);
    });

    it('a message too large is RESOURCE_EXHAUSTED', async () => {
      const { error } = await client.unary('Unary', Buffer.alloc(maxReceiveBytes + 1));
      assert.equal(error?.code, 8);
      if (world.ours) {
        const text = `grpc: received message larger than max (${maxReceiveBytes + 1} vs. ${maxReceiveBytes})`;
        assert.equal(error?.details, text);
      }
    });

    it('an unknown method is UNIMPLEMENTED', async () => {
      const { error } = await client.unary('Nope', '');
      assert.equal(error?.code, 12);
      if (world.ours) assert.equal(error?.details, 'unknown method Nope for service test.Echo');
      const { headers } = await send({ ':path': '/no.Such/Thing' }, message(''));
      assert.equal(headers['grpc-status'], '12');
      if (world.ours) assert.equal(headers['grpc-message'], 'unknown service no.Such');
    });

    it('metadata, peer and deadline reach the handler', async () => {
      const { response } = await client.unary('Context', '', {
        metadata: { token: 'abc.17' },
        deadline: Date.now() + 5000,
      });
      const { token, peer, left } = JSON.parse(String(response));
      assert.equal(token, 'abc.17');
      assert.match(peer, /^127\.0\.0\.1:\d+$/);
      assert.ok(left > 4000 && left < 5010, `${left}`);
      const { response: other } = await client.unary('Context', '');
      assert.deepEqual([JSON.parse(String(other)).token, JSON.parse(String(other)).left], [null, null]);
    });

    onlyOurs('metadata reaches the client, before and after', async () => {
      const { headers, trailers } = await client.unary('Metadata', 'x', { metadata: { 'x-many': 'one' } });
      assert.deepEqual(headers?.get('x-head'), ['h']);
      assert.deepEqual(trailers?.get('x-tail'), ['one']);
    });

    onlyOurs('status details pass through', async () => {
      const details = Buffer.from([8, 9, 18, 0, 255]);
      const { error } = await client.unary('Details', details);
      assert.equal(error?.code, 9);
      assert.deepEqual(error?.metadata.get('grpc-status-details-bin'), [details]);
    });

    it('a deadline that passes cancels the handler', async () => {
      const { error } = await client.unary('Cancelled', 'by deadline', { deadline: Date.now() + 60 });
      assert.equal(error?.code, 4);
      await until(() => seen.includes('by deadline'));
    });

    onlyOurs('the server answers for a deadline that passed', async () => {
      const { headers } = await send({ ...path('Hang'), 'grpc-timeout': '30m' }, message(''));
      assert.deepEqual([headers['grpc-status'], headers['grpc-message']], ['4', 'context deadline exceeded']);
    });

    it('a client that cancels cancels the handler', async () => {
      const { error } = await client.unary('Cancelled', 'by client', { cancelAfterMs: 30 });
      assert.equal(error?.code, 1);
      await until(() => seen.includes('by client'));
    });

    it('gzip both ways', async () => {
      const zipped = dial({ 'grpc.default_compression_algorithm': 2 });
      for (const size of [0, 10, 5000, 300_000]) {
        const body = Buffer.alloc(size, 'abc');
        const { response, error } = await zipped.unary('Unary', body);
        assert.equal(error, null);
        assert.ok(response?.equals(body));
      }
      zipped.close();
    });

    onlyOurs('answers in gzip to those who use it, and packs what gains by it', async () => {
      const body = Buffer.alloc(8000, 'abc');
      const packed = await send({ ...path('Unary'), 'grpc-encoding': 'gzip' }, message(gzipSync(body), 1));
      assert.equal(packed.headers['grpc-encoding'], 'gzip');
      assert.equal(packed.body[0], 1);
      assert.deepEqual(gunzipSync(packed.body.subarray(5)), body);
      const small = await send({ ...path('Unary'), 'grpc-encoding': 'gzip' }, message('tiny', 0));
      assert.deepEqual(small.body, message('tiny'));
      const plain = await send({ ...path('Unary'), 'grpc-accept-encoding': 'gzip' }, message(body));
      assert.deepEqual([plain.headers['grpc-encoding'], plain.body[0]], [undefined, 0]);
    });

    interface Refusal {
      readonly what: string;
      readonly headers: Record<string, string>;
      readonly body: Buffer;
      readonly status: string;
      readonly text: RegExp;
      readonly http?: number;
    }
    const bomb = message(gzipSync(Buffer.alloc(maxReceiveBytes + 1)), 1);
    const refusals: Refusal[] = [
      {
        what: 'an encoding we do not have',
        headers: { 'grpc-encoding': 'snappy' },
        body: message('', 1),
        status: '12',
        text: /Decompressor is not installed for grpc-encoding "snappy"/,
      },
      {
        what: 'compressed, without an encoding',
        headers: {},
        body: message('x', 1),
        status: '13',
        text: /compressed flag set/,
      },
      {
        what: 'not gzip at all',
        headers: { 'grpc-encoding': 'gzip' },
        body: message('x', 1),
        status: '13',
        text: /failed to decompress/,
      },
      {
        what: 'a gzip bomb',
        headers: { 'grpc-encoding': 'gzip' },
        body: bomb,
        status: '8',
        text: /larger than max/,
      },
      {
        what: 'a flag that does not exist',
        headers: {},
        body: message('x', 7),
        status: '13',
        text: /payload format 7/,
      },
      { what: 'no message', headers: {}, body: Buffer.alloc(0), status: '13', text: /no request message/ },
      {
        what: 'half a message',
        headers: {},
        body: message('hello').subarray(0, 8),
        status: '13',
        text: /unexpected EOF/,
      },
      {
        what: 'half a prefix',
        headers: {},
        body: message('hello').subarray(0, 3),
        status: '13',
        text: /unexpected EOF/,
      },
      {
        what: 'two messages',
        headers: {},
        body: Buffer.concat([message('a'), message('b')]),
        status: '13',
        text: /more than one/,
      },
      {
        what: 'a content type that is not gRPC',
        headers: { 'content-type': 'application/json' },
        body: message(''),
        status: '3',
        text: /content-type/,
        http: 415,
      },
      {
        what: 'a method that is not POST',
        headers: { ':method': 'PUT' },
        body: message(''),
        status: '13',
        text: /not POST/,
        http: 405,
      },
      {
        what: 'a timeout that makes no sense',
        headers: { 'grpc-timeout': '5x' },
        body: message(''),
        status: '13',
        text: /malformed grpc-timeout/,
        http: 400,
      },
      {
        what: 'a path without a method',
        headers: { ':path': '/nothing' },
        body: message(''),
        status: '12',
        text: /malformed method name/,
      },
    ];
    for (const refusal of refusals) {
      onlyOurs(`refuses ${refusal.what}`, async () => {
        const answer = await send({ ...path('Unary'), ...refusal.headers }, refusal.body);
        const fields = { ...answer.headers, ...answer.trailers };
        assert.equal(fields['grpc-status'], refusal.status);
        assert.match(String(fields['grpc-message']), refusal.text);
        assert.equal(answer.headers[':status'], refusal.http ?? 200);
      });
    }

    it('a server stream keeps order and count', async () => {
      const { messages, status } = await drain(client.serverStream('Count', '2000 10'));
      assert.equal(status.code, 0);
      assert.deepEqual(
        messages.map((m) => m[0]),
        Array.from({ length: 2000 }, (_, i) => i & 0xff),
      );
    });

    it('a server stream of more than the windows', async () => {
      const { messages } = await drain(client.serverStream('Count', '40 200000'));
      assert.equal(
        messages.reduce((sum, m) => sum + m.length, 0),
        8_000_000,
      );
    });

    it('a server stream that is cancelled ends', async () => {
      const stream = client.serverStream('Count', '1000000 1000');
      stream.once('data', () => stream.cancel());
      const { status } = await drain(stream);
      assert.equal(status.code, 1);
      assert.equal((await client.unary('Unary', 'still here')).error, null);
    });

    it('bidi: messages both ways, then the end', async () => {
      const stream = client.bidi('Chat');
      const ended = drain(stream);
      for (let i = 0; i < 300; i++) stream.write(Buffer.from(`message ${i}`));
      stream.end();
      const { messages, status } = await ended;
      assert.equal(status.code, 0);
      assert.deepEqual(
        messages.map(String),
        Array.from({ length: 300 }, (_, i) => `message ${i}`),
      );
    });

    it('bidi: the server may end first', async () => {
      const stream = client.bidi('Chat');
      const ended = drain(stream);
      stream.write(Buffer.from('one'));
      stream.write(Buffer.from('fail'));
      const { messages, status } = await ended;
      assert.deepEqual([status.code, status.details], [10, 'as you wish']);
      assert.deepEqual(messages.map(String), ['one']);
    });

    it('bidi: one large message each way', async () => {
      const stream = client.bidi('Chat');
      const ended = drain(stream);
      const body = Buffer.alloc(maxReceiveBytes, 3);
      stream.write(body);
      stream.end();
      assert.ok((await ended).messages[0].equals(body));
    });

    it('a thousand streams on one connection', async () => {
      const streams = Array.from({ length: 1000 }, () => client.bidi('Chat'));
      const ends = streams.map(drain);
      for (const [i, stream] of streams.entries()) stream.write(Buffer.from(String(i)));
      for (const stream of streams) stream.end();
      const results = await Promise.all(ends);
      assert.deepEqual(
        results.map(({ messages }) => Number(messages[0])),
        Array.from({ length: 1000 }, (_, i) => i),
      );
    });
  });
}
