/** What a run asks of the cluster before and beside the load: where to go, who leads, a token, compaction, hashes. */

import { parseEndpoint, usesTls } from '../client/endpoints.ts';
import { type ClientConfig, ConnectError, StatusError } from '../client/index.ts';
import { loadTls } from '../client/tls-files.ts';
import { CATALOGUE } from '../core/errors.ts';
import { AuthService, KVService, MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { LoadConnection } from './client/connection.ts';
import { type DialOptions, dial, type Target } from './client/dial.ts';
import { call } from './client/unary.ts';

const DEFAULT_PORT = 2379;

function placeOf(address: ReturnType<typeof parseEndpoint>['address']): Target['place'] {
  if (address.kind === 'unix') return { path: address.path };
  const match = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(address.target);
  if (match === null) return { host: address.target, port: DEFAULT_PORT };
  return { host: match[1] ?? match[2], port: match[3] === undefined ? DEFAULT_PORT : Number(match[3]) };
}

/** The endpoints of a configuration; the scheme of the first decides about TLS. @throws ConnectError, TlsFileError */
export function targetsOf(config: ClientConfig): Target[] {
  if (config.endpoints.length === 0) throw new ConnectError('etcdclient: no available endpoints');
  const endpoints = config.endpoints.map(parseEndpoint);
  const secure = usesTls(endpoints[0].tls, config.tls !== undefined);
  const files = config.tls ?? { cert: '', key: '', ca: '', skipVerify: false };
  const tls = secure ? loadTls(files) : undefined;
  return endpoints.map(({ text, address, serverName }) => ({
    text,
    place: placeOf(address),
    authority: address.kind === 'unix' ? 'localhost' : address.target,
    serverName,
    tls,
  }));
}

async function withConnection<T>(
  target: Target,
  options: DialOptions,
  work: (connection: LoadConnection) => Promise<T>,
): Promise<T> {
  const connection = await dial(target, options);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** '' without credentials, or where authentication is off. @throws ConnectError, StatusError */
export async function tokenOf(config: ClientConfig, target: Target, timeoutMs: number): Promise<string> {
  if (config.token !== undefined) return config.token;
  const { credentials } = config;
  if (credentials === undefined) return '';
  try {
    const options = { token: '', timeoutMs };
    return await withConnection(target, options, async (connection) => {
      return (await call(connection, AuthService.authenticate, { ...credentials })).token;
    });
  } catch (error) {
    if (error instanceof StatusError && error.details === CATALOGUE.AuthNotEnabled[1]) return '';
    throw error;
  }
}

/** The member that leads. @throws ConnectError, StatusError */
export async function leaderOf(targets: readonly Target[], options: DialOptions): Promise<Target> {
  for (const target of targets) {
    const leads = await withConnection(target, options, async (connection) => {
      const { header, leader } = await call(connection, MaintenanceService.status);
      return leader !== 0n && header?.memberId === leader;
    });
    if (leads) return target;
  }
  throw new ConnectError('failed to find a leader endpoint');
}

export interface CompactionOptions {
  readonly intervalMs: number;
  /** Revisions that stay. */
  readonly delta: number;
  readonly stop: AbortSignal;
  warn(message: string): void;
}

/** Compacts every so often until told to stop. */
export async function keepCompacting(
  target: Target,
  options: DialOptions,
  { intervalMs, delta, stop, warn }: CompactionOptions,
): Promise<void> {
  await withConnection(target, options, async (connection) => {
    while (!stop.aborted) {
      await pause(intervalMs, stop);
      if (stop.aborted) return;
      try {
        const { header } = await call(connection, MaintenanceService.status);
        const revision = (header?.revision ?? 0) - delta;
        if (revision > 0) await call(connection, KVService.compact, { revision });
      } catch (error) {
        warn(`compaction failed: ${(error as Error).message}`);
      }
    }
  });
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
  });
}

export interface MemberHash {
  readonly endpoint: string;
  readonly hash: number;
  readonly revision: number;
}

/** The hash of the key history of every member. @throws ConnectError, StatusError */
export async function hashes(targets: readonly Target[], options: DialOptions): Promise<MemberHash[]> {
  const out: MemberHash[] = [];
  for (const target of targets) {
    await withConnection(target, options, async (connection) => {
      const { header, hash } = await call(connection, MaintenanceService.hashKV);
      out.push({ endpoint: target.text, hash, revision: header?.revision ?? 0 });
    });
  }
  return out;
}
