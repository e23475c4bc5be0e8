/**
 * A running server: storage, member and listeners, put together and taken apart in the right order. The one place that
 * knows every room; `kvctl serve` (main.ts) and programs that embed a member call it.
 */
import { hexId } from '../core/membership/member.ts';
import type { ForcedCluster } from '../member/force-new-cluster.ts';
import type { Member } from '../member/member.ts';
import { BackendAheadOfLog, BackendBehindLog, openMember } from '../member/open.ts';
import type { MemberOptions } from '../member/options.ts';
import { hasLog } from '../storage/data-dir.ts';
import { v2StoreJson } from '../storage/snapshot/v2-store.ts';
import { showActivity } from './activity-metrics.ts';
import { alarmGauge } from './alarm-gauge.ts';
import { warnOfAuth } from './auth-warning.ts';
import { type Bootstrap, bootstrap } from './bootstrap.ts';
import { ClientSide } from './client-side.ts';
import { isSecure, SERVER_VERSION, type ServerConfig, type ServerUrl, urlTexts } from './config/index.ts';
import { checkCorruptionAtStart, corruptionChecks } from './corruption.ts';
import { explainDamage } from './damage.ts';
import { importIfAsked } from './import-etcd.ts';
import { ListenError, type Listener, listen } from './listeners.ts';
import { type Logger, type TextLogger, textLogger } from './logging/index.ts';
import { memberEvents } from './member-log.ts';
import { createMetrics, type Metrics } from './metrics/index.ts';
import { PeerSide } from './peer-side.ts';
import { MemberRemoved, StartError } from './start-error.ts';
import { inspectDataDir, type OpenedStorage, openStorage } from './storage.ts';
import { systemClock } from './system-clock.ts';
import { CertificateError, CertificateFiles, tlsInfo } from './tls/index.ts';

/** How often watchers are looked after, in milliseconds. */
const WATCH_TICK_MS = 100;
/** Streams that asked for a leader are cut after so many election timeouts without one. */
const LEADERLESS_CHECKS = 3;
/** How often gauges are brought up to date, in milliseconds. */
const GAUGE_MS = 1000;

/** A member that was removed lives on for so long, to tell the others what it knows. */
const REMOVED_DELAY_MS = 1000;

interface Listeners {
  readonly peer: Listener[];
  readonly client: Listener[];
  readonly http: Listener[];
  readonly metrics: Listener[];
}

export class Server {
  private readonly config: ServerConfig;
  private readonly logger: Logger;
  private readonly metrics: Metrics;
  private readonly showAlarms: ReturnType<typeof alarmGauge>;
  private readonly onFatal: (error: Error) => void;
  private listeners: Listeners = { peer: [], client: [], http: [], metrics: [] };
  private storage: OpenedStorage | undefined;
  private member: Member | undefined;
  private clients: ClientSide | undefined;
  private peers: PeerSide | undefined;
  private ready = false;
  private readonly timers: { cancel(): void }[] = [];

  constructor(config: ServerConfig, logger: Logger, onFatal: (error: Error) => void) {
    this.config = config;
    this.logger = logger.with({ caller: 'server/server.ts' });
    this.metrics = createMetrics({ extensive: config.metrics === 'extensive' });
    this.showAlarms = alarmGauge(this.metrics);
    this.onFatal = onFatal;
  }

  /** Resolves when clients are served. @throws StartError */
  async start(): Promise<void> {
    const { config, logger } = this;
    const certificates = clientCertificates(config, logger);
    const paths = inspectDataDir(config, logger);
    await this.bind();
    const founding = await bootstrap(config, !hasLog(paths), logger);
    await importIfAsked(config, { paths, founding, logger });
    logger.info('starting an etcd server', describe(config));
    this.storage = await openStorage(paths, {
      config,
      identity: { nodeId: founding.memberId, clusterId: founding.clusterId },
      logger,
      metrics: this.metrics,
      now: () => systemClock.now(),
    });
    const { identity } = this.storage.contents;
    const ids = { 'local-member-id': hexId(identity.nodeId), 'cluster-id': hexId(identity.clusterId) };
    if (this.storage.fresh) logger.info('starting local member', ids);
    else
      logger.info('restarting local member', {
        ...ids,
        'commit-index': this.storage.contents.hardState.commit,
      });
    warnOfAuth(this.storage.backend, logger);
    await this.startMember(founding, this.storage, certificates);
  }

  /** Clients have been served. */
  get wasReady(): boolean {
    return this.ready;
  }

  /** Takes everything apart; requests under way may finish for a while. */
  async stop(): Promise<void> {
    const { config, logger } = this;
    const about = {
      name: config.name,
      'data-dir': config.dataDir,
      'advertise-peer-urls': urlTexts(config.initialAdvertisePeerUrls),
      'advertise-client-urls': urlTexts(config.advertiseClientUrls),
    };
    logger.info('closing etcd server', about);
    for (const timer of this.timers) timer.cancel();
    const listeners = [...this.listeners.client, ...this.listeners.http, ...this.listeners.metrics];
    const closing = listeners.map((listener) => listener.close());
    await this.clients?.close(5000 + 2 * config.electionTimeoutMs);
    for (const listener of listeners) listener.cut();
    await Promise.all(closing);
    if (this.member) {
      const { cluster, memberId } = this.member;
      if (cluster.voters().length <= 1)
        logger.info('skipped leadership transfer for single voting member cluster');
      // One that was removed would not hear who leads after it.
      else if (!cluster.isRemoved(memberId)) await this.handOver(this.member);
      await this.member.stop();
    }
    this.peers?.stop();
    await this.storage?.release();
    for (const listener of this.listeners.peer) {
      logger.info('stopping serving peer traffic', { address: listener.address });
      const closed = listener.close();
      listener.cut();
      await closed;
      logger.info('stopped serving peer traffic', { address: listener.address });
    }
    this.metrics.stop();
    logger.info('closed etcd server', about);
  }

  /** @throws StartError */
  private async bind(): Promise<void> {
    const { config, logger } = this;
    logger.info('configuring peer listeners', { 'listen-peer-urls': urlTexts(config.listenPeerUrls) });
    await this.bindAll(config.listenPeerUrls, this.listeners.peer, 'creating peer listener failed');
    logger.info('configuring client listeners', { 'listen-client-urls': urlTexts(config.listenClientUrls) });
    await this.bindAll(config.listenClientUrls, this.listeners.client);
    await this.bindAll(config.listenClientHttpUrls, this.listeners.http);
    await this.bindAll(config.listenMetricsUrls, this.listeners.metrics);
  }

  private async bindAll(urls: readonly ServerUrl[], into: Listener[], note?: string): Promise<void> {
    for (const url of urls) {
      try {
        into.push(await listen(url));
      } catch (error) {
        if (!(error instanceof ListenError)) throw error;
        if (note) this.logger.error(note, { error: error.message });
        for (const listeners of Object.values(this.listeners) as Listener[][]) {
          for (const listener of listeners) await listener.close();
        }
        throw new StartError(error.message);
      }
    }
  }

  /** A leader that goes gives its office to another first: nobody has to wait for an election. */
  private handOver({ transfer }: Member): Promise<void> {
    return new Promise((resolve) =>
      transfer.handOver((error) => {
        if (error) this.logger.warn('leadership transfer failed', { error: error.message });
        resolve();
      }),
    );
  }

  private async startMember(
    founding: Bootstrap,
    storage: OpenedStorage,
    certificates: CertificateFiles | undefined,
  ): Promise<void> {
    const { config, logger } = this;
    const { identity } = storage.contents;
    const options = memberOptions(config, identity.nodeId, identity.clusterId);
    let onPublished = (): void => {};
    const published = new Promise<void>((resolve) => {
      onPublished = resolve;
    });
    const onRemoved = (): void => {
      systemClock.after(REMOVED_DELAY_MS, () => this.onFatal(new MemberRemoved()));
    };
    const peers = new PeerSide({
      config,
      memberId: identity.nodeId,
      clusterId: identity.clusterId,
      logger,
      metrics: this.metrics,
      inbox: storage.inbox,
      onRemoved,
    });
    this.peers = peers;
    // A crash before the first entry was durable leaves a log that exists and says nothing: the founding is done again.
    const { entries, snapshot } = storage.contents;
    const unsaid = config.initialClusterState === 'new' && entries.length === 0 && snapshot === undefined;
    const begins = (storage.fresh || unsaid) && founding.founders.length > 0;
    const founders = begins ? founding.founders : undefined;
    const raftLog = logger.with({ logger: 'raft', caller: 'raft/raft.ts' });
    const member = await openMember({
      clock: systemClock,
      random: Math.random,
      options,
      maxLearners: config.maxLearners,
      backend: storage.backend,
      log: storage.log,
      contents: storage.contents,
      founders,
      forceNewCluster:
        config.forceNewCluster && !begins ? (forced) => logForced(forced, storage, logger) : undefined,
      link: peers.transport,
      inbox: storage.inbox,
      peers: peers.peers,
      logger: raftLogger(raftLog),
      snapshotData: v2StoreJson,
      events: memberEvents({
        logger,
        metrics: this.metrics,
        memberId: identity.nodeId,
        clusterId: identity.clusterId,
        onPublished,
        onFatal: this.onFatal,
        onRemoved,
        onMembershipChanged: (id, changed) => peers.membershipChanged(id, changed),
        onMembershipRestored: (members) => peers.transport.setMembers(members),
      }),
    }).catch(async (error: unknown) => {
      // What was read may be wrong because the file is: that is what to say then.
      await believed(storage);
      if (error instanceof BackendBehindLog || error instanceof BackendAheadOfLog)
        throw new StartError(error.message);
      throw explainDamage(error, storage.paths);
    });
    await believed(storage);
    await storage.inbox.clean();
    this.member = member;
    if (config.gates.InitialCorruptCheck && !begins && !storage.fresh)
      await checkCorruptionAtStart(member, peers.peers, logger);
    this.clients = new ClientSide({
      config,
      member,
      logger,
      metrics: this.metrics,
      backend: storage.backend,
      certificates,
      onUnexpectedError: (error) => this.onFatal(error instanceof Error ? error : new Error(String(error))),
    });
    logger.info('starting etcd server', {
      'local-member-id': hexId(identity.nodeId),
      'local-server-version': SERVER_VERSION,
      'cluster-version': member.cluster.version ?? 'to_be_decided',
    });
    peers.serve(member, this.listeners.peer);
    peers.connect(founders ?? member.cluster.members(), founding.remotes);
    this.clients.serveMetrics(this.listeners.metrics);
    logger.info('now serving peer/client/metrics', {
      'local-member-id': hexId(identity.nodeId),
      ...urlFields(config),
    });
    member.start();
    this.watchOver(member, this.clients);
    await published;
    logger.info('published local member to cluster through raft', {
      'local-member-id': hexId(identity.nodeId),
      'local-member-attributes': `{Name:${config.name} ClientURLs:[${urlTexts(config.advertiseClientUrls).join(' ')}]}`,
      'cluster-id': hexId(identity.clusterId),
    });
    this.clients.serve(this.listeners.client, this.listeners.http);
    this.ready = true;
  }

  private watchOver(member: Member, { services }: ClientSide): void {
    const leaderless = LEADERLESS_CHECKS * this.config.electionTimeoutMs;
    this.timers.push(
      systemClock.every(WATCH_TICK_MS, () => {
        services.watch.tick(systemClock.now());
        if (member.leadership.leaderlessMs > leaderless) services.watch.leaderLost();
      }),
      systemClock.every(GAUGE_MS, () => this.updateGauges(member)),
    );
    const { server } = this.metrics;
    server.version.labels(SERVER_VERSION).set(1);
    server.goVersion.labels(process.version).set(1);
    server.id.labels(hexId(member.memberId)).set(1);
    server.quotaBackendBytes.set(this.config.quotaBackendBytes);
  }

  private updateGauges(member: Member): void {
    const { server, mvcc, debugging } = this.metrics;
    const { allocated, inUse } = this.storage!.backend.sizes();
    server.proposalsCommitted.set(member.committedIndex());
    server.proposalsApplied.set(member.appliedIndex());
    server.proposalsPending.set(member.pendingProposals);
    server.isLearner.set(member.isLearner() ? 1 : 0);
    mvcc.dbTotalSize.set(allocated);
    mvcc.dbTotalSizeInUse.set(inUse);
    this.showAlarms(member.alarms.list());
    const { synced, behind, parked } = member.hub.stats;
    debugging.mvcc.keys.set(member.store.keyCount);
    debugging.mvcc.watchStreams.set(this.clients!.services.watch.streams);
    debugging.mvcc.watchers.set(synced + behind + parked);
    debugging.mvcc.slowWatchers.set(behind + parked);
    debugging.mvcc.currentRevision.set(member.store.currentRevision);
    debugging.mvcc.compactRevision.set(member.store.compactRevision);
    showActivity(member, this.metrics);
  }
}

/** Read before anything else happens: what is wrong with them is no reason to have touched data. @throws StartError */
function clientCertificates(config: ServerConfig, logger: Logger): CertificateFiles | undefined {
  const { certFile: cert, keyFile: key, trustedCaFile: ca } = config;
  const { clientCertFile: clientCert, clientKeyFile: clientKey } = config;
  if (cert === '' && key === '') return undefined;
  logger.info('starting with client TLS', {
    'tls-info': tlsInfo(config),
    'cipher-suites': config.cipherSuites,
  });
  const urls = [...config.listenClientUrls, ...config.listenClientHttpUrls, ...config.listenMetricsUrls];
  if (!urls.some(isSecure)) return undefined;
  try {
    return new CertificateFiles({ cert, key, ca, clientCert, clientKey });
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new StartError(error.message, 'listener failed');
  }
}

/** With several appends on their way, answers that say what is known already are the rule, not worth a line each. */
function raftLogger(logger: Logger): TextLogger {
  const lines = textLogger(logger);
  const info = (text: string): void => {
    if (text.endsWith('unstable log; ignoring')) lines.debug(text);
    else lines.info(text);
  };
  return { ...lines, info };
}

function memberOptions(config: ServerConfig, memberId: bigint, clusterId: bigint): MemberOptions {
  return {
    memberId,
    clusterId,
    name: config.name,
    clientURLs: urlTexts(config.advertiseClientUrls),
    heartbeatMs: config.heartbeatIntervalMs,
    electionTicks: config.electionTicks,
    preVote: config.preVote,
    snapshotCount: config.snapshotCount,
    catchUpEntries: config.snapshotCatchupEntries,
    maxRequestBytes: config.maxRequestBytes,
    flushIntervalMs: config.backendBatchIntervalMs,
    flushMaxWrites: config.backendBatchLimit,
    compactionPauseMs: config.compactionSleepIntervalMs,
    leaseCheckpoints: true,
    strictReconfigCheck: config.strictReconfigCheck,
    quotaBytes: config.quotaBackendBytes,
    autoDisarm: config.autoDisarmNospace,
    autoCompaction: config.autoCompaction,
    corruptionChecks: corruptionChecks(config),
    serverVersion: SERVER_VERSION,
  };
}

function urlFields(config: ServerConfig): Record<string, readonly string[]> {
  return {
    'initial-advertise-peer-urls': urlTexts(config.initialAdvertisePeerUrls),
    'listen-peer-urls': urlTexts(config.listenPeerUrls),
    'advertise-client-urls': urlTexts(config.advertiseClientUrls),
    'listen-client-urls': urlTexts(config.listenClientUrls),
    'listen-metrics-urls': urlTexts(config.listenMetricsUrls),
  };
}

function describe(config: ServerConfig): Record<string, unknown> {
  return {
    'etcd-version': SERVER_VERSION,
    'node-version': process.version,
    name: config.name,
    'data-dir': config.dataDir,
    'wal-dir': config.walDir,
    'heartbeat-interval': `${config.heartbeatIntervalMs}ms`,
    'election-timeout': `${config.electionTicks * config.heartbeatIntervalMs}ms`,
    'snapshot-count': config.snapshotCount,
    'max-wals': config.maxWals,
    'max-snapshots': config.maxSnapshots,
    'snapshot-catchup-entries': config.snapshotCatchupEntries,
    ...urlFields(config),
    'initial-cluster': config.initialCluster,
    'initial-cluster-state': config.initialClusterState,
    'initial-cluster-token': config.initialClusterToken,
    'max-request-bytes': config.maxRequestBytes,
    'max-concurrent-streams': config.maxConcurrentStreams,
    'pre-vote': config.preVote,
  };
}

function logForced(
  { discarded, removed, contents }: ForcedCluster,
  storage: OpenedStorage,
  logger: Logger,
): void {
  const { identity, hardState } = storage.contents;
  if (discarded > 0) {
    logger.info('discarding uncommitted WAL entries', {
      'commit-index-from-wal': hardState.commit,
      'number-of-discarded-entries': discarded,
    });
  }
  logger.info('forcing restart member', {
    'cluster-id': hexId(identity.clusterId),
    'local-member-id': hexId(identity.nodeId),
    'commit-index': contents.hardState.commit,
    'removed-member-ids': removed.map(hexId),
  });
}

/** The database has been checked, whole. @throws StartError */
async function believed({ verdict, paths }: OpenedStorage): Promise<void> {
  try {
    await verdict;
  } catch (damage) {
    throw explainDamage(damage, paths);
  }
}
