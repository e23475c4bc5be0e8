/** The servers that the suite runs on: the same table of methods behind our own gRPC, and behind grpc-js. */
import net from 'node:net';
import tls from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import {
  type DuplexCall,
  type Encoded,
  type Method,
  type SendingCall,
  type Status,
  wholeMessage,
} from '../../../../src/services/method.ts';
import { GrpcServer, type GrpcServerOptions } from '../../../../src/transport/grpc/index.ts';
import { alpnProtocols, ProtocolSplit } from '../../../../src/transport/mux/index.ts';
import { makeCertificates } from './certificates.ts';

export const maxReceiveBytes = 2 * 1024 * 1024;

export interface Running {
  readonly address: string;
  /** The authority behind the server's certificate; undefined without TLS. */
  readonly ca?: Buffer;
  close(): Promise<void>;
}

export interface World {
  readonly name: string;
  /** Whether this is the server under test, whose texts and policies are etcd's. */
  readonly ours: boolean;
  start(methods: readonly Method[]): Promise<Running>;
}

export async function startOurs(
  methods: readonly Method[],
  options: Partial<GrpcServerOptions> = {},
  listener: net.Server = net.createServer(),
): Promise<Running> {
  const server = new GrpcServer({ methods, maxReceiveBytes, ...options });
  new ProtocolSplit({ grpc: server, http: null }).attach(listener);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(listener.address() as net.AddressInfo).port}`,
    async close() {
      listener.close();
      await server.close(0);
    },
  };
}

async function startOursOverTls(methods: readonly Method[]): Promise<Running> {
  const certificates = makeCertificates();
  const secure = { ...certificates.server, ALPNProtocols: [...alpnProtocols] };
  const running = await startOurs(methods, {}, tls.createServer(secure));
  return {
    // A name: an address is no server name (RFC 6066).
    address: running.address.replace('127.0.0.1', 'localhost'),
    ca: certificates.ca,
    async close() {
      await running.close();
      certificates.remove();
    },
  };
}

async function startGrpcJs(methods: readonly Method[]): Promise<Running> {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': maxReceiveBytes });
  for (const method of methods) {
    const definition = {
      path: method.path,
      requestStream: method.kind === 'bidi' || method.kind === 'clientStream',
      responseStream: method.kind !== 'unary',
      requestDeserialize: method.decode,
      requestSerialize: (value: unknown) => value as Buffer,
      responseSerialize: (value: unknown) => value as Buffer,
      responseDeserialize: (value: Buffer) => value,
    };
    server.addService({ method: definition } as never, { method: handlerOf(method) } as never);
  }
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      server.forceShutdown();
    },
  };
}

type GrpcJsCall = grpc.ServerUnaryCall<unknown, unknown> & grpc.ServerDuplexStream<unknown, unknown>;

function handlerOf(method: Method) {
  if (method.kind === 'unary') {
    return (call: GrpcJsCall, done: grpc.sendUnaryData<unknown>) => {
      const reply = (error?: Status, response?: unknown) =>
        error ? done({ code: error.code, details: error.message }) : done(null, method.encode(response));
      try {
        method.handle(call.request, contextOf(call), reply);
      } catch (error) {
        reply({ code: 2, message: (error as Error).message });
      }
    };
  }
  if (method.kind === 'serverStream') {
    return (call: GrpcJsCall) => method.handler(call.request, sendingOf(call) as SendingCall);
  }
  return (call: GrpcJsCall) => method.handler(sendingOf(call));
}

function contextOf(call: GrpcJsCall): SendingCall {
  return {
    peer: call.getPeer(),
    deadline: Number(call.getDeadline()),
    get cancelled() {
      return call.cancelled;
    },
    onCancel: (listener: () => void) => void call.on('cancelled', listener),
    metadata: (name: string) => call.metadata.get(name)[0]?.toString(),
  } as unknown as SendingCall;
}

function sendingOf(call: GrpcJsCall): DuplexCall<never> {
  return Object.assign(Object.create(contextOf(call)), {
    sendEncoded: (message: Encoded) => call.write(wholeMessage(message)),
    whenDrained: (listener: () => void) => void call.once('drain', listener),
    end(status?: Status) {
      if (status)
        call.emit('error', Object.assign(new Error(), { code: status.code, details: status.message }));
      else call.end();
    },
    onMessage: (listener: (message: never) => void) =>
      void call.on('data', listener as (message: unknown) => void),
    onEnd: (listener: () => void) => void call.on('end', listener),
  });
}

export const worlds: readonly World[] = [
  { name: 'kvctl', ours: true, start: (methods) => startOurs(methods) },
  { name: 'kvctl over TLS', ours: true, start: startOursOverTls },
  { name: 'grpc-js', ours: false, start: startGrpcJs },
];
