/**
 * The reading end of a stream: dials a peer, and takes in the raft messages that come as the body of its answer. When
 * the link breaks, or the peer refuses, it dials again, on the peer's next URL, no more than once in 100 ms.
 */
import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Clock, Timer } from '../core/ports/clock.ts';
import type { Message } from '../core/raft/types.ts';
import { FrameReader } from './frame-reader.ts';
import { header, type LocalPeer, requestHeaders } from './headers.ts';
import { decodeMessages } from './message-stream.ts';
import { decodeAppends } from './msgapp-stream.ts';
import type { PeerLog } from './peer-log.ts';
import type { PeerStatus } from './peer-status.ts';
import { connectOptions, type UrlPicker } from './urls.ts';

export type StreamKind = 'message' | 'msgapp';
export const STREAM_LABELS: Readonly<Record<StreamKind, string>> = {
  message: 'stream Message',
  msgapp: 'stream MsgApp v2',
};

/** At most one dial in this time. */
const DIAL_INTERVAL_MS = 100;
/** A stream that is silent for so long is dead: link heartbeats come every 5/3 s. */
export const STREAM_IDLE_MS = 5000;
const TCP_KEEPALIVE_MS = 30_000;
/** Longest text of a refusal that is read. */
const MAX_REFUSAL_BYTES = 4096;

export interface StreamReaderOptions {
  readonly kind: StreamKind;
  readonly local: LocalPeer;
  readonly remoteId: bigint;
  readonly picker: UrlPicker;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly dialTimeoutMs: number;
  readonly status: PeerStatus;
  readonly log: PeerLog;
  receive(message: Message): void;
  onReceived(bytes: number): void;
  /** The peer says that this member is no longer part of the cluster. */
  onRemoved(): void;
}

export class StreamReader {
  private readonly o: StreamReaderOptions;
  private readonly ids: Readonly<Record<string, unknown>>;
  private current: ClientRequest | undefined;
  private timer: Timer | undefined;
  private lastDial = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(options: StreamReaderOptions) {
    this.o = options;
    this.ids = {
      'stream-reader-type': STREAM_LABELS[options.kind],
      'local-member-id': options.local.memberId.toString(16),
      'remote-peer-id': options.remoteId.toString(16),
    };
  }

  start(): void {
    this.dial();
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
    this.current?.destroy();
  }

  private dial(): void {
    if (this.stopped) return;
    const { kind, local, remoteId, picker, agent, clock, dialTimeoutMs } = this.o;
    this.lastDial = clock.now();
    const url = picker.pick();
    let settled = false;
    /** The end of this connection, whatever comes first. */
    const ended = (why: string): void => {
      if (settled) return;
      settled = true;
      dialing.cancel();
      dialed?.destroy();
      this.broken(url, why);
    };
    let dialed: ClientRequest | undefined;
    const dialing = clock.after(dialTimeoutMs, () => ended('dial timed out'));
    try {
      dialed = request({
        ...connectOptions(url),
        agent,
        path: `/raft/stream/${kind}/${local.memberId.toString(16)}`,
        headers: { ...requestHeaders(local), 'X-Raft-To': remoteId.toString(16) },
      });
    } catch (error) {
      return ended((error as Error).message);
    }
    this.current = dialed;
    dialed.on('socket', (socket) => socket.setKeepAlive(true, TCP_KEEPALIVE_MS));
    dialed.on('error', (error) => ended(error.message));
    dialed.on('response', (response) => {
      dialing.cancel();
      if (response.statusCode === 200) this.read(response, ended);
      else this.refused(response, ended);
    });
    dialed.end();
  }

  private read(response: IncomingMessage, ended: (why: string) => void): void {
    const { kind, local, remoteId, status, log, receive, onReceived } = this.o;
    const frames = new FrameReader(
      kind === 'message'
        ? decodeMessages(receive)
        : decodeAppends({ from: remoteId, to: local.memberId }, receive),
    );
    response.socket.setTimeout(STREAM_IDLE_MS, () => ended('i/o timeout'));
    response.on('data', (chunk: Buffer) => {
      onReceived(chunk.length);
      try {
        frames.push(chunk);
      } catch (error) {
        ended((error as Error).message);
      }
    });
    response.on('error', (error) => ended(error.message));
    response.on('close', () => ended('EOF'));
    this.established = true;
    status.up();
    log.info('established TCP streaming connection with remote peer', this.ids);
  }

  private established = false;

  private refused(response: IncomingMessage, ended: (why: string) => void): void {
    const { local, remoteId, log, onRemoved } = this.o;
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_REFUSAL_BYTES) ended('refusal is too long');
    });
    response.on('close', () => {
      const why = text.trim();
      if (response.statusCode === 410) {
        const wasStopped = this.stopped;
        this.stop();
        if (!wasStopped) onRemoved();
        return;
      }
      if (response.statusCode === 404) {
        return ended(
          `peer ${remoteId.toString(16)} failed to find local node ${local.memberId.toString(16)}`,
        );
      }
      if (response.statusCode === 412) {
        const cause = CAUSES[why];
        log.warn(`request sent was ignored by remote peer due to ${cause ?? why}`, {
          ...this.ids,
          'local-member-cluster-id': local.clusterId.toString(16),
          'remote-peer-cluster-id': header(response.headers, 'x-etcd-cluster-id'),
          error: why,
        });
        return ended(why);
      }
      ended(`unhandled stream dial status: ${response.statusCode}`);
    });
  }

  private broken(url: string, why: string): void {
    const { picker, status, clock, log, kind, remoteId } = this.o;
    if (this.stopped) return;
    picker.failed(url);
    status.down(`failed to dial ${remoteId.toString(16)} on ${STREAM_LABELS[kind]}`, why);
    if (this.established) {
      this.established = false;
      log.warn('lost TCP streaming connection with remote peer', { ...this.ids, error: why });
    }
    const wait = Math.max(0, this.lastDial + DIAL_INTERVAL_MS - clock.now());
    this.timer = clock.after(wait, () => this.dial());
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  'incompatible version': 'server version incompatibility',
  'cluster ID mismatch': 'cluster ID mismatch',
};
