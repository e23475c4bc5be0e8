/** From an endpoint to a connection that takes calls. */
import { connect, isIP, type Socket } from 'node:net';
import { ConnectError } from '../../client/index.ts';
import type { TlsMaterial } from '../../client/link-options.ts';
import { LoadConnection } from './connection.ts';

/** Where a member listens. Crosses thread boundaries as it is. */
export interface Target {
  readonly text: string;
  readonly place: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly authority: string;
  readonly serverName: string;
  readonly tls: TlsMaterial | undefined;
}

export interface DialOptions {
  readonly token: string;
  /** Milliseconds; 0 waits as long as the system does. */
  readonly timeoutMs: number;
}

async function socketOf({ place, tls, serverName }: Target): Promise<{ socket: Socket; ready: string }> {
  if (tls === undefined) return { socket: connect({ ...place, noDelay: true } as never), ready: 'connect' };
  const { connect: connectTls } = await import('node:tls');
  const name = tls.serverName ?? serverName;
  const socket = connectTls({
    ...place,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
    rejectUnauthorized: !tls.skipVerify,
    ALPNProtocols: ['h2'],
  } as never);
  return { socket, ready: 'secureConnect' };
}

/** @throws ConnectError */
export async function dial(target: Target, options: DialOptions): Promise<LoadConnection> {
  const { socket, ready } = await socketOf(target);
  await new Promise<void>((resolve, reject) => {
    const refuse = (reason: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new ConnectError(`${target.text}: ${reason}`));
    };
    const timer =
      options.timeoutMs > 0 ? setTimeout(() => refuse('dial timed out'), options.timeoutMs) : undefined;
    socket.once('error', (error) => refuse(error.message));
    socket.once(ready, () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve();
    });
  });
  const { authority, tls } = target;
  return new LoadConnection(socket, { authority, secure: tls !== undefined, token: options.token });
}

/** `count` connections, spread over the targets in turn. @throws ConnectError */
export async function dialAll(
  targets: readonly Target[],
  count: number,
  options: DialOptions,
): Promise<LoadConnection[]> {
  const dialled = await Promise.allSettled(
    Array.from({ length: count }, (_, i) => dial(targets[i % targets.length], options)),
  );
  const failed = dialled.find((result) => result.status === 'rejected');
  const connections = dialled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return connections;
  for (const connection of connections) connection.close();
  throw failed.reason;
}
