/** Methods that do as little as a test needs, and a server of them on a free port. */
import net from 'node:net';
import type { DuplexCall, Method, SendingCall } from '../../../../src/services/method.ts';
import { GrpcServer, type GrpcServerOptions } from '../../../../src/transport/grpc/index.ts';
import { ProtocolSplit } from '../../../../src/transport/mux/index.ts';

const codec = {
  decode: (bytes: Uint8Array) => Buffer.from(bytes),
  encode: (response: Buffer) => response,
};

/** /test.Echo: Unary answers with the request; Hang never answers; Fail with what the request says as JSON. */
export const echoMethods: Method[] = [
  {
    ...codec,
    kind: 'unary',
    path: '/test.Echo/Unary',
    handle: (request, _context, reply) => reply(undefined, request),
  },
  { ...codec, kind: 'unary', path: '/test.Echo/Hang', handle: () => {} },
  {
    ...codec,
    kind: 'unary',
    path: '/test.Echo/Fail',
    handle: (request, _context, reply) => reply(JSON.parse(request.toString())),
  },
  {
    ...codec,
    kind: 'unary',
    path: '/test.Echo/Throw',
    handle: (request) => {
      throw new Error(request.toString());
    },
  },
  {
    ...codec,
    kind: 'unary',
    path: '/test.Echo/Size',
    handle: (request, _context, reply) => reply(undefined, Buffer.alloc(Number(request.toString()), 7)),
  },
  { ...codec, kind: 'serverStream', path: '/test.Echo/Count', handler: count },
  { ...codec, kind: 'bidi', path: '/test.Echo/Chat', handler: chat },
];

/** "N SIZE": N messages of SIZE bytes, as fast as the client takes them. */
function count(request: Buffer, call: SendingCall): void {
  const [total, size] = request.toString().split(' ').map(Number);
  let sent = 0;
  const more = (): void => {
    while (sent < total && !call.cancelled) {
      const body = Buffer.alloc(size, sent & 0xff);
      sent++;
      if (!call.sendEncoded(body)) return call.whenDrained(more);
    }
    call.end();
  };
  more();
}

/** Sends each message back; ends when the client does; "fail" ends it with ABORTED. */
function chat(call: DuplexCall<Buffer>): void {
  call.onMessage((bytes) => {
    if (bytes.toString() === 'fail') call.end({ code: 10, message: 'as you wish' });
    else call.sendEncoded(bytes);
  });
  call.onEnd(() => call.end());
}

export interface Served {
  readonly port: number;
  readonly server: GrpcServer;
  close(): Promise<void>;
}

export async function serve(options: Partial<GrpcServerOptions> = {}): Promise<Served> {
  const server = new GrpcServer({
    methods: echoMethods,
    maxReceiveBytes: 2 * 1024 * 1024,
    minPingMs: 0,
    ...options,
  });
  const listener = net.createServer();
  new ProtocolSplit({ grpc: server, http: null }).attach(listener);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as net.AddressInfo).port,
    server,
    async close() {
      listener.close();
      await server.close(0);
    },
  };
}
