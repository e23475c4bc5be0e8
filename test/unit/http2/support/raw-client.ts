/** A client that says exactly the frames it is told to, over a real socket, and keeps all that comes back. */
import net from 'node:net';
import { clientPreface, Flag, FrameType } from '../../../../src/transport/http2/constants.ts';
import { HpackDecoder, HpackEncoder } from '../../../../src/transport/http2/hpack/index.ts';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, id: number, payload: Uint8Array | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload.replace(/\s/g, ''), 'hex') : payload;
  const header = Buffer.alloc(9);
  header.writeUIntBE(body.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, body]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function setting(identifier: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(identifier);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** A header block of literals that touch no table. */
export function block(
  fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
): Buffer {
  const list = (Array.isArray(fields) ? fields : Object.entries(fields)) as readonly (readonly [
    string,
    string,
  ])[];
  const outgoing = list.map(([name, value]) => ({ name, value, indexing: 'secret' as const }));
  const target = Buffer.alloc(HpackEncoder.bound(outgoing));
  return target.subarray(0, new HpackEncoder({ huffman: false }).encode(outgoing, target, 0));
}

export const grpcHeaders = {
  ':method': 'POST',
  ':scheme': 'http',
  ':path': '/test.Echo/Unary',
  ':authority': 'localhost',
  'content-type': 'application/grpc',
  te: 'trailers',
};

/** A gRPC message with its prefix. */
export function message(bytes: Uint8Array | string, flag = 0): Buffer {
  const body = Buffer.from(bytes as Uint8Array);
  return Buffer.concat([Buffer.from([flag]), uint32(body.length), body]);
}

export class RawClient {
  readonly frames: Frame[] = [];
  /** The server closed, or reset, the connection. */
  ended = false;
  private readonly socket: net.Socket;
  private readonly decoder = new HpackDecoder();
  private buffer = Buffer.alloc(0);
  private wake: () => void = () => {};

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.take(chunk));
    const end = () => {
      this.ended = true;
      this.wake();
    };
    socket.on('end', end).on('close', end).on('error', end);
  }

  /** Connects, says nothing. */
  static async connect(port: number): Promise<RawClient> {
    const socket = net.connect(port, '127.0.0.1');
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawClient(socket);
  }

  /** Connects and says the preface and SETTINGS, and acknowledges the server's. */
  static async open(port: number, settings: Buffer = Buffer.alloc(0)): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.send(
      clientPreface,
      frame(FrameType.settings, 0, 0, settings),
      frame(FrameType.settings, Flag.ack, 0),
    );
    return client;
  }

  send(...frames: Uint8Array[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames));
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    while (this.buffer.length >= 9) {
      const length = this.buffer.readUIntBE(0, 3);
      if (this.buffer.length < 9 + length) break;
      const [type, flags] = [this.buffer[3], this.buffer[4]];
      this.frames.push({
        type,
        flags,
        id: this.buffer.readUInt32BE(5),
        payload: this.buffer.subarray(9, 9 + length),
      });
      this.buffer = this.buffer.subarray(9 + length);
    }
    this.wake();
  }

  /** Waits for the first frame, after those seen by earlier calls with the same test, that passes. */
  async until(test: (frame: Frame) => boolean, ms = 3000): Promise<Frame> {
    const found = await this.untilSome(() => this.frames.find(test), ms);
    if (found === undefined) throw new Error(`no such frame; got ${this.describe()}`);
    return found;
  }

  async untilEnded(ms = 3000): Promise<void> {
    if ((await this.untilSome(() => this.ended || undefined, ms)) === undefined)
      throw new Error('still connected');
  }

  private async untilSome<T>(look: () => T | undefined, ms: number): Promise<T | undefined> {
    const deadline = Date.now() + ms;
    for (;;) {
      const found = look();
      if (found !== undefined || Date.now() >= deadline) return found;
      if (this.ended) return look();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Waits for the answer to a PING: everything sent before it has been dealt with. */
  async ping(): Promise<void> {
    const payload = Buffer.from(`test${String(pings++ % 10_000).padStart(4, '0')}`);
    this.send(frame(FrameType.ping, 0, 0, payload));
    await this.until(
      (f) => f.type === FrameType.ping && (f.flags & Flag.ack) !== 0 && f.payload.equals(payload),
    );
  }

  async goaway(): Promise<{ lastStreamId: number; code: number; debug: string }> {
    const { payload } = await this.until((f) => f.type === FrameType.goaway);
    return {
      lastStreamId: payload.readUInt32BE(0),
      code: payload.readUInt32BE(4),
      debug: payload.subarray(8).toString(),
    };
  }

  async resetOf(id: number): Promise<number> {
    const { payload } = await this.until((f) => f.type === FrameType.rstStream && f.id === id);
    return payload.readUInt32BE(0);
  }

  /** Waits for END_STREAM, then tells all of a stream: header fields of all HEADERS frames, and the data. */
  async answer(id: number): Promise<{ headers: Record<string, string>; data: Buffer }> {
    await this.until((f) => f.id === id && (f.flags & Flag.endStream) !== 0 && f.type <= FrameType.headers);
    const headers: Record<string, string> = {};
    const data: Buffer[] = [];
    for (const f of this.frames) {
      // Every block has to pass the decoder, in order.
      if (f.type === FrameType.headers) {
        const fields = this.blocks.get(f) ?? this.decoder.decode(f.payload, 0, f.payload.length);
        this.blocks.set(f, fields);
        if (f.id === id) for (const { name, value } of fields) headers[name] = value;
      }
      if (f.type === FrameType.data && f.id === id) data.push(f.payload);
    }
    return { headers, data: Buffer.concat(data) };
  }

  private readonly blocks = new Map<Frame, { name: string; value: string }[]>();

  describe(): string {
    const name = (type: number) =>
      Object.entries(FrameType).find(([, number]) => number === type)?.[0] ?? type;
    const list = this.frames.map(
      (f) => `${name(f.type)}(${f.id}, ${f.payload.toString('hex').slice(0, 40)})`,
    );
    return `${list.join(' ')}${this.ended ? ' end' : ''}`;
  }
}

let pings = 0;
