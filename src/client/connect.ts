/** From a configuration to a client: endpoints, TLS files, login. The transport is loaded only here. */
import { BalancedChannel } from './balancer.ts';
import type { Link } from './channel.ts';
import { Client, type Credentials, type FailedAttempt } from './client.ts';
import { type Endpoint, parseEndpoint, usesTls } from './endpoints.ts';
import { ConnectError } from './errors.ts';
import { Http2Link } from './http2-link.ts';
import type { LinkOptions } from './link-options.ts';
import type { TlsFiles } from './tls-files.ts';

export type Transport = 'http2' | 'grpc-js';

export interface ClientConfig {
  readonly endpoints: readonly string[];
  /** Undefined: TLS only for endpoints that ask for it by their scheme. */
  readonly tls?: TlsFiles | undefined;
  readonly credentials?: Credentials | undefined;
  readonly token?: string | undefined;
  /** Bounds the login, in milliseconds. */
  readonly dialTimeoutMs?: number;
  /** Milliseconds between pings while calls are under way; 0: none. */
  readonly keepAliveTimeMs?: number;
  readonly keepAliveTimeoutMs?: number;
  readonly maxSendBytes?: number;
  readonly maxReceiveBytes?: number;
  /** What carries the calls; both do the same, `http2` starts faster. */
  readonly transport?: Transport;
  readonly onFailedAttempt?: (failed: FailedAttempt) => void | Promise<void>;
}

const DEFAULT_DIAL_TIMEOUT_MS = 2000;
const DEFAULT_KEEP_ALIVE_TIME_MS = 30_000;
/** Shorter intervals are raised to this, as grpc-go does: servers take more pings for a flood. */
const SHORTEST_KEEP_ALIVE_MS = 10_000;
const DEFAULT_KEEP_ALIVE_TIMEOUT_MS = 6000;
export const DEFAULT_MAX_SEND_BYTES = 2 * 1024 * 1024;
export const DEFAULT_MAX_RECEIVE_BYTES = 2 ** 31 - 1;

type LinkClass = new (endpoint: Endpoint, options: LinkOptions) => Link;

async function linkClass(transport: Transport): Promise<LinkClass> {
  if (transport === 'grpc-js') return (await import('./grpc-channel.ts')).GrpcLink;
  return Http2Link;
}

function keepAliveInterval(wanted: number): number {
  return wanted > 0 ? Math.max(wanted, SHORTEST_KEEP_ALIVE_MS) : 0;
}

/** @throws ConnectError, TlsFileError */
export async function connect(config: ClientConfig): Promise<Client> {
  if (config.endpoints.length === 0) throw new ConnectError('etcdclient: no available endpoints');
  const maxSendBytes = config.maxSendBytes || DEFAULT_MAX_SEND_BYTES;
  const maxReceiveBytes = config.maxReceiveBytes || DEFAULT_MAX_RECEIVE_BYTES;
  if (maxReceiveBytes < maxSendBytes) {
    throw new ConnectError(
      `gRPC message recv limit (${maxReceiveBytes} bytes) must be greater than send limit (${maxSendBytes} bytes)`,
    );
  }
  const endpoints = config.endpoints.map(parseEndpoint);
  const secure = usesTls(endpoints[0].tls, config.tls !== undefined);
  const tls =
    config.tls === undefined || !secure ? undefined : (await import('./tls-files.ts')).loadTls(config.tls);
  const LinkClass = await linkClass(config.transport ?? 'http2');
  const links = endpoints.map(
    (endpoint) =>
      new LinkClass(
        { ...endpoint, tls: secure ? 'always' : 'never' },
        {
          tls,
          keepAliveTimeMs: keepAliveInterval(config.keepAliveTimeMs ?? DEFAULT_KEEP_ALIVE_TIME_MS),
          keepAliveTimeoutMs: config.keepAliveTimeoutMs ?? DEFAULT_KEEP_ALIVE_TIMEOUT_MS,
          maxSendBytes,
          maxReceiveBytes,
        },
      ),
  );
  const client = new Client(new BalancedChannel(links), {
    credentials: config.credentials,
    token: config.token,
    onFailedAttempt: config.onFailedAttempt,
  });
  try {
    await client.login({ deadline: Date.now() + (config.dialTimeoutMs ?? DEFAULT_DIAL_TIMEOUT_MS) });
  } catch (error) {
    client.close();
    throw new ConnectError((error as Error).message, { cause: error });
  }
  return client;
}
