/** `kvctl gateway start`: from flags to a running gateway, and from a signal to its end. */
import { Gateway, type GatewayEndpoint, type GatewayLog } from './index.ts';

export interface GatewayStart {
  /** host:port */
  readonly listenAddress: string;
  /** host:port each; a scheme is taken off. */
  readonly endpoints: readonly string[];
  readonly retryDelayMs: number;
  readonly args: readonly string[];
}

/** Connections may end by themselves for this long after a signal. */
const DRAIN_MS = 5000;

/** What the flags say can't be done; the text is etcd's. */
export class GatewayError extends Error {
  override name = 'GatewayError';
}

function line(level: string, msg: string, fields: Record<string, unknown>): void {
  process.stderr.write(
    `${JSON.stringify({ level, ts: new Date().toISOString(), caller: 'gateway/main.ts', msg, ...fields })}\n`,
  );
}

const log: GatewayLog = {
  info: (msg, fields) => line('info', msg, fields),
  warn: (msg, fields) => line('warn', msg, fields),
};

function parseEndpoint(text: string): GatewayEndpoint {
  const address = text
    .trim()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/\/.*$/, '');
  if (!/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d+$/.test(address))
    throw new GatewayError(`error parsing endpoint "${text}"`);
  return { address, priority: 0, weight: 0 };
}

/** Resolves with the exit code; a signal ends it after a drain. @throws GatewayError */
export async function startGateway(o: GatewayStart): Promise<number> {
  const colon = o.listenAddress.lastIndexOf(':');
  const port = Number(o.listenAddress.slice(colon + 1));
  if (colon < 0 || !Number.isInteger(port)) {
    throw new GatewayError(`failed to validate listen address: ${o.listenAddress}`);
  }
  const endpoints = o.endpoints.filter(Boolean).map(parseEndpoint);
  if (endpoints.length === 0) throw new GatewayError('no endpoints found');
  if (endpoints.some(({ address }) => address === o.listenAddress)) {
    throw new GatewayError(
      `SRV or endpoint (${o.listenAddress}->${o.listenAddress}) should not resolve to the gateway listen addr (${o.listenAddress})`,
    );
  }
  log.info('Running: ', { args: o.args });
  const host = o.listenAddress.slice(0, colon).replace(/^\[|\]$/g, '');
  const gateway = new Gateway({
    host,
    port,
    endpoints,
    retryDelayMs: o.retryDelayMs,
    drainMs: DRAIN_MS,
    log,
  });
  try {
    await gateway.start();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const cause = code === 'EADDRINUSE' ? 'address already in use' : message;
    throw new GatewayError(`listen tcp ${o.listenAddress}: bind: ${cause}`);
  }
  log.info('ready to proxy client requests', { endpoints: endpoints.map((e) => e.address) });
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        log.info('received signal; shutting down', { signal });
        void gateway.close().then(() => resolve(0));
      });
    }
  });
}
