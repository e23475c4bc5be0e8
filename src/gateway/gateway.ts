/**
 * The gateway: a TCP (layer 4) proxy in front of a cluster. It copies bytes between a client and one endpoint and
 * looks at none of them, so TLS, gRPC and HTTP pass through untouched. May be called by the command and by tests.
 *
 * Laws: an endpoint that fails costs its own connections only; what one side is too slow to take is not read from the
 * other; a half-closed connection stays open in the other direction; `close` lets connections finish for a while.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { EndpointPool, type GatewayEndpoint } from './endpoint-pool.ts';
import { splice } from './splice.ts';

export interface GatewayLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface GatewayOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly endpoints: readonly GatewayEndpoint[];
  /** Milliseconds between probes of endpoints that are down (--retry-delay). */
  readonly retryDelayMs: number;
  /** Milliseconds that connections may go on after `close`. */
  readonly drainMs: number;
  /** Milliseconds that an endpoint may take to accept a connection; default 5000. */
  readonly dialMs?: number;
  readonly log: GatewayLog;
}

const DIAL_MS = 5000;
/** Failures of this machine, which say nothing about the endpoint: no descriptors, no ports, no memory. */
const OWN_FAILURES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);
/** Connections that may wait to be accepted; the system's own limit may be lower. */
const BACKLOG = 4096;

export class Gateway {
  private readonly o: GatewayOptions;
  private readonly pool: EndpointPool;
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private prober: NodeJS.Timeout | undefined;

  constructor(options: GatewayOptions) {
    this.o = options;
    this.pool = new EndpointPool(options.endpoints, Math.random);
    this.server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) =>
      this.accept(client),
    );
  }

  /** Connections of clients that are open now. */
  get connections(): number {
    return this.open.size;
  }

  /** Listens; the result is the address. @throws Error with the system's code, for example EADDRINUSE */
  start(): Promise<AddressInfo> {
    const { host, port, retryDelayMs } = this.o;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port, backlog: BACKLOG }, () => {
        this.server.removeListener('error', reject);
        // A connection that could not be accepted is lost, and nothing else.
        this.server.on('error', (error) => {
          this.o.log.warn('failed to accept a connection', { error: error.message });
        });
        this.prober = setInterval(() => this.probe(), retryDelayMs);
        resolve(this.server.address() as AddressInfo);
      });
    });
  }

  /** Takes no more connections, lets those that are open end by themselves until the drain time is over. */
  async close(): Promise<void> {
    clearInterval(this.prober);
    const closed = new Promise((resolve) => this.server.close(resolve));
    const cut = setTimeout(() => this.cut(), this.o.drainMs);
    await closed;
    clearTimeout(cut);
  }

  /** Breaks what is open. */
  cut(): void {
    for (const client of this.open) client.resetAndDestroy();
  }

  private accept(client: Socket): void {
    this.open.add(client);
    client.once('close', () => this.open.delete(client));
    // What it means is said where it matters; a reset must never end the process.
    client.on('error', () => {});
    this.dial(client, new Set());
  }

  private dial(client: Socket, tried: Set<GatewayEndpoint>): void {
    if (client.destroyed) return;
    const endpoint = this.pool.pick(tried);
    if (!endpoint) {
      client.destroy();
      return;
    }
    const upstream = this.connect(endpoint, (error) => {
      if (OWN_FAILURES.has(error.code ?? '')) {
        this.o.log.warn('failed to connect', { address: endpoint.address, error: error.message });
        client.destroy();
        return;
      }
      this.deactivate(endpoint, error);
      tried.add(endpoint);
      this.dial(client, tried);
    });
    upstream.once('connect', () => {
      if (client.destroyed) upstream.destroy();
      else splice(client, upstream);
    });
  }

  /** A connection on its way; `failed` is called once if it never comes to be. */
  private connect(endpoint: GatewayEndpoint, failed: (error: NodeJS.ErrnoException) => void): Socket {
    const { host, port } = endpoint;
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const late = setTimeout(() => socket.destroy(new Error('i/o timeout')), this.o.dialMs ?? DIAL_MS);
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(late);
      failed(error);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(late);
      socket.on('error', () => {});
      socket.removeListener('error', fail);
    });
    return socket;
  }

  private get interval(): string {
    return `${this.o.retryDelayMs / 1000}s`;
  }

  /** Told once: connections that were on their way to the same endpoint find it out already. */
  private deactivate(endpoint: GatewayEndpoint, error: Error): void {
    if (!this.pool.deactivate(endpoint)) return;
    const { address } = endpoint;
    this.o.log.warn('deactivated endpoint', { address, interval: this.interval, error: error.message });
  }

  private probe(): void {
    for (const endpoint of this.pool.inactive) {
      const { address } = endpoint;
      const socket = this.connect(endpoint, () => {
        const message = 'failed to activate endpoint (stay inactive for another interval)';
        this.o.log.warn(message, { address, interval: this.interval });
      });
      socket.once('connect', () => {
        socket.destroy();
        this.pool.activate(endpoint);
        this.o.log.info('activated', { address });
      });
    }
  }
}
