/** Asks a cluster how it is: every member at once, each with its own connection and a limit of time. */
import { performance } from 'node:perf_hooks';
import { type Client, type ClientConfig, connect } from '../../client/index.ts';
import {
  type AlarmMember,
  AlarmType,
  ClusterService,
  LeaseService,
  MaintenanceService,
  type Member,
} from '../../core/wire/gen/rpc.ts';
import { MetricsSource } from '../metrics-source.ts';
import { Metrics } from '../prometheus.ts';
import type { ClusterSample, MemberSample } from './sample.ts';

/** All leases come in one answer: when there are more than this, they are counted less often. */
const MANY_LEASES = 10_000;
const MANY_LEASES_PAUSE_MS = 15_000;

/** Reasons of the system, in a person's words. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ENOENT: 'no such socket',
  ENOTFOUND: 'unknown host',
  ETIMEDOUT: 'no answer',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
  UND_ERR_SOCKET: 'connection closed',
};

function systemReason(error: unknown): string | undefined {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return REASONS[code ?? ''] ?? REASONS[cause?.code ?? ''];
}

function textOf(error: unknown): string {
  const { name, message } = error as Error;
  return name === 'ContextError' ? REASONS.ETIMEDOUT : message;
}

/** One member's connection, for gRPC and for metrics. */
class Target {
  readonly endpoint: string;
  private readonly config: ClientConfig;
  private readonly metrics: MetricsSource;
  private connected: Client | undefined;

  constructor(endpoint: string, config: ClientConfig) {
    this.endpoint = endpoint;
    this.config = { ...config, endpoints: [endpoint] };
    this.metrics = new MetricsSource(endpoint, config.tls);
  }

  private async client(): Promise<Client> {
    return (this.connected ??= await connect(this.config));
  }

  /** The two requests go out together; a refused connection ends both, so that nobody waits for a deadline. */
  async ask(timeoutMs: number): Promise<Pick<MemberSample, 'status' | 'roundTripMs' | 'metrics' | 'error'>> {
    const gone = new AbortController();
    let reason: string | undefined;
    const metrics = this.metrics.read(timeoutMs).then(
      (text) => new Metrics(text),
      (error) => {
        reason = systemReason(error);
        if (reason !== undefined) gone.abort();
        return undefined;
      },
    );
    try {
      const client = await this.client();
      const start = performance.now();
      const scope = { deadline: Date.now() + timeoutMs, signal: gone.signal };
      const status = await client.call(MaintenanceService.status, {}, scope);
      const roundTripMs = performance.now() - start;
      return { status, roundTripMs, metrics: await metrics, error: '' };
    } catch (error) {
      await metrics;
      return {
        status: undefined,
        roundTripMs: undefined,
        metrics: undefined,
        error: reason ?? textOf(error),
      };
    }
  }

  async close(): Promise<void> {
    this.connected?.close();
    await this.metrics.close();
  }
}

export class Poller {
  private readonly config: ClientConfig;
  private readonly timeoutMs: number;
  private readonly targets = new Map<string, Target>();
  /** The endpoints that were given, by the members that answered there. */
  private readonly given = new Map<bigint, string>();
  private cluster: Client | undefined;
  private members: readonly Member[] = [];
  private leases: { readonly count: number; readonly at: number } | undefined;

  constructor(config: ClientConfig, timeoutMs: number) {
    this.config = { ...config, dialTimeoutMs: timeoutMs, onFailedAttempt: undefined };
    this.timeoutMs = timeoutMs;
  }

  async sample(): Promise<ClusterSample> {
    const error = await this.list();
    const asked = this.members.length > 0 ? this.askMembers() : this.askEndpoints();
    const cluster = error === '' ? this.cluster : undefined;
    const [members, alarms, leases] = await Promise.all([
      asked,
      this.alarms(cluster),
      this.countLeases(cluster),
    ]);
    return { at: performance.now(), members, alarms, leases, error };
  }

  async close(): Promise<void> {
    this.cluster?.close();
    await Promise.all([...this.targets.values()].map((target) => target.close()));
  }

  private scope() {
    return { deadline: Date.now() + this.timeoutMs };
  }

  private target(endpoint: string): Target {
    const known = this.targets.get(endpoint);
    if (known !== undefined) return known;
    const made = new Target(endpoint, this.config);
    this.targets.set(endpoint, made);
    return made;
  }

  /** Brings the list of members up to date, or says why it could not be; the old list is kept then. */
  private async list(): Promise<string> {
    try {
      this.cluster ??= await connect(this.config);
      const { members } = await this.cluster.call(
        ClusterService.memberList,
        { linearizable: false },
        this.scope(),
      );
      const isNew = members.some(({ ID }) => !this.members.some((member) => member.ID === ID));
      this.members = members;
      if (isNew) await this.recognise();
      return '';
    } catch (error) {
      return textOf(error);
    }
  }

  /** Which member answers at which of the endpoints that were given: they are known to be reachable from here. */
  private async recognise(): Promise<void> {
    await Promise.all(
      this.config.endpoints.map(async (endpoint) => {
        const { status } = await this.target(endpoint).ask(this.timeoutMs);
        const id = status?.header?.memberId;
        if (id !== undefined && !this.given.has(id)) this.given.set(id, endpoint);
      }),
    );
  }

  private askMembers(): Promise<MemberSample[]> {
    return Promise.all(
      this.members.map(async ({ ID: id, name, clientURLs, isLearner }) => {
        const endpoint = this.given.get(id) ?? clientURLs[0] ?? '';
        const about = { id, name, endpoint, isLearner };
        if (endpoint !== '') return { ...about, ...(await this.target(endpoint).ask(this.timeoutMs)) };
        const nothing = { status: undefined, roundTripMs: undefined, metrics: undefined };
        return { ...about, ...nothing, error: 'not started yet' };
      }),
    );
  }

  private askEndpoints(): Promise<MemberSample[]> {
    return Promise.all(
      this.config.endpoints.map(async (endpoint) => {
        const answer = await this.target(endpoint).ask(this.timeoutMs);
        const id = answer.status?.header?.memberId;
        return { id, name: '', endpoint, isLearner: answer.status?.isLearner ?? false, ...answer };
      }),
    );
  }

  private async alarms(cluster: Client | undefined): Promise<readonly AlarmMember[]> {
    try {
      const response = await cluster?.call(MaintenanceService.alarm, {}, this.scope());
      return response?.alarms.filter(({ alarm }) => alarm !== AlarmType.NONE) ?? [];
    } catch {
      return []; // the members' own state is told beside
    }
  }

  private async countLeases(cluster: Client | undefined): Promise<number | undefined> {
    const now = performance.now();
    const { leases: last } = this;
    if (last !== undefined && last.count > MANY_LEASES && now - last.at < MANY_LEASES_PAUSE_MS)
      return last.count;
    try {
      const response = await cluster?.call(LeaseService.leaseLeases, {}, this.scope());
      if (response !== undefined) this.leases = { count: response.leases.length, at: now };
      return response?.leases.length;
    } catch {
      return undefined;
    }
  }
}
