/** Seeded noise for the HTTP/2 server: frames that are nearly right, cut anywhere, and header blocks likewise. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { GrpcConnection, GrpcServer } from '../../../../src/transport/grpc/index.ts';
import { clientPreface, ErrorCode, Flag, FrameType } from '../../../../src/transport/http2/constants.ts';
import { ConnectionError } from '../../../../src/transport/http2/errors.ts';
import { HpackDecoder, HpackEncoder, HpackError } from '../../../../src/transport/http2/hpack/index.ts';
import { defaultLimits, type Rate } from '../../../../src/transport/http2/limits.ts';
import { echoMethods } from './echo.ts';
import { block, frame, grpcHeaders, message, setting, uint32 } from './raw-client.ts';

/** mulberry32 */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.next();
    return bytes;
  }

  /** Flips, drops or adds a few bytes. */
  mutate(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    for (let i = this.below(3); i >= 0 && copy.length > 0; i--) copy[this.below(copy.length)] = this.next();
    if (this.below(8) === 0) return copy.subarray(0, this.below(copy.length + 1));
    return this.below(8) === 0 ? Buffer.concat([copy, this.bytes(this.below(6))]) : copy;
  }
}

/** The server's end without a kernel: what it writes is kept. */
class MemorySocket extends Duplex {
  readonly written: Buffer[] = [];
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(Buffer.from(chunk));
    done();
  }
  setNoDelay(): this {
    return this;
  }
}

const sampleBlocks: readonly Buffer[] = [
  block(grpcHeaders),
  block({ ...grpcHeaders, ':path': '/test.Echo/Chat', 'grpc-timeout': '5S' }),
  block({ ...grpcHeaders, ':path': '/test.Echo/Count', 'grpc-encoding': 'gzip' }),
  block({ ...grpcHeaders, ':path': '/nowhere', 'content-length': '7' }),
  block({ 'x-trailer': 'v' }),
  indexedBlock(),
];

function indexedBlock(): Buffer {
  const fields = Object.entries(grpcHeaders).map(([name, value]) => ({
    name,
    value,
    indexing: 'repeated' as const,
  }));
  const target = Buffer.alloc(HpackEncoder.bound(fields));
  return target.subarray(0, new HpackEncoder().encode(fields, target, 0));
}

/** A block that decodes or throws HpackError, and never leaves the table beyond its bound. */
export function fuzzHpack(random: Random, cases: number): void {
  let decoder = new HpackDecoder({ maxListBytes: 4096 });
  for (let i = 0; i < cases; i++) {
    const sample =
      random.below(3) === 0 ? random.bytes(random.below(40)) : random.mutate(random.pick(sampleBlocks));
    try {
      decoder.decode(sample, 0, sample.length);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      decoder = new HpackDecoder({ maxListBytes: 4096 });
    }
    assert.ok(decoder.table.byteLength <= decoder.table.maxByteLength);
    assert.ok(decoder.table.maxByteLength <= 4096);
  }
}

const unlimited: Rate = { burst: 1e12, perSecond: 1e9 };

/**
 * One case is one frame. A connection is used until it ends itself; then, as after every `checkEvery` frames, what
 * it wrote is read back as a client would.
 */
export function fuzzFrames(random: Random, cases: number): { connections: number; answered: number } {
  const server = new GrpcServer({
    methods: echoMethods,
    maxReceiveBytes: 4096,
    minPingMs: 0,
    limits: {
      ...defaultLimits,
      streamWindowBytes: 70_000,
      connectionWindowBytes: 70_000,
      rapidResets: unlimited,
      settingsFrames: unlimited,
      pings: unlimited,
      emptyFrames: unlimited,
      ignoredFrames: unlimited,
    },
  });
  let connections = 0;
  let answered = 0;
  for (let done = 0; done < cases; ) {
    connections++;
    const world = new FuzzedConnection(server, random);
    for (let i = 0; i < 400 && done < cases && world.connection.reading; i++, done++) world.step();
    answered += world.check();
  }
  void server.close(0);
  return { connections, answered };
}

class FuzzedConnection {
  readonly socket = new MemorySocket();
  readonly connection: GrpcConnection;
  private readonly random: Random;
  private nextId = 1;

  constructor(server: GrpcServer, random: Random) {
    this.random = random;
    this.connection = new GrpcConnection(this.socket as unknown as Socket, server);
    this.connection.receive(Buffer.concat([clientPreface, frame(FrameType.settings, 0, 0)]));
  }

  step(): void {
    let bytes = this.plausibleFrame();
    if (this.random.below(6) === 0) bytes = this.random.mutate(bytes);
    const cut = this.random.below(3) === 0 ? this.random.below(bytes.length + 1) : bytes.length;
    this.connection.receive(bytes.subarray(0, cut));
    if (cut < bytes.length) this.connection.receive(bytes.subarray(cut));
    if (this.random.below(8) === 0) this.connection.output.flush();
  }

  private plausibleFrame(): Buffer {
    const { random } = this;
    const id = random.below(4) === 0 ? this.nextId : Math.max(1, this.nextId - 2 * random.below(4));
    switch (random.below(12)) {
      case 0:
      case 1:
      case 2: {
        const opened = this.nextId;
        this.nextId += 2;
        return frame(
          FrameType.headers,
          Flag.endHeaders | (random.below(8) % 2),
          opened,
          random.pick(sampleBlocks),
        );
      }
      case 3:
      case 4:
      case 5: {
        const body = message(random.bytes(random.below(60)), random.below(12) === 0 ? 1 : 0);
        return frame(FrameType.data, random.below(2), id, random.below(3) === 0 ? random.mutate(body) : body);
      }
      case 6:
        return frame(FrameType.windowUpdate, 0, random.below(2) * id, uint32(1 + random.below(100_000)));
      case 7:
        return frame(FrameType.settings, 0, 0, setting(random.below(8), random.below(70_000)));
      case 8:
        return frame(FrameType.ping, random.below(2), 0, random.bytes(8));
      case 9:
        return frame(FrameType.rstStream, 0, id, uint32(random.below(14)));
      case 10:
        return this.cutBlock();
      default:
        return frame(random.below(12), random.next() & 0xff, id, random.bytes(random.below(20)));
    }
  }

  /** HEADERS and a CONTINUATION. */
  private cutBlock(): Buffer {
    const sample = this.random.pick(sampleBlocks);
    const cut = this.random.below(sample.length);
    const id = this.nextId;
    this.nextId += 2;
    const first = frame(FrameType.headers, this.random.below(2), id, sample.subarray(0, cut));
    return Buffer.concat([first, frame(FrameType.continuation, Flag.endHeaders, id, sample.subarray(cut))]);
  }

  /** Whatever was fed, what comes out is well-formed HTTP/2; returns how many calls were answered. */
  check(): number {
    const { connection, socket } = this;
    connection.output.flush();
    const bytes = Buffer.concat(socket.written);
    const decoder = new HpackDecoder();
    const ended = new Set<number>();
    let goaways = 0;
    for (let at = 0; at < bytes.length; ) {
      assert.ok(bytes.length - at >= 9, 'a whole frame header');
      const [length, type, flags] = [bytes.readUIntBE(at, 3), bytes[at + 3], bytes[at + 4]];
      const id = bytes.readUInt32BE(at + 5);
      const payload = at + 9;
      at = payload + length;
      assert.ok(at <= bytes.length, 'a whole frame');
      if (type === FrameType.headers) decoder.decode(bytes, payload, at);
      if (type === FrameType.headers || type === FrameType.data) {
        assert.ok((id & 1) === 1 && !ended.has(id), 'nothing after END_STREAM');
        if (flags & Flag.endStream) ended.add(id);
      }
      if (type === FrameType.goaway) goaways++;
    }
    // One GOAWAY ends it, or none where the noise said GOAWAY itself.
    assert.ok(goaways <= (connection.reading ? 0 : 1), `${goaways} GOAWAY frames`);
    assert.equal(
      [...connection.streams.values()].reduce((sum, s) => sum + s.queuedBytes, 0),
      connection.queuedBytes,
    );
    connection.fail(new ConnectionError(ErrorCode.noError, 'over'));
    assert.equal(connection.streams.size, 0);
    assert.equal(connection.partialBytes, 0, 'incomplete messages are let go');
    assert.equal(connection.queuedBytes, 0);
    socket.destroy();
    return ended.size;
  }
}
