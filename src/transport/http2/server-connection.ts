/**
 * The server's end of a connection: the client opens streams, we answer. What a request becomes is up to
 * {@link ServerConnection.open}.
 *
 * Shutting down (RFC 9113, section 6.8) takes two GOAWAYs: the first names the highest stream id there is, a PING
 * follows, and when its acknowledgement is back every stream the client had opened by then has been seen.
 *
 *   serving --shutdown()--> announced --PING acknowledged--> draining --last stream ends--> closed
 */
import type { Socket } from 'node:net';
import { Http2Connection } from './connection.ts';
import { clientPreface, defaultWindowBytes, ErrorCode, Flag, largestStreamId, Setting } from './constants.ts';
import { ConnectionError } from './errors.ts';
import { HeaderBlockCache } from './hpack/index.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import type { Http2Limits } from './limits.ts';
import { areRegular, type RequestHead, readRequestHead } from './request-head.ts';
import type { SettingEntry } from './settings.ts';
import type { Http2Stream } from './stream.ts';

export interface ServerConnectionOptions {
  readonly limits: Http2Limits;
  readonly keepalive?: KeepaliveOptions;
}

type Phase = 'serving' | 'announced' | 'draining';

/** Opaque data of the PING between the two GOAWAYs. */
const drainPing = Buffer.from('kvctl-dr', 'latin1');

export abstract class ServerConnection extends Http2Connection {
  readonly isServer = true;
  lastPeerStreamId = 0;
  private phase: Phase = 'serving';
  private readonly heads = new HeaderBlockCache<RequestHead>();

  constructor(socket: Socket, options: ServerConnectionOptions) {
    super(socket, { ...options, preface: clientPreface });
    this.writeSettings(this.announcedSettings());
    const extra = this.limits.connectionWindowBytes - defaultWindowBytes;
    if (extra > 0) this.writeWindowUpdate(0, extra);
  }

  /** Makes the stream of a request; `opened` follows. */
  protected abstract open(id: number, head: RequestHead): Http2Stream;

  /** No more requests after those under way; the socket closes when the last one ends. */
  shutdown(): void {
    if (!this.reading || this.phase !== 'serving') return;
    // Who never said a word answers no PING either, and would hold the end up for as long as there is time.
    if (!this.begun) return void this.socket.destroy();
    this.phase = 'announced';
    this.writeGoaway(largestStreamId, ErrorCode.noError, 'graceful_stop');
    this.writePing(drainPing);
  }

  private announcedSettings(): SettingEntry[] {
    return [
      [Setting.maxConcurrentStreams, this.limits.maxConcurrentStreams],
      [Setting.initialWindowSize, this.limits.streamWindowBytes],
      [Setting.maxHeaderListSize, this.limits.maxHeaderListBytes],
    ];
  }

  protected override isKnown(id: number): boolean {
    return (id & 1) === 1 && id <= this.lastPeerStreamId;
  }

  override headerBlock(id: number, endStream: boolean, block: Buffer, start: number, end: number): void {
    if ((id & 1) === 0) throw new ConnectionError(ErrorCode.protocolError, 'even stream id from a client');
    if (id <= this.lastPeerStreamId) return this.onLaterBlock(id, endStream, block, start, end);
    if (id > this.lastPeerStreamId + 2) this.closed.rememberSkip(this.lastPeerStreamId + 2, id - 2);
    this.lastPeerStreamId = id;
    const head = this.readHead(id, block, start, end);
    if (head === null) return;
    if (this.phase === 'draining') {
      this.closed.rememberReset(id); // after the last GOAWAY: to be ignored (section 6.8)
      return;
    }
    if (
      this.streams.size >= this.limits.maxConcurrentStreams ||
      this.queuedBytes > this.limits.maxQueuedBytes
    ) {
      return this.streamError(id, ErrorCode.refusedStream);
    }
    if (endStream && head.contentLength > 0) return this.streamError(id, ErrorCode.protocolError);
    const stream = this.open(id, head);
    this.streams.set(id, stream);
    stream.bodyRemaining = head.contentLength;
    stream.remoteClosed = endStream;
    stream.opened();
    if (endStream && !stream.gone) this.endRemote(stream);
  }

  /** Null when the request was refused already. */
  private readHead(id: number, block: Buffer, start: number, end: number): RequestHead | null {
    const generation = this.decoder.table.generation;
    const known = this.heads.lookup(block, start, end, generation);
    if (known !== undefined) return known;
    const fields = this.decoder.decode(block, start, end);
    if (this.decoder.overflowed) {
      this.refuseLargeHeaders(id);
      return null;
    }
    const head = readRequestHead(fields);
    if (head === null) this.streamError(id, ErrorCode.protocolError);
    else if (this.decoder.table.generation === generation)
      this.heads.remember(block, start, end, generation, head);
    return head;
  }

  private refuseLargeHeaders(id: number): void {
    this.flood.count('rapidResets', this.now);
    this.writeHeaders(id, [{ name: ':status', value: '431', indexing: 'once' }], Flag.endStream);
    this.resetStream(id, ErrorCode.noError);
  }

  /** Trailers, or headers where none may be. */
  private onLaterBlock(id: number, endStream: boolean, block: Buffer, start: number, end: number): void {
    const fields = this.decoder.decode(block, start, end);
    const stream = this.streams.get(id);
    if (stream === undefined) return this.onStray(id, 'HEADERS');
    if (stream.remoteClosed) return this.streamError(id, ErrorCode.streamClosed);
    const malformed =
      !endStream || stream.bodyRemaining > 0 || this.decoder.overflowed || !areRegular(fields);
    if (malformed) return this.streamError(id, ErrorCode.protocolError);
    stream.receiveTrailers(fields);
    if (!stream.gone) this.endRemote(stream);
  }

  protected override onPingAck(payload: Buffer): void {
    if (this.phase !== 'announced' || !payload.equals(drainPing)) return;
    this.phase = 'draining';
    this.writeGoaway(this.lastPeerStreamId, ErrorCode.noError, '');
    this.closeWhenIdle();
  }

  /** The client is leaving: its streams may finish. */
  override goaway(_lastStreamId: number, _code: number, _debug: Buffer): void {
    if (this.phase === 'serving') this.phase = 'draining';
    this.closeWhenIdle();
  }

  protected override onStreamRemoved(): void {
    if (this.phase === 'draining') this.closeWhenIdle();
  }

  private closeWhenIdle(): void {
    if (this.streams.size === 0 && this.reading) this.closeSocket();
  }
}
