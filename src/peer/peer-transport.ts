/**
 * All other members, as the consensus core reaches them: etcd's rafthttp. Each member dials two streams to each other
 * one, and writes to those that were dialed to it.
 */
import { Agent, type ServerResponse } from 'node:http';
import type { ClusterMember } from '../core/membership/member.ts';
import type { BackendReader } from '../core/ports/backend.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { PeerLink } from '../core/ports/peer-link.ts';
import type { Message } from '../core/raft/types.ts';
import type { LocalPeer } from './headers.ts';
import { Peer } from './peer.ts';
import type { PeerLog } from './peer-log.ts';
import type { DatabaseFile, SnapshotObserver } from './snapshot-post.ts';
import type { StreamKind } from './stream-reader.ts';

/** The consensus core, as messages reach it and as it hears of what was lost. */
export interface RaftEnd {
  step(message: Message): void;
  reportUnreachable(id: bigint): void;
}

export interface PeerTraffic {
  onSent(id: bigint, bytes: number): void;
  onReceived(id: bigint, bytes: number): void;
  onRoundTrip(id: bigint, milliseconds: number): void;
}

export interface PeerTransportOptions {
  readonly local: LocalPeer;
  readonly clock: Clock;
  readonly log: PeerLog;
  readonly electionTimeoutMs: number;
  readonly raft: RaftEnd;
  readonly traffic: PeerTraffic;
  readonly snapshots: SnapshotObserver;
  databaseFile(database: BackendReader): Promise<DatabaseFile>;
  /** Another member says that this one was removed; told once. */
  onRemoved(): void;
}

const DIAL_BASE_MS = 1000;

export class PeerTransport implements PeerLink {
  private readonly o: PeerTransportOptions;
  private readonly peers = new Map<bigint, Peer>();
  /** Known only by what they sent: posted to, never dialed. */
  private readonly remotes = new Map<bigint, Peer>();
  private readonly streamAgent = new Agent({ keepAlive: false });
  private readonly pipelineAgent = new Agent({ keepAlive: true });
  private readonly probeAgent = new Agent({ keepAlive: true });
  private removed = false;
  private stopped = false;

  constructor(options: PeerTransportOptions) {
    this.o = options;
  }

  send(messages: readonly Message[]): void {
    if (messages.length === 1) return this.to(messages[0].to)?.send(messages);
    const byPeer = new Map<bigint, Message[]>();
    for (const m of messages) {
      const list = byPeer.get(m.to);
      if (list) list.push(m);
      else byPeer.set(m.to, [m]);
    }
    for (const [id, list] of byPeer) this.to(id)?.send(list);
  }

  sendSnapshot(message: Message, database: BackendReader, done: (arrived: boolean) => void): void {
    const peer = this.to(message.to);
    if (peer) peer.sendSnapshot(message, database, done);
    else done(false);
  }

  /** These are all the members there are. */
  setMembers(members: readonly Pick<ClusterMember, 'id' | 'peerURLs'>[]): void {
    for (const id of [...this.peers.keys()]) if (!members.some((m) => m.id === id)) this.removeMember(id);
    for (const member of members) this.setMember(member);
  }

  /** A member, new or with other URLs. This member itself is passed over. */
  setMember(member: Pick<ClusterMember, 'id' | 'peerURLs'>): void {
    const { id, peerURLs } = member;
    if (this.stopped || id === this.o.local.memberId) return;
    const known = this.peers.get(id);
    if (known) return known.update(peerURLs);
    this.peers.set(id, this.open(id, peerURLs, true));
    this.o.log.info('added remote peer', { ...this.ids(id), 'remote-peer-urls': peerURLs });
    this.remotes.get(id)?.stop();
    this.remotes.delete(id);
  }

  removeMember(id: bigint): void {
    const peer = this.peers.get(id);
    if (!peer) return;
    this.peers.delete(id);
    peer.stop();
    const { local, log } = this.o;
    log.info('removed remote peer', {
      'local-member-id': local.memberId.toString(16),
      'removed-remote-peer-id': id.toString(16),
    });
  }

  /** Someone who is no member as far as we know; members stay what they are. */
  addRemote(id: bigint, urls: readonly string[]): void {
    if (this.stopped || id === this.o.local.memberId || this.peers.has(id) || this.remotes.has(id)) return;
    this.remotes.set(id, this.open(id, urls, false));
  }

  knows(id: bigint): boolean {
    return this.peers.has(id);
  }

  /** Bytes that came by POST. */
  received(id: bigint, bytes: number): void {
    this.o.traffic.onReceived(id, bytes);
  }

  /** False: nobody of that id is a peer. */
  attach(kind: StreamKind, id: bigint, response: ServerResponse): boolean {
    const peer = this.peers.get(id);
    peer?.attach(kind, response);
    return peer !== undefined;
  }

  /** Since when the peer can be reached, in clock milliseconds. */
  activeSince(id: bigint): number | undefined {
    return this.peers.get(id)?.status.activeSince;
  }

  stop(): void {
    this.stopped = true;
    for (const peer of [...this.peers.values(), ...this.remotes.values()]) peer.stop();
    this.peers.clear();
    this.remotes.clear();
    this.streamAgent.destroy();
    this.pipelineAgent.destroy();
    this.probeAgent.destroy();
  }

  private to(id: bigint): Peer | undefined {
    return this.peers.get(id) ?? this.remotes.get(id);
  }

  private open(id: bigint, urls: readonly string[], streams: boolean): Peer {
    const { local, clock, log, electionTimeoutMs, raft, traffic } = this.o;
    return new Peer({
      id,
      urls,
      local,
      clock,
      log,
      dialTimeoutMs: DIAL_BASE_MS + electionTimeoutMs,
      streamAgent: this.streamAgent,
      pipelineAgent: this.pipelineAgent,
      probeAgent: this.probeAgent,
      streams,
      receive: (message) => raft.step(message),
      onUnreachable: (lost) => raft.reportUnreachable(lost),
      observer: this.o.snapshots,
      databaseFile: (database) => this.o.databaseFile(database),
      ...traffic,
      onRemoved: () => {
        if (this.removed || this.stopped) return;
        this.removed = true;
        this.o.onRemoved();
      },
    });
  }

  private ids(id: bigint): Record<string, unknown> {
    return { 'local-member-id': this.o.local.memberId.toString(16), 'remote-peer-id': id.toString(16) };
  }
}
