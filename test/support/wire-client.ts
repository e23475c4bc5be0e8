/**
 * Clients that grpc-js would never be: they send what they like, read when they like, and vanish without a word.
 */
import http2 from 'node:http2';
import { connect, type Socket } from 'node:net';

export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** One frame (RFC 9113, section 4.1); `length` may lie. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
  length = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header block of literals that are not indexed (RFC 7541, section 6.2.2), each shorter than 127 bytes. */
export function headerBlock(fields: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(fields).flatMap(([name, value]) => [
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
  return Buffer.concat(parts);
}

export const requestHeaders = (path: string): Record<string, string> => ({
  ':method': 'POST',
  ':scheme': 'http',
  ':path': path,
  ':authority': 'localhost',
  'content-type': 'application/grpc',
  te: 'trailers',
});

/** A length-prefixed gRPC message; `length` may lie. */
export function message(body: Uint8Array, length = body.length, compressed = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, body]);
}

export async function open(endpoint: string): Promise<Socket> {
  const [host, port] = endpoint.split(':');
  const socket = connect(Number(port), host);
  socket.on('error', () => {});
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

/** Sends bytes, reads until the server closes or `quietMs` have passed, and gives the frames that came. */
export async function exchange(
  endpoint: string,
  bytes: Uint8Array,
  quietMs = 3000,
): Promise<{ readonly frames: Frame[]; readonly closed: boolean }> {
  const socket = await open(endpoint);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), quietMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.write(bytes);
  });
  socket.destroy();
  const all = Buffer.concat(chunks);
  const frames: Frame[] = [];
  for (let at = 0; at + 9 <= all.length; ) {
    const length = all.readUIntBE(at, 3);
    frames.push({ type: all[at + 3], payload: all.subarray(at + 9, at + 9 + length) });
    at += 9 + length;
  }
  return { frames, closed };
}

/** The error code of the GOAWAY among them. */
export function goAwayCode(frames: readonly Frame[]): number | undefined {
  return frames.find(({ type }) => type === FRAME.GOAWAY)?.payload.readUInt32BE(4);
}

export interface GrpcEnd {
  readonly httpStatus: number;
  readonly code: number;
  readonly details: string;
}

/** HTTP/2 as it should be, with whatever inside; over a socket that can be destroyed. */
export class WireConnection {
  readonly socket: Socket;
  readonly session: http2.ClientHttp2Session;

  private constructor(endpoint: string, socket: Socket) {
    this.socket = socket;
    this.session = http2.connect(`http://${endpoint}`, { createConnection: () => socket });
    this.session.on('error', () => {});
  }

  static async open(endpoint: string): Promise<WireConnection> {
    const socket = await open(endpoint);
    const connection = new WireConnection(endpoint, socket);
    connection.session.setMaxListeners(0);
    return connection;
  }

  /** A call; the caller writes and reads, or doesn't. */
  call(path: string, headers: http2.OutgoingHttpHeaders = {}): http2.ClientHttp2Stream {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => {});
    return stream;
  }

  /** Sends the bytes as a whole request and gives how the call ended. */
  whole(path: string, bytes: Uint8Array, headers: http2.OutgoingHttpHeaders = {}): Promise<GrpcEnd> {
    return new Promise((resolve) => {
      const stream = this.call(path, headers);
      let seen: Record<string, unknown> = {};
      const take = (fields: object): void => {
        seen = { ...seen, ...fields };
      };
      stream.on('response', take);
      stream.on('trailers', take);
      stream.on('data', () => {});
      stream.once('close', () =>
        resolve({
          httpStatus: Number(seen[':status']),
          code: Number(seen['grpc-status']),
          details: decodeURIComponent(String(seen['grpc-message'] ?? '')),
        }),
      );
      stream.end(bytes);
    });
  }

  /** Without a GOAWAY, a FIN at best. */
  vanish(): void {
    this.socket.destroy();
    this.session.destroy();
  }
}

/** Takes whole gRPC messages out of the bytes of a stream. */
export class MessageReader {
  private rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const messages: Buffer[] = [];
    let at = 0;
    while (this.rest.length - at >= 5) {
      const length = this.rest.readUInt32BE(at + 1);
      if (this.rest.length - at < 5 + length) break;
      messages.push(this.rest.subarray(at + 5, at + 5 + length));
      at += 5 + length;
    }
    this.rest = this.rest.subarray(at);
    return messages;
  }
}
