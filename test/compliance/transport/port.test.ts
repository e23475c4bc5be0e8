/** One port for everything: HTTP/1.1, h2c, TLS with ALPN, HTTP/2 that is not gRPC, unix sockets; by several clients. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import { type GrpcContext, GrpcServer } from '../../../src/transport/grpc/index.ts';
import { alpnProtocols, bridgeTo, ProtocolSplit } from '../../../src/transport/mux/index.ts';
import { echoMethods } from '../../unit/http2/support/echo.ts';
import { message } from '../../unit/http2/support/raw-client.ts';
import { type Certificates, makeCertificates } from './support/certificates.ts';
import { bare, Client } from './support/client.ts';
import { needs, PYTHON, run } from './support/programs.ts';

const pythonOverTls = `
import grpc, sys
read = lambda name: open(sys.argv[2] + '/' + name, 'rb').read()
credentials = grpc.ssl_channel_credentials(read('ca.crt'), read('client.key'), read('client.crt'))
same = lambda b: b
channel = grpc.secure_channel(sys.argv[1], credentials)
who = channel.unary_unary('/test.Echo/Who', request_serializer=same, response_deserializer=same)
print(who(b'', timeout=5).decode())
`;

/** Answers with what it was asked. */
function website(): http.Server {
  return http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (request.url === '/big') return response.end(Buffer.alloc(3_000_000, 'z'));
      response.setHeader('X-Version', request.httpVersion);
      const { remoteAddress } = request.socket;
      const { authorization, host } = request.headers;
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          body,
          authorization,
          host,
          remoteAddress,
        }),
      );
    });
  });
}

interface Port {
  readonly port: number;
  close(): Promise<void>;
}

async function openPort(where: net.ListenOptions, secure?: tls.TlsOptions): Promise<Port> {
  const site = website();
  const server = new GrpcServer({
    methods: [
      ...echoMethods,
      {
        kind: 'unary',
        path: '/test.Echo/Who',
        decode: () => null,
        encode: (text) => Buffer.from(String(text)),
        handle(_request, context, reply) {
          const { peer, peerTls } = context as GrpcContext;
          reply(undefined, JSON.stringify({ peer, peerTls }));
        },
      },
    ],
    maxReceiveBytes: 2 * 1024 * 1024,
    foreign: secure === undefined ? undefined : bridgeTo(site),
  });
  const listener =
    secure === undefined
      ? net.createServer()
      : tls.createServer({ ...secure, ALPNProtocols: [...alpnProtocols] });
  new ProtocolSplit({ grpc: server, http: site, firstBytesMs: 200 }).attach(listener);
  await new Promise<void>((resolve) => listener.listen(where, resolve));
  const address = listener.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      listener.close();
      site.closeAllConnections();
      await server.close(0);
    },
  };
}

function fetch1(
  options: http.RequestOptions,
  body = '',
): Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const client = options.protocol === 'https:' ? https : http;
    const request = client.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('one plain port', () => {
  let open: Port;
  before(async () => {
    open = await openPort({ host: '127.0.0.1', port: 0 });
  });
  after(() => open.close());

  it('HTTP/1.1: GET, and POST with a body', async () => {
    const got = await fetch1({ port: open.port, path: '/health' });
    assert.deepEqual([got.status, JSON.parse(got.text).url], [200, '/health']);
    const posted = await fetch1({ port: open.port, path: '/v3/kv/put', method: 'POST' }, 'x'.repeat(200_000));
    assert.equal(JSON.parse(posted.text).body.length, 200_000);
  });

  it('HTTP/1.1: several requests on one connection', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ['/a', '/b', '/c']) {
      const { text } = await fetch1({ port: open.port, path, agent });
      assert.equal(JSON.parse(text).url, path);
    }
    agent.destroy();
  });

  it('HTTP/1.1 whose first byte comes alone, and begins like the preface', async () => {
    const socket = net.connect(open.port, '127.0.0.1');
    socket.write('P');
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.write('OST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 200 OK[\s\S]*"body":"hi"/);
  });

  it('gRPC by prior knowledge', async () => {
    const client = new Client(`127.0.0.1:${open.port}`);
    assert.equal(String((await client.unary('Unary', 'same port')).response), 'same port');
    const { peerTls } = JSON.parse(String((await client.unary('Who', '')).response));
    assert.equal(peerTls, null);
    client.close();
  });

  it('HTTP/2 that is not gRPC is refused: there is no h2c for the rest', async () => {
    const { headers } = await bare(`http://127.0.0.1:${open.port}`, {
      ':path': '/health',
      'content-type': 'text/plain',
    });
    assert.equal(headers[':status'], 415);
  });

  it('curl: an Upgrade to h2c is passed over (RFC 9113, section 3.1), prior knowledge is not', async function () {
    needs(this, 'curl', ['--version'], 'curl');
    const url = `http://127.0.0.1:${open.port}/health`;
    const upgrade = await run('curl', ['-sS', '--http2', '-w', ' %{http_version}', url]);
    assert.match(upgrade.stdout.toString(), /"url":"\/health".* 1\.1$/, upgrade.stderr);
    const fields = ['-H', 'content-type: application/grpc', '-H', 'te: trailers', '-X', 'POST'];
    const grpc = url.replace('/health', '/test.Echo/Nothing');
    const call = await run('curl', ['-sS', '--http2-prior-knowledge', '-D', '-', ...fields, grpc]);
    assert.match(call.stdout.toString(), /^HTTP\/2 200[\s\S]*grpc-status: 12/, call.stderr);
  });

  it('a client that never says what it speaks is let go', async () => {
    const socket = net.connect(open.port, '127.0.0.1');
    const begun = Date.now();
    await new Promise((resolve) => socket.on('close', resolve).resume());
    assert.ok(Date.now() - begun < 2000);
  });
});

describe('one unix socket', () => {
  it('HTTP/1.1 and gRPC', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-unix-'));
    const path = join(directory, 's');
    const open = await openPort({ path });
    assert.equal((await fetch1({ socketPath: path, path: '/version' })).status, 200);
    const client = new Client(`unix:${path}`);
    assert.equal(JSON.parse(String((await client.unary('Who', '')).response)).peer, '@');
    client.close();
    await open.close();
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('one TLS port', () => {
  let certificates: Certificates;
  let open: Port;
  before(async () => {
    certificates = makeCertificates();
    const { ca, server } = certificates;
    open = await openPort(
      { host: '127.0.0.1', port: 0 },
      { ...server, ca, requestCert: true, rejectUnauthorized: false },
    );
  });
  after(async () => {
    await open.close();
    certificates.remove();
  });
  const url = () => `https://localhost:${open.port}`;

  it('gRPC, with and without a certificate of the client', async () => {
    const { ca, client: own } = certificates;
    const anonymous = new Client(`localhost:${open.port}`, {}, grpc.credentials.createSsl(ca));
    const nobody = JSON.parse(String((await anonymous.unary('Who', '')).response));
    assert.deepEqual(nobody.peerTls, { authorized: false, commonName: '' });
    const alice = new Client(`localhost:${open.port}`, {}, grpc.credentials.createSsl(ca, own.key, own.cert));
    const who = JSON.parse(String((await alice.unary('Who', '')).response));
    assert.deepEqual(who.peerTls, { authorized: true, commonName: 'alice' });
    const body = Buffer.alloc(1_000_000, 9);
    assert.ok((await alice.unary('Unary', body)).response?.equals(body));
    anonymous.close();
    alice.close();
  });

  it('HTTP/1.1 by ALPN, and without ALPN', async () => {
    const { ca } = certificates;
    for (const ALPNProtocols of [['http/1.1'], undefined]) {
      const { status, headers } = await fetch1({
        protocol: 'https:',
        host: 'localhost',
        port: open.port,
        path: '/health',
        ca,
        ALPNProtocols,
        agent: false,
      } as https.RequestOptions);
      assert.deepEqual([status, headers['x-version']], [200, '1.1']);
    }
  });

  it('HTTP/2 that is not gRPC reaches the same handlers as HTTP/1.1', async () => {
    const { ca } = certificates;
    const got = await bare(
      url(),
      { ':method': 'GET', ':path': '/health?x=1', 'content-type': 'text/plain' },
      undefined,
      { ca },
    );
    assert.equal(got.headers[':status'], 200);
    assert.deepEqual(JSON.parse(got.body.toString()), {
      method: 'GET',
      url: '/health?x=1',
      body: '',
      host: `localhost:${open.port}`,
      remoteAddress: '127.0.0.1',
    });
    const fields = { ':path': '/v3/kv/range', 'content-type': 'application/json', authorization: 'secret' };
    const posted = await bare(url(), fields, Buffer.alloc(300_000, 'y'), { ca });
    const { method, body, authorization } = JSON.parse(posted.body.toString());
    assert.deepEqual([method, body.length, authorization], ['POST', 300_000, 'secret']);
    const big = await bare(
      url(),
      { ':method': 'GET', ':path': '/big', 'content-type': 'text/plain' },
      undefined,
      { ca },
    );
    assert.equal(big.body.length, 3_000_000);
  });

  it('curl: HTTP/2 by ALPN, gRPC and the rest', async function () {
    needs(this, 'curl', ['--version'], 'curl');
    const trust = ['-sS', '--cacert', join(certificates.directory, 'ca.crt')];
    const site = await run('curl', [...trust, '-w', '%{http_version}', `${url()}/health`]);
    assert.match(site.stdout.toString(), /"url":"\/health".*2$/, site.stderr);
    const body = join(certificates.directory, 'body');
    writeFileSync(body, message('over tls'));
    const fields = [
      '-H',
      'content-type: application/grpc',
      '-H',
      'te: trailers',
      '--data-binary',
      `@${body}`,
    ];
    const call = await run('curl', [...trust, ...fields, '-D', '-', `${url()}/test.Echo/Unary`]);
    assert.match(call.stdout.toString('latin1'), /^HTTP\/2 200[\s\S]*over tls/, call.stderr);
    assert.match(call.stdout.toString('latin1'), /grpc-status: 0/);
  });

  it('nghttp: HTTP/2 by ALPN', async function () {
    needs(this, 'nghttp', ['--version'], 'nghttp2-client');
    const { code, stdout } = await run('nghttp', ['-nv', '--no-verify-peer', `${url()}/health`]);
    const text = stdout.toString('latin1');
    assert.equal(code, 0, text);
    assert.match(text, /The negotiated protocol: h2/);
    assert.match(text, /:status: 200/);
  });

  it("Python's grpcio: a certificate each way", async function () {
    needs(this, PYTHON, ['-c', 'import grpc'], 'python3-grpcio');
    const { code, stdout, stderr } = await run(PYTHON, [
      '-c',
      pythonOverTls,
      `localhost:${open.port}`,
      certificates.directory,
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout.toString()).peerTls, { authorized: true, commonName: 'alice' });
  });

  it('h2load: many calls over TLS', async function () {
    needs(this, 'h2load', ['--version'], 'nghttp2-client');
    const body = join(certificates.directory, 'body');
    writeFileSync(body, message('x'.repeat(300)));
    const fields = ['-H', 'content-type: application/grpc', '-H', 'te: trailers', '-d', body];
    const load = await run('h2load', [
      '-n',
      '2000',
      '-c',
      '5',
      '-m',
      '20',
      ...fields,
      `${url()}/test.Echo/Unary`,
    ]);
    assert.match(load.stdout.toString(), /status codes: 2000 2xx/);
  });

  it('a client that leaves in the middle does no harm', async () => {
    const { ca } = certificates;
    for (const text of ['', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'nonsense']) {
      const socket = tls.connect({ port: open.port, ca, servername: 'localhost', ALPNProtocols: ['h2'] });
      await new Promise((resolve) => socket.once('secureConnect', resolve));
      if (text !== '') socket.write(text);
      socket.destroy();
    }
    const { headers } = await bare(url(), { ':path': '/test.Echo/Unary' }, message('x'), { ca });
    assert.equal(headers[':status'], 200);
  });
});
