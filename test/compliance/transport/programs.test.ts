/** Other people's clients: curl, nghttp, h2load, and Python's grpcio, each where it is installed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { echoMethods } from '../../unit/http2/support/echo.ts';
import { message } from '../../unit/http2/support/raw-client.ts';
import { needs, PYTHON, run } from './support/programs.ts';
import { type Running, startOurs } from './support/worlds.ts';

const pythonClient = `
import grpc, sys
channel = grpc.insecure_channel(sys.argv[1])
same = lambda b: b
echo = channel.unary_unary('/test.Echo/Unary', request_serializer=same, response_deserializer=same)
assert echo(b'from python', timeout=5) == b'from python'
count = channel.unary_stream('/test.Echo/Count', request_serializer=same, response_deserializer=same)
assert sum(len(m) for m in count(b'100 1000', timeout=5)) == 100000
chat = channel.stream_stream('/test.Echo/Chat', request_serializer=same, response_deserializer=same)
assert list(chat(iter([b'a', b'b', b'c']), timeout=5)) == [b'a', b'b', b'c']
try:
    channel.unary_unary('/test.Echo/Fail', request_serializer=same, response_deserializer=same)(b'{"code":7,"message":"no"}', timeout=5)
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.PERMISSION_DENIED and error.details() == 'no'
print('ok')
`;

describe("other people's clients", function () {
  this.timeout(30_000);
  let running: Running;
  let directory: string;
  let bodyFile: string;
  before(async () => {
    running = await startOurs(echoMethods);
    directory = mkdtempSync(join(tmpdir(), 'kvctl-programs-'));
    bodyFile = join(directory, 'body');
    writeFileSync(bodyFile, message('hello from a file'));
  });
  after(async () => {
    await running.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const url = (method = 'Unary') => `http://${running.address}/test.Echo/${method}`;
  const grpcFields = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];

  it('curl: a unary call by prior knowledge', async function () {
    needs(this, 'curl', ['--version'], 'curl');
    const args = [
      '-sS',
      '--http2-prior-knowledge',
      ...grpcFields,
      '--data-binary',
      `@${bodyFile}`,
      '-D',
      '-',
      url(),
    ];
    const { code, stdout, stderr } = await run('curl', args);
    assert.equal(code, 0, stderr);
    assert.match(stdout.toString('latin1'), /^HTTP\/2 200 \r\ncontent-type: application\/grpc\r\n/);
    assert.match(stdout.toString('latin1'), /grpc-status: 0/);
    assert.ok(stdout.includes(message('hello from a file')));
  });

  it('nghttp: calls in parallel, one of them refused', async function () {
    needs(this, 'nghttp', ['--version'], 'nghttp2-client');
    const args = ['-v', ...grpcFields, '-d', bodyFile, url(), url('Unary?x'), url()];
    const { code, stdout } = await run('nghttp', args);
    const text = stdout.toString('latin1');
    assert.equal(code, 0, text);
    assert.match(text, /recv SETTINGS frame/);
    assert.match(text, /grpc-status: 12/);
    assert.doesNotMatch(text, /recv GOAWAY|recv RST_STREAM.*error_code=(?!NO_ERROR)/);
  });

  for (const [connections, streams] of [
    [1, 1],
    [1, 100],
    [20, 10],
  ]) {
    it(`h2load: ${connections} connections, ${streams} streams each`, async function () {
      needs(this, 'h2load', ['--version'], 'nghttp2-client');
      const load = ['-n', '4000', '-c', String(connections), '-m', String(streams)];
      const { code, stdout } = await run('h2load', [...load, ...grpcFields, '-d', bodyFile, url()]);
      assert.equal(code, 0);
      assert.match(stdout.toString(), /4000 succeeded, 0 failed, 0 errored, 0 timeout/);
      assert.match(stdout.toString(), /status codes: 4000 2xx/);
    });
  }

  it('etcdctl (grpc-go): a get, a failure, a watch', async function () {
    needs(this, 'etcdctl', ['version'], 'etcd-client');
    // Header with revision 5, and "a" = "hello" as a pair, a whole response, and an event.
    const pair = [0x0a, 1, 0x61, 0x2a, 5, ...Buffer.from('hello')];
    const got = Buffer.from([0x0a, 2, 0x18, 5, 0x12, pair.length, ...pair, 0x20, 1]);
    const created = Buffer.from([0x0a, 2, 0x18, 5, 0x18, 1]);
    const event = Buffer.from([0x0a, 2, 0x18, 6, 0x5a, pair.length + 2, 0x12, pair.length, ...pair]);
    const store = await startOurs([
      {
        kind: 'unary',
        path: '/etcdserverpb.KV/Range',
        decode: (bytes) => bytes.length,
        encode: () => got,
        handle: (_request, _context, reply) => reply(undefined, null),
      },
      {
        kind: 'bidi',
        path: '/etcdserverpb.Watch/Watch',
        decode: (bytes) => bytes.length,
        encode: () => created,
        handler(call) {
          call.onMessage(() => {
            call.sendEncoded(created);
            call.sendEncoded(event);
          });
          call.onEnd(() => call.end());
        },
      },
    ]);
    const etcdctl = (...args: string[]) =>
      run('timeout', ['2', 'env', 'ETCDCTL_API=3', 'etcdctl', `--endpoints=${store.address}`, ...args]);
    assert.equal((await etcdctl('get', 'a')).stdout.toString(), 'a\nhello\n');
    assert.match((await etcdctl('put', 'a', 'b')).stderr, /unknown method Put for service etcdserverpb\.KV/);
    assert.equal((await etcdctl('watch', 'a')).stdout.toString(), 'PUT\na\nhello\n');
    await store.close();
  });

  it("Python's grpcio: every kind of call", async function () {
    needs(this, PYTHON, ['-c', 'import grpc'], 'python3-grpcio');
    const { stdout, stderr } = await run(PYTHON, ['-c', pythonClient, running.address]);
    assert.equal(stdout.toString().trim(), 'ok', stderr);
  });
});
