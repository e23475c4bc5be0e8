/**
 * Listening sockets: TCP and unix, bound before anything else happens, so that a port in use is found out at once and
 * a client that comes early waits in the queue instead of being refused.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { ServerUrl } from './config/urls.ts';

/** Idle TCP connections are probed after this long. */
const TCP_KEEPALIVE_MS = 30_000;

/** The address can't be had; the text is Go's, which scripts know. */
export class ListenError extends Error {
  override name = 'ListenError';
}

export interface Listener {
  readonly url: ServerUrl;
  /** Resolved: `127.0.0.1:2379`, or the path of a unix socket. */
  readonly address: string;
  /** Gives the connections, those that came before included. */
  accept(handle: (socket: Socket) => void): void;
  /** Takes no more connections; resolves when the last one has ended. */
  close(): Promise<void>;
  /** Ends the connections that are left, those that never said what they want included. */
  cut(): void;
}

/** @throws ListenError */
export function listen(url: ServerUrl): Promise<Listener> {
  return new Promise((resolve, reject) => {
    let handle: ((socket: Socket) => void) | undefined;
    const early: Socket[] = [];
    const connections = new Set<Socket>();
    const server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEPALIVE_MS },
      (socket) => {
        connections.add(socket);
        socket.once('close', () => connections.delete(socket));
        if (handle) return handle(socket);
        early.push(socket);
        socket.pause();
        // A socket without this listener would bring the process down when its client goes away early.
        socket.on('error', () => socket.destroy());
      },
    );
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(describe(url, error))));
    const isUnix = url.scheme === 'unix' || url.scheme === 'unixs';
    if (isUnix) rmSync(url.address, { force: true });
    server.listen(isUnix ? { path: url.address } : { host: hostToBind(url), port: url.port }, () => {
      server.removeAllListeners('error');
      // A connection that could not be accepted, for want of descriptors, is lost, and nothing else.
      server.on('error', () => {});
      resolve({
        url,
        address: addressOf(server),
        accept(give) {
          handle = give;
          for (const socket of early.splice(0)) {
            give(socket);
            // It was paused by us, and only an explicit word undoes that.
            socket.resume();
          }
        },
        close: () =>
          new Promise((done) => {
            for (const socket of early.splice(0)) socket.destroy();
            server.close(() => done());
          }),
        cut() {
          for (const socket of connections) socket.destroy();
        },
      });
    });
  });
}

/** `localhost` means IPv4 first, as everywhere where etcd runs. */
function hostToBind(url: ServerUrl): string | undefined {
  if (url.hostname === 'localhost') return '127.0.0.1';
  return url.hostname === '' ? undefined : url.hostname;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return address ?? '';
  return address.family === 'IPv6'
    ? `[${address.address}]:${address.port}`
    : `${address.address}:${address.port}`;
}

const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

function describe(url: ServerUrl, error: NodeJS.ErrnoException): string {
  const network = url.scheme === 'unix' || url.scheme === 'unixs' ? 'unix' : 'tcp';
  return `listen ${network} ${url.address}: bind: ${CAUSES[error.code ?? ''] ?? error.message}`;
}
