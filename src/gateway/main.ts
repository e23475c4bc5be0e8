/** `kvctl gateway start`: from flags to a running gateway, and from a signal to its end. */
import { DiscoveryError } from '../client/index.ts';
import { addressOf, portNumber, splitAddress } from './address.ts';
import { type Discovery, discover } from './discover.ts';
import { Gateway, type GatewayEndpoint, type GatewayLog } from './index.ts';

export interface GatewayStart {
  /** host:port */
  readonly listenAddress: string;
  /** host:port each; a scheme is taken off. Used when discovery is not asked for, or finds nothing. */
  readonly endpoints: readonly string[];
  readonly discovery: Discovery | undefined;
  readonly retryDelayMs: number;
  /** Connections may end by themselves for this long after a signal. */
  readonly drainMs: number;
  readonly args: readonly string[];
  /** Told to the init daemon before clients are. */
  readonly notify: (log: GatewayLog & { error: GatewayLog['warn'] }) => Promise<void>;
}

/** What can't be done; the text is etcd's, and so is the stream that it goes to. */
export class GatewayError extends Error {
  override name = 'GatewayError';
  readonly stream: 'stdout' | 'stderr';

  constructor(message: string, stream: GatewayError['stream'] = 'stdout') {
    super(message);
    this.stream = stream;
  }
}

function line(level: string) {
  return (msg: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const entry = { level, ts: new Date().toISOString(), caller: 'gateway/main.ts', msg, ...fields };
    process.stderr.write(`${JSON.stringify(entry)}\n`);
  };
}

const log = { info: line('info'), warn: line('warn'), error: line('error') };

interface Listed {
  readonly text: string;
  readonly priority: number;
  readonly weight: number;
}

function parseEndpoint({ text, priority, weight }: Listed): GatewayEndpoint {
  const address = text.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '');
  const split = splitAddress(address);
  const port = split === undefined ? undefined : portNumber(split);
  if (split === undefined || port === undefined) throw new GatewayError(`error parsing endpoint "${text}"`);
  return { address, host: split.host, port, priority, weight };
}

/** What discovery found; without it, or when nothing of it can be used, the list. */
async function listed({ discovery, endpoints }: GatewayStart): Promise<readonly Listed[]> {
  const found = discovery === undefined ? [] : await discover(discovery, log);
  if (found.length > 0) return found.map(({ url, priority, weight }) => ({ text: url, priority, weight }));
  if (endpoints.length === 0) throw new GatewayError('no endpoints found');
  return endpoints.map((text) => ({ text, priority: 0, weight: 0 }));
}

interface Place {
  readonly host: string;
  readonly port: number;
}

async function listenPlace(listenAddress: string): Promise<Place> {
  const split = splitAddress(listenAddress);
  if (split === undefined) throw new GatewayError(`failed to validate listen address: ${listenAddress}`);
  const host = await addressOf(split.host);
  if (host === undefined) throw new GatewayError(`failed to resolve listen host: ${split.host}`);
  const port = portNumber(split);
  if (port === undefined) throw new GatewayError(`listen tcp: address ${split.port}: invalid port`, 'stderr');
  return { host, port };
}

/** A gateway that is its own endpoint would connect to itself until it runs out of sockets. */
async function checkLoops(
  endpoints: readonly GatewayEndpoint[],
  listenAddress: string,
  own: Place,
): Promise<void> {
  for (const { host, port, address } of endpoints) {
    const found = await addressOf(host);
    if (found === undefined) throw new GatewayError(`failed to resolve endpoint host: ${host}`);
    if (found !== own.host || port !== own.port) continue;
    throw new GatewayError(
      `SRV or endpoint (${address}->${found}:${port}) should not resolve to the gateway listen addr (${listenAddress})`,
    );
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

async function build(o: GatewayStart): Promise<{ gateway: Gateway; endpoints: readonly GatewayEndpoint[] }> {
  const endpoints = (await listed(o)).map(parseEndpoint);
  const own = await listenPlace(o.listenAddress);
  await checkLoops(endpoints, o.listenAddress, own);
  const gateway = new Gateway({ ...own, endpoints, retryDelayMs: o.retryDelayMs, drainMs: o.drainMs, log });
  return { gateway, endpoints };
}

/** Ends by the signal that asked for it, after a drain; a second one ends it at once. @throws GatewayError */
export async function startGateway(o: GatewayStart): Promise<number> {
  log.info('Running: ', { args: o.args });
  const { gateway, endpoints } = await build(o).catch((error: Error) => {
    const expected = error instanceof DiscoveryError || error.name === 'TlsFileError';
    throw expected ? new GatewayError(error.message) : error;
  });
  try {
    await gateway.start();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new GatewayError(`listen tcp ${o.listenAddress}: bind: ${CAUSES[code ?? ''] ?? message}`, 'stderr');
  }
  await o.notify(log);
  log.info('ready to proxy client requests', { endpoints: endpoints.map((e) => e.address) });
  const signal = await firstSignal(gateway);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return new Promise(() => {});
}

function firstSignal(gateway: Gateway): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) return gateway.cut();
        asked = true;
        log.info('received signal; shutting down', { signal, connections: gateway.connections });
        void gateway.close().then(() => resolve(signal));
      });
    }
  });
}
