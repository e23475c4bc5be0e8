/**
 * The side that other members see: the peer port, and the connections to theirs. It exists before the member does, as
 * raft needs somewhere to send to; messages that come before the member runs are not accepted.
 */
import { createServer, type Server as HttpServer } from 'node:http';
import { drive } from '../core/drive.ts';
import { type ClusterMember, hexId } from '../core/membership/member.ts';
import type { KvHash } from '../core/mvcc/store.ts';
import { type Message, MessageType } from '../core/raft/index.ts';
import type { PeerHashes } from '../member/corruption-rules.ts';
import type { Member } from '../member/member.ts';
import { requestTimeoutMs } from '../member/options.ts';
import type { Peers } from '../member/peers.ts';
import {
  askHash,
  askVersions,
  LeaderQuestions,
  type LocalPeer,
  PeerTransport,
  peerHandler,
  refuseNonsense,
} from '../peer/index.ts';
import { exportDatabase } from '../storage/etcd-data/index.ts';
import type { DatabaseFiles } from '../storage/inbox/index.ts';
import {
  CLUSTER_VERSION_UNDECIDED,
  MIN_CLUSTER_VERSION,
  SERVER_VERSION,
  type ServerConfig,
  urlTexts,
} from './config/index.ts';
import { newMemberId } from './identity.ts';
import type { Listener } from './listeners.ts';
import type { Logger } from './logging/index.ts';
import type { Metrics } from './metrics/index.ts';
import { restful } from './restful.ts';
import { snapshotMetrics } from './snapshot-metrics.ts';
import { systemClock } from './system-clock.ts';

/** Time to send a request and its headers (as in etcd). */
const REQUEST_TIMEOUT_MS = 5 * 60_000;
const VERSION_TIMEOUT_MS = 2000;

export interface PeerSideOptions {
  readonly config: ServerConfig;
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly inbox: DatabaseFiles;
  onRemoved(): void;
}

export class PeerSide {
  readonly transport: PeerTransport;
  readonly peers: Peers;
  private readonly o: PeerSideOptions;
  private readonly local: LocalPeer;
  private readonly logger: Logger;
  private member: Member | undefined;
  private http: HttpServer | undefined;

  constructor(options: PeerSideOptions) {
    this.o = options;
    const { config, metrics } = options;
    this.logger = options.logger.with({ caller: 'peer/peer-transport.ts' });
    this.local = {
      memberId: options.memberId,
      clusterId: options.clusterId,
      version: SERVER_VERSION,
      minClusterVersion: MIN_CLUSTER_VERSION,
      peerURLs: () =>
        this.member?.cluster.member(options.memberId)?.peerURLs ?? urlTexts(config.initialAdvertisePeerUrls),
    };
    this.transport = new PeerTransport({
      local: this.local,
      clock: systemClock,
      log: this.logger,
      electionTimeoutMs: config.electionTimeoutMs,
      raft: {
        step: (message) => this.step(message),
        reportUnreachable: (id) => this.member?.reportUnreachable(id),
      },
      snapshots: snapshotMetrics(metrics.network),
      databaseFile: (database) => exportDatabase(database, { pause: restful() }),
      traffic: {
        onSent: (id, bytes) => metrics.network.peerSentBytes.labels(hexId(id)).add(bytes),
        onReceived: (id, bytes) => metrics.network.peerReceivedBytes.labels(hexId(id)).add(bytes),
        onRoundTrip: (id, ms) => metrics.network.peerRoundTrip.labels(hexId(id)).observe(ms / 1000),
      },
      onRemoved: options.onRemoved,
    });
    this.peers = this.questions();
  }

  /** From now on messages reach the member, and it is seen on the peer port. */
  serve(member: Member, listeners: readonly Listener[]): void {
    this.member = member;
    this.http = createServer(
      { keepAliveTimeout: 0, requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
      this.handler(member),
    );
    this.http.on('clientError', refuseNonsense);
    for (const listener of listeners) {
      listener.accept((socket) => this.http!.emit('connection', socket));
      this.logger.info('serving peer traffic', { address: listener.address });
    }
  }

  /** Members as known when the server starts. */
  connect(members: readonly ClusterMember[], remotes: readonly ClusterMember[]): void {
    for (const member of members) this.transport.setMember(member);
    for (const { id, peerURLs } of remotes) this.transport.addRemote(id, peerURLs);
  }

  membershipChanged(id: bigint, member: ClusterMember | undefined): void {
    if (member) this.transport.setMember(member);
    else this.transport.removeMember(id);
  }

  stop(): void {
    this.transport.stop();
  }

  /** A snapshot is worth nothing without its database: those come by another way. */
  private step(message: Message): void {
    if (message.type !== MessageType.MsgSnap) this.member?.step(message);
    else this.logger.warn('ignored a snapshot without its database', { from: hexId(message.from) });
  }

  private questions(): Peers {
    const { config } = this.o;
    const leader = new LeaderQuestions({
      clock: systemClock,
      timeoutMs: requestTimeoutMs({
        electionTicks: config.electionTicks,
        heartbeatMs: config.heartbeatIntervalMs,
      }),
      leaderURLs: () => {
        const { member } = this;
        return member?.cluster.member(member.leader())?.peerURLs ?? [];
      },
    });
    return {
      activeSince: (id) => this.transport.activeSince(id),
      hashes: (members, revision, done) => void this.askHashes(members, revision).then(done),
      lowestVersion: (members, done) => void lowestVersion(members, this.o.memberId).then(done),
      promote: (id, done) => leader.promote(id, done),
      newMemberId,
      leases: leader,
    };
  }

  private async askHashes(members: readonly ClusterMember[], revision: number): Promise<PeerHashes> {
    const { config, clusterId } = this.o;
    const timeoutMs = requestTimeoutMs({
      electionTicks: config.electionTicks,
      heartbeatMs: config.heartbeatIntervalMs,
    });
    const ask = async ({ id, peerURLs }: ClusterMember) => {
      const answer = await askHash(peerURLs, { revision, clusterId, timeoutMs });
      return [id, answer] as const;
    };
    return new Map(await Promise.all(members.map(ask)));
  }

  private handler(member: Member): ReturnType<typeof peerHandler> {
    const { cluster, leases } = member;
    return peerHandler({
      local: this.local,
      transport: this.transport,
      log: this.logger,
      isRemoved: (id) => cluster.isRemoved(id),
      step: (message) => this.step(message),
      snapshots: {
        observer: snapshotMetrics(this.o.metrics.network),
        receive: (index, chunks) => this.o.inbox.receive(index, chunks),
        step: (message) => member.stepSnapshot(message),
      },
      leases: {
        renew: (id, done) => leases.renewHere(id, done),
        timeToLive: (id, withKeys, done) => leases.timeToLiveHere(id, withKeys, done),
      },
      members: () => cluster.members(),
      versions: () => ({
        etcdserver: SERVER_VERSION,
        etcdcluster: cluster.version ?? CLUSTER_VERSION_UNDECIDED,
        storage: cluster.version ?? 'unknown',
      }),
      promote: (id, done) => member.membership.promoteHere(id, done),
      hashKV: (revision, done) =>
        drive<KvHash>(
          () => member.store.hashKV(revision),
          setImmediate,
          (error, hash) => done(error, hash && { ...hash, currentRevision: member.store.currentRevision }),
        ),
      // Downgrades are not offered, so none is ever under way.
      downgradeEnabled: (done) => member.barrier((error) => done(error, false)),
    });
  }
}

/** The lowest version on all members; undefined when one does not answer. */
async function lowestVersion(
  members: readonly ClusterMember[],
  localId: bigint,
): Promise<string | undefined> {
  const others = members.filter((m) => m.id !== localId);
  const answers = await Promise.all(others.map((m) => askVersions(m.peerURLs, VERSION_TIMEOUT_MS)));
  let lowest = SERVER_VERSION;
  for (const answer of answers) {
    if (!answer) return undefined;
    if (versionNumber(answer.etcdserver) < versionNumber(lowest)) lowest = answer.etcdserver;
  }
  return lowest;
}

function versionNumber(version: string): number {
  const [major, minor] = version.split('.').map(Number);
  return major * 1000 + minor;
}
