/**
 * Raft messages one by one, as POST /raft: for peers without a stream (yet), and for those that are only known by what
 * they sent. Few at a time and few in the queue; what does not fit is dropped, and raft sends it again.
 */
import { type Agent, type ClientRequest, request } from 'node:http';
import { Message } from '../core/wire/gen/raft.ts';
import { type LocalPeer, requestHeaders } from './headers.ts';
import type { PeerLog } from './peer-log.ts';
import type { PeerStatus } from './peer-status.ts';
import { readPostAnswer } from './post-answer.ts';
import { connectOptions, type UrlPicker } from './urls.ts';

/** Requests under way to one peer. */
const PIPELINE_WORKERS = 4;
export const PIPELINE_QUEUE_LIMIT = 64;
/** Our own limit: a request that a dead peer never answers would hold its worker for ever. */
const ANSWER_TIMEOUT_MS = 30_000;

export interface PipelineOptions {
  readonly local: LocalPeer;
  readonly remoteId: bigint;
  readonly picker: UrlPicker;
  readonly agent: Agent;
  readonly status: PeerStatus;
  readonly log: PeerLog;
  onSent(bytes: number): void;
  onLost(): void;
  onRemoved(): void;
}

export class Pipeline {
  private readonly o: PipelineOptions;
  private readonly queue: Message[] = [];
  private readonly active = new Set<ClientRequest>();
  private stopped = false;

  constructor(options: PipelineOptions) {
    this.o = options;
  }

  /** False: the queue is full. */
  send(message: Message): boolean {
    if (this.stopped) return true;
    if (this.queue.length >= PIPELINE_QUEUE_LIMIT) return false;
    this.queue.push(message);
    this.pump();
    return true;
  }

  stop(): void {
    this.stopped = true;
    this.queue.length = 0;
    for (const post of this.active) post.destroy();
  }

  private pump(): void {
    while (!this.stopped && this.active.size < PIPELINE_WORKERS && this.queue.length > 0) {
      this.post(this.queue.shift()!);
    }
  }

  private post(message: Message): void {
    const { local, picker, agent, status } = this.o;
    const url = picker.pick();
    const body = Message.encode(message);
    let post: ClientRequest | undefined;
    let settled = false;
    const settle = (failure: string | undefined): void => {
      if (settled) return;
      settled = true;
      if (post) this.active.delete(post);
      if (failure === undefined) {
        status.up();
        this.o.onSent(body.length);
      } else if (!this.stopped) this.failed(url, failure);
      queueMicrotask(() => this.pump());
    };
    try {
      post = request({
        ...connectOptions(url),
        agent,
        method: 'POST',
        path: '/raft',
        timeout: ANSWER_TIMEOUT_MS,
        headers: {
          ...requestHeaders(local),
          'Content-Type': 'application/protobuf',
          'Content-Length': body.length,
        },
      });
    } catch (error) {
      return settle((error as Error).message);
    }
    const sent = post;
    this.active.add(sent);
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', (error) => settle(error.message));
    sent.on('response', (response) => {
      readPostAnswer(response, { ...this.o, url: `${url}/raft` }, ({ failure, removed }) => {
        settle(failure);
        if (removed) this.o.onRemoved();
      });
    });
    sent.end(body);
  }

  private failed(url: string, failure: string): void {
    const { picker, status, remoteId, onLost } = this.o;
    picker.failed(url);
    status.down(`failed to write ${remoteId.toString(16)} on pipeline`, failure);
    onLost();
  }
}
