/**
 * The gateway: a TCP (layer 4) proxy in front of a cluster. It copies bytes between a client and one endpoint and
 * looks at none of them, so TLS, gRPC and HTTP pass through untouched. May be called by the command and by tests.
 *
 * Laws: an endpoint that fails costs its own connections only; what one side is too slow to take is not read from the
 * other; a half-closed connection stays open in the other direction; `close` lets connections finish for a while.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { EndpointPool, type GatewayEndpoint } from './endpoint-pool.ts';

export interface GatewayLog {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
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
  readonly log: GatewayLog;
}

/** A probe that takes longer than this has failed. */
const PROBE_TIMEOUT_MS = 5000;

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
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.o.port, this.o.host, () => {
        this.server.removeListener('error', reject);
        this.prober = setInterval(() => this.probe(), this.o.retryDelayMs);
        resolve(this.server.address() as AddressInfo);
      });
    });
  }

  /** Takes no more connections, lets those that are open end by themselves until the drain time is over. */
  async close(): Promise<void> {
    clearInterval(this.prober);
    const closed = new Promise((resolve) => this.server.close(resolve));
    const cut = setTimeout(() => {
      for (const socket of this.open) socket.destroy();
    }, this.o.drainMs);
    await closed;
    clearTimeout(cut);
  }

  private accept(client: Socket): void {
    this.open.add(client);
    client.once('close', () => this.open.delete(client));
    client.on('error', () => client.destroy());
    this.dial(client, new Set());
  }

  private dial(client: Socket, tried: Set<GatewayEndpoint>): void {
    if (client.destroyed) return;
    const endpoint = this.pool.pick(tried);
    if (!endpoint) {
      client.destroy();
      return;
    }
    const upstream = connect({ ...hostPort(endpoint.address), allowHalfOpen: true, noDelay: true });
    const failed = (error: Error): void => {
      upstream.destroy();
      this.pool.deactivate(endpoint);
      const interval = `${this.o.retryDelayMs / 1000}s`;
      this.o.log.warn('deactivated endpoint', { address: endpoint.address, interval, error: error.message });
      tried.add(endpoint);
      this.dial(client, tried);
    };
    upstream.once('error', failed);
    upstream.once('connect', () => {
      upstream.removeListener('error', failed);
      splice(client, upstream);
    });
    client.once('close', () => upstream.destroy());
  }

  private probe(): void {
    for (const endpoint of this.pool.inactive) {
      const socket = connect({ ...hostPort(endpoint.address), timeout: PROBE_TIMEOUT_MS });
      const down = (): void => {
        socket.destroy();
        const message = 'failed to activate endpoint (stay inactive for another interval)';
        this.o.log.warn(message, { address: endpoint.address, interval: `${this.o.retryDelayMs / 1000}s` });
      };
      socket.once('timeout', down);
      socket.once('error', down);
      socket.once('connect', () => {
        socket.destroy();
        this.pool.activate(endpoint);
        this.o.log.info('activated', { address: endpoint.address });
      });
    }
  }
}

/** Copies both ways. `pipe` holds a fast side back and passes an end on as an end. */
function splice(client: Socket, upstream: Socket): void {
  const cut = (): void => {
    client.destroy();
    upstream.destroy();
  };
  upstream.on('error', cut);
  upstream.once('close', (hadError) => {
    if (hadError) cut();
  });
  client.pipe(upstream);
  upstream.pipe(client);
  client.resume();
}

function hostPort(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}
