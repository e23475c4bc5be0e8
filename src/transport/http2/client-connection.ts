/**
 * The client's end of a connection: we open streams, the server answers. It exists for load generators and other
 * callers that need many calls at little cost; it shares everything but who opens streams with the server's end.
 */
import type { Socket } from 'node:net';
import { Http2Connection } from './connection.ts';
import { clientPreface, defaultWindowBytes, ErrorCode, largestStreamId, Setting } from './constants.ts';
import { ConnectionError } from './errors.ts';
import { HeaderBlockCache, type HeaderField } from './hpack/index.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import type { Http2Limits, Rate } from './limits.ts';
import { areRegular } from './request-head.ts';
import type { Http2Stream } from './stream.ts';

export interface ClientStream extends Http2Stream {
  /** HEADERS of the final answer came; the next block is trailers. */
  answering: boolean;
  /** The final answer's header fields, `:status` first. */
  receiveHeaders(fields: readonly HeaderField[]): void;
}

/** A server is whom we chose to call; what it sends is not held against it. */
const anyRate: Rate = { burst: Number.MAX_SAFE_INTEGER, perSecond: 0 };
export const clientRates = {
  rapidResets: anyRate,
  settingsFrames: anyRate,
  pings: anyRate,
  emptyFrames: anyRate,
  ignoredFrames: anyRate,
};

export class ClientConnection extends Http2Connection {
  readonly isServer = false;
  readonly lastPeerStreamId = 0; // nothing is pushed
  declare readonly streams: Map<number, ClientStream>;
  private nextId = 1;
  /** No new streams: GOAWAY came, or `shutdown`. */
  private leaving = false;
  private readonly blocks = new HeaderBlockCache<readonly HeaderField[]>();

  constructor(
    socket: Socket,
    options: { readonly limits: Http2Limits; readonly keepalive?: KeepaliveOptions },
  ) {
    super(socket, { ...options, preface: null });
    this.output.append(clientPreface);
    this.writeSettings([
      [Setting.enablePush, 0],
      [Setting.initialWindowSize, this.limits.streamWindowBytes],
      [Setting.maxHeaderListSize, this.limits.maxHeaderListBytes],
    ]);
    const extra = this.limits.connectionWindowBytes - defaultWindowBytes;
    if (extra > 0) this.writeWindowUpdate(0, extra);
  }

  /** Whether one more stream may be opened now. */
  get available(): boolean {
    return (
      this.reading &&
      !this.leaving &&
      this.nextId <= largestStreamId &&
      this.streams.size < this.peerMaxStreams
    );
  }

  /** Makes a stream of the next id; its HEADERS must be written at once. Only while {@link available}. */
  openStream<Stream extends ClientStream>(make: (id: number) => Stream): Stream {
    if (!this.available) throw new Error('no more streams on this connection');
    this.now = performance.now();
    const stream = make(this.nextId);
    this.nextId += 2;
    this.streams.set(stream.id, stream);
    return stream;
  }

  /** Opens no more streams; closes when those open have ended. */
  shutdown(): void {
    this.leaving = true;
    this.closeWhenIdle();
  }

  protected override isKnown(id: number): boolean {
    return (id & 1) === 1 && id < this.nextId;
  }

  override headerBlock(id: number, endStream: boolean, block: Buffer, start: number, end: number): void {
    const fields = this.readFields(block, start, end);
    const stream = this.streams.get(id);
    if (stream === undefined) return this.onStray(id, 'HEADERS');
    if (stream.remoteClosed) return this.streamError(id, ErrorCode.streamClosed);
    if (stream.answering) {
      if (!endStream || !areRegular(fields)) return this.streamError(id, ErrorCode.protocolError);
      stream.receiveTrailers(fields);
    } else {
      if (!isResponse(fields)) return this.streamError(id, ErrorCode.protocolError);
      if (fields[0].value.charCodeAt(0) === 0x31) return; // 1xx: more will come (RFC 9113, section 8.1)
      stream.answering = true;
      stream.receiveHeaders(fields);
    }
    if (endStream && !stream.gone) this.endRemote(stream);
  }

  private readFields(block: Buffer, start: number, end: number): readonly HeaderField[] {
    const generation = this.decoder.table.generation;
    const known = this.blocks.lookup(block, start, end, generation);
    if (known !== undefined) return known;
    const fields = this.decoder.decode(block, start, end);
    if (this.decoder.overflowed)
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'header list too large');
    if (this.decoder.table.generation === generation)
      this.blocks.remember(block, start, end, generation, fields);
    return fields;
  }

  /** Streams above the last one the server has seen were not acted upon. */
  override goaway(lastStreamId: number, _code: number, _debug: Buffer): void {
    this.leaving = true;
    for (const stream of [...this.streams.values()]) {
      if (stream.id <= lastStreamId) continue;
      this.removeStream(stream);
      stream.aborted(ErrorCode.refusedStream);
    }
    this.closeWhenIdle();
  }

  protected override onStreamRemoved(): void {
    if (this.leaving) this.closeWhenIdle();
  }

  private closeWhenIdle(): void {
    if (this.streams.size === 0 && this.reading) this.closeSocket();
  }
}

function isResponse(fields: readonly HeaderField[]): boolean {
  return (
    fields.length > 0 &&
    fields[0].name === ':status' &&
    /^\d{3}$/.test(fields[0].value) &&
    areRegular(fields.slice(1))
  );
}
