/** One other member: the streams in both directions, and the pipeline beside them. */
import type { Agent, ServerResponse } from 'node:http';
import type { BackendReader } from '../core/ports/backend.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import { type Message, MessageType } from '../core/raft/types.ts';
import type { LocalPeer } from './headers.ts';
import { MessageEncoder } from './message-stream.ts';
import { AppendEncoder } from './msgapp-stream.ts';
import type { PeerLog } from './peer-log.ts';
import { PeerStatus } from './peer-status.ts';
import { Pipeline } from './pipeline.ts';
import { Prober, type RoundTripper } from './prober.ts';
import { type DatabaseFile, type SnapshotObserver, SnapshotPost } from './snapshot-post.ts';
import { STREAM_LABELS, type StreamKind, StreamReader } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';
import { UrlPicker } from './urls.ts';

/** A silent link says so this often, well within the other side's patience of 5 s. */
const LINK_HEARTBEAT_MS = 5000 / 3;

export interface PeerOptions {
  readonly id: bigint;
  readonly urls: readonly string[];
  readonly local: LocalPeer;
  readonly clock: Clock;
  readonly log: PeerLog;
  readonly dialTimeoutMs: number;
  readonly streamAgent: Agent;
  readonly pipelineAgent: Agent;
  /** Keeps connections of its own for probes beside the streams. */
  readonly probeAgent: Agent;
  readonly observer: SnapshotObserver;
  databaseFile(database: BackendReader): Promise<DatabaseFile>;
  /** False: a remote that is not (yet) a member is only posted to. */
  readonly streams: boolean;
  receive(message: Message): void;
  onUnreachable(id: bigint): void;
  onSent(id: bigint, bytes: number): void;
  onReceived(id: bigint, bytes: number): void;
  onRoundTrip(id: bigint, milliseconds: number): void;
  onRemoved(): void;
}

export class Peer {
  readonly id: bigint;
  readonly status: PeerStatus;
  private readonly o: PeerOptions;
  private readonly picker: UrlPicker;
  private readonly pipeline: Pipeline;
  private readonly snapshots: SnapshotPost;
  private readonly writers: Readonly<Record<StreamKind, StreamWriter>>;
  private readonly readers: readonly StreamReader[];
  private readonly heartbeat: Timer | undefined;
  private readonly probers: readonly Prober[] = [];
  private dropping = false;

  constructor(options: PeerOptions) {
    this.o = options;
    const { id, local, log, clock } = options;
    this.id = id;
    this.picker = new UrlPicker(options.urls);
    this.status = new PeerStatus(id.toString(16), () => clock.now(), log);
    const onSent = (bytes: number): void => options.onSent(id, bytes);
    const onLost = (): void => options.onUnreachable(id);
    const ends = { local, remoteId: id, picker: this.picker, status: this.status, log };
    this.pipeline = new Pipeline({
      ...ends,
      agent: options.pipelineAgent,
      onSent,
      onLost,
      onRemoved: options.onRemoved,
    });
    this.snapshots = new SnapshotPost({
      ...ends,
      agent: options.pipelineAgent,
      observer: options.observer,
      databaseFile: options.databaseFile,
      onSent,
      onRemoved: options.onRemoved,
    });
    const writer = (kind: StreamKind): StreamWriter =>
      new StreamWriter({
        label: STREAM_LABELS[kind],
        ids: { 'local-member-id': local.memberId.toString(16), 'remote-peer-id': id.toString(16) },
        status: this.status,
        log,
        newEncoder: () => (kind === 'message' ? new MessageEncoder() : new AppendEncoder()),
        onSent,
        onLost,
      });
    this.writers = { message: writer('message'), msgapp: writer('msgapp') };
    this.readers = options.streams
      ? (['message', 'msgapp'] as const).map(
          (kind) =>
            new StreamReader({
              ...ends,
              kind,
              agent: options.streamAgent,
              clock,
              dialTimeoutMs: options.dialTimeoutMs,
              receive: options.receive,
              onReceived: (bytes) => options.onReceived(id, bytes),
              onRemoved: options.onRemoved,
            }),
        )
      : [];
    if (options.streams) {
      this.heartbeat = clock.every(LINK_HEARTBEAT_MS, () => {
        this.writers.message.heartbeat();
        this.writers.msgapp.heartbeat();
      });
      const prober = (name: RoundTripper, agent: Agent): Prober =>
        new Prober({ ...ends, name, agent, clock, onRoundTrip: (ms) => options.onRoundTrip(id, ms) });
      this.probers = [
        prober('ROUND_TRIPPER_RAFT_MESSAGE', options.probeAgent),
        prober('ROUND_TRIPPER_SNAPSHOT', options.pipelineAgent),
      ];
    }
    for (const reader of this.readers) reader.start();
  }

  /** A stream that the peer has dialed. */
  attach(kind: StreamKind, response: ServerResponse): void {
    this.writers[kind].attach(response);
  }

  update(urls: readonly string[]): void {
    this.picker.update(urls);
  }

  /** Messages of one turn, in order; appends and the rest go separate ways, as in etcd. */
  send(messages: readonly Message[]): void {
    const { message, msgapp } = this.writers;
    let appends: Message[] | undefined;
    let others: Message[] | undefined;
    for (const m of messages) {
      if (m.type === MessageType.MsgApp && msgapp.attached) (appends ??= []).push(m);
      else if (message.attached) (others ??= []).push(m);
      else if (!this.pipeline.send(m)) this.dropped(m);
    }
    if (appends && !msgapp.send(appends)) this.dropped(appends[0]);
    if (others && !message.send(others)) this.dropped(others[0]);
  }

  /** The database is read until `done` is called. */
  sendSnapshot(message: Message, database: BackendReader, done: (arrived: boolean) => void): void {
    this.snapshots.send(message, database, done);
  }

  stop(): void {
    this.snapshots.stop();
    this.heartbeat?.cancel();
    for (const prober of this.probers) prober.stop();
    for (const reader of this.readers) reader.stop();
    this.writers.message.close();
    this.writers.msgapp.close();
    this.pipeline.stop();
  }

  private dropped(m: Message): void {
    this.o.onUnreachable(this.id);
    if (this.dropping) return;
    // One line a second is enough to say it.
    this.dropping = true;
    this.o.clock.after(1000, () => {
      this.dropping = false;
    });
    this.o.log.warn('dropped internal Raft message since sending buffer is full', {
      'message-type': m.type,
      'local-member-id': this.o.local.memberId.toString(16),
      'remote-peer-id': this.id.toString(16),
      'remote-peer-active': this.status.activeSince !== undefined,
    });
  }
}
