/**
 * What clients reach: gRPC and HTTP/1.1 on the client URLs, HTTP alone on the client HTTP URLs, health and metrics on the
 * metrics URLs. Ports are bound before the member exists; nothing is answered on the client ports until it is ready.
 */
import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Backend } from '../core/ports/backend.ts';
import { AlarmType } from '../core/wire/gen/rpc.ts';
import type { Member } from '../member/member.ts';
import { allMethods, type Services } from '../services/index.ts';
import { dataDirPaths } from '../storage/data-dir.ts';
import { GrpcServer } from '../transport/grpc/index.ts';
import {
  clientHandler,
  createHttp1Server,
  gatewayHandler,
  type HealthObserver,
  type MemberProbe,
  type MetricsPage,
  metricsHandler,
} from '../transport/http1/index.ts';
import { bridgeTo, ProtocolSplit } from '../transport/mux/index.ts';
import { callObserver } from './call-metrics.ts';
import { CLUSTER_VERSION_UNDECIDED, isSecure, SERVER_VERSION, type ServerConfig } from './config/index.ts';
import type { Listener } from './listeners.ts';
import type { Logger } from './logging/index.ts';
import { fileDescriptorLimit, type Metrics } from './metrics/index.ts';
import { systemClock } from './system-clock.ts';
import { type CertificateFiles, TlsAcceptor } from './tls/index.ts';
import { databaseUpkeep } from './upkeep.ts';
import { upkeepLog } from './upkeep-log.ts';

/** A gRPC message may be this much larger than the request in it. */
const GRPC_OVERHEAD_BYTES = 512 * 1024;
const ALARM_NAMES: Readonly<Record<number, 'NOSPACE' | 'CORRUPT'>> = {
  [AlarmType.NOSPACE]: 'NOSPACE',
  [AlarmType.CORRUPT]: 'CORRUPT',
};
/** Progress intervals differ by up to this share from stream to stream. */
const PROGRESS_JITTER = 0.1;

export interface ClientSideOptions {
  readonly config: ServerConfig;
  readonly member: Member;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly backend: Backend;
  /** Set when any of the listeners is encrypted. */
  readonly certificates: CertificateFiles | undefined;
  readonly onUnexpectedError: (error: unknown) => void;
}

export class ClientSide {
  readonly services: Services;
  private readonly grpc: GrpcServer;
  private readonly http: HttpServer;
  private readonly metricsHttp: HttpServer;
  private readonly o: ClientSideOptions;

  constructor(options: ClientSideOptions) {
    this.o = options;
    const { config, member, metrics, logger, backend } = options;
    const interval = config.watchProgressNotifyIntervalMs;
    this.services = allMethods({
      node: member,
      limits: { maxTxnOps: config.maxTxnOps, maxRequestBytes: config.maxRequestBytes },
      facts: {
        version: SERVER_VERSION,
        sizes: () => backend.sizes(),
        quotaBytes: config.quotaBackendBytes,
      },
      upkeep: databaseUpkeep({
        backend,
        flush: () => member.flush(),
        watch: upkeepLog({
          logger,
          metrics,
          backend,
          path: dataDirPaths(config.dataDir, config.walDir).database,
        }),
      }),
      progressIntervalMs: () => interval * (1 + Math.random() * PROGRESS_JITTER),
      clock: systemClock,
    });
    const gateway = config.enableGrpcGateway
      ? gatewayHandler({
          methods: new Map(this.services.methods.map((method) => [method.path, method])),
          maxReceiveBytes: config.maxRequestBytes + GRPC_OVERHEAD_BYTES,
        })
      : undefined;
    const shared = {
      readTimeoutMs: 5000 + 2 * config.electionTimeoutMs,
      probe: probeOf(member),
      observer: healthObserver(metrics),
      metrics: metricsPage(metrics),
      log: logger,
    };
    this.http = createHttp1Server(
      clientHandler({
        ...shared,
        gateway,
        cors: config.cors,
        hostWhitelist: config.hostWhitelist,
        debugVars: () => ({
          cmdline: process.argv,
          file_descriptor_limit: fileDescriptorLimit(),
          memstats: process.memoryUsage(),
          'raft.status': {
            id: member.memberId.toString(16),
            term: member.term(),
            lead: member.leader().toString(16),
            commit: member.committedIndex(),
            applied: member.appliedIndex(),
          },
        }),
      }),
    );
    this.metricsHttp = createHttp1Server(metricsHandler(shared));
    const { grpcKeepaliveIntervalMs: intervalMs, grpcKeepaliveTimeoutMs: timeoutMs } = config;
    this.grpc = new GrpcServer({
      methods: this.services.methods,
      limits: { maxConcurrentStreams: config.maxConcurrentStreams },
      maxReceiveBytes: config.maxRequestBytes + GRPC_OVERHEAD_BYTES,
      minPingMs: config.grpcKeepaliveMinTimeMs,
      keepalive: intervalMs > 0 && timeoutMs > 0 ? { intervalMs, timeoutMs } : undefined,
      observer: callObserver(metrics),
      foreign: config.listenClientHttpUrls.length > 0 ? undefined : bridgeTo(this.http),
      onUnexpectedError: options.onUnexpectedError,
    });
  }

  /** From now on clients are answered. */
  serve(listeners: readonly Listener[], httpListeners: readonly Listener[]): void {
    const { logger } = this.o;
    const alone = httpListeners.length > 0;
    const serve = (listener: Listener, split: ProtocolSplit, traffic: string): void => {
      logger.info('ready to serve client requests');
      this.open(listener, split);
      const about = { traffic, address: listener.address };
      if (isSecure(listener.url)) logger.info('serving client traffic securely', about);
      else logger.info('serving client traffic insecurely; this is strongly discouraged!', about);
    };
    const both = new ProtocolSplit({ grpc: this.grpc, http: alone ? null : this.http });
    for (const listener of listeners) serve(listener, both, alone ? 'grpc' : 'grpc+http');
    const httpOnly = new ProtocolSplit({ grpc: null, http: this.http });
    for (const listener of httpListeners) serve(listener, httpOnly, 'http');
  }

  /** Health and metrics are there before the member is ready. */
  serveMetrics(listeners: readonly Listener[]): void {
    const split = new ProtocolSplit({ grpc: null, http: this.metricsHttp });
    for (const listener of listeners) {
      this.open(listener, split);
      this.o.logger.info('serving metrics', { address: listener.address });
    }
  }

  private open(listener: Listener, split: ProtocolSplit): void {
    const handle = (socket: Socket): void => split.accept(socket);
    if (!isSecure(listener.url)) return listener.accept(handle);
    const { certificates: files, config, logger } = this.o;
    if (files === undefined) throw new Error(`no certificate for ${listener.url.text}`);
    const tls = new TlsAcceptor({ files, config, logger, protocols: split.protocols, handle });
    listener.accept((socket) => tls.accept(socket));
  }

  /** Lets calls under way finish for `graceMs`, then cuts what is left. */
  async close(graceMs: number): Promise<void> {
    for (const server of [this.http, this.metricsHttp]) server.closeIdleConnections();
    this.services.watch.close({ code: 14, message: 'etcdserver: server stopped' });
    await this.grpc.close(graceMs);
    for (const server of [this.http, this.metricsHttp]) server.closeAllConnections();
  }
}

function probeOf(member: Member): MemberProbe {
  return {
    alarms: () =>
      member.alarms.list().map(({ memberID, alarm }) => ({ memberID, alarm: ALARM_NAMES[alarm] })),
    leader: () => member.leader(),
    isLearner: () => member.isLearner(),
    linearizableRead: () =>
      new Promise((resolve, reject) => member.barrier((error) => (error ? reject(error) : resolve()))),
    serializableRead() {
      member.store.range({ key: new Uint8Array([0]), limit: 1 });
      return Promise.resolve();
    },
    versions: () => ({
      etcdserver: SERVER_VERSION,
      etcdcluster: member.cluster.version ?? CLUSTER_VERSION_UNDECIDED,
      storage: member.cluster.version ?? 'unknown',
    }),
  };
}

function healthObserver({ server }: Metrics): HealthObserver {
  return {
    health: (healthy) => (healthy ? server.healthSuccess : server.healthFailures).inc(),
    check(type, name, passed) {
      server.healthcheck.labels(type, name).set(passed ? 1 : 0);
      server.healthchecks.labels(type, name, passed ? 'success' : 'error').inc();
    },
  };
}

function metricsPage({ registry, scrape }: Metrics): MetricsPage {
  return {
    render: () => registry.render(),
    answered: (status) => scrape.requests.labels(String(status)).inc(),
  };
}
