/** TCP servers and clients that do what the gateway has to bear. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Gateway, type GatewayEndpoint, type GatewayOptions } from '../../../src/gateway/index.ts';

export interface LoggedLine {
  readonly level: 'info' | 'warn';
  readonly msg: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A TCP server behind the gateway. */
export interface Backend {
  readonly endpoint: GatewayEndpoint;
  readonly sockets: readonly Socket[];
  /** Breaks its connections and refuses new ones. */
  kill(): Promise<void>;
  /** Listens again on the same port. */
  revive(): Promise<void>;
}

/** `priority` and `weight` are those of an endpoint list. */
export async function backend(serve: (socket: Socket) => void): Promise<Backend> {
  const sockets: Socket[] = [];
  let server: Server;
  const listen = async (port: number): Promise<number> => {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const endpoint = { address: `127.0.0.1:${port}`, host: '127.0.0.1', port, priority: 0, weight: 0 };
  return {
    endpoint,
    sockets,
    async kill() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets.splice(0)) socket.resetAndDestroy();
      await closed;
    },
    async revive() {
      await listen(port);
    },
  };
}

export interface Running {
  readonly gateway: Gateway;
  readonly port: number;
  readonly lines: readonly LoggedLine[];
  dial(): Promise<Socket>;
}

export async function startGateway(
  backends: readonly Backend[],
  options: Partial<GatewayOptions> = {},
): Promise<Running> {
  const lines: LoggedLine[] = [];
  const note =
    (level: LoggedLine['level']) =>
    (msg: string, fields: LoggedLine['fields'] = {}): void => {
      lines.push({ level, msg, fields });
    };
  const gateway = new Gateway({
    host: '127.0.0.1',
    port: 0,
    endpoints: backends.map(({ endpoint }) => endpoint),
    retryDelayMs: 60_000,
    drainMs: 100,
    log: { info: note('info'), warn: note('warn') },
    ...options,
  });
  const { port } = await gateway.start();
  return {
    gateway,
    port,
    lines,
    dial: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        socket.once('error', reject);
        socket.once('connect', () => {
          socket.removeListener('error', reject);
          socket.on('error', () => {});
          resolve(socket);
        });
      }),
  };
}

/** Everything until the other side ends. The own side stays open. */
export function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    socket.once('end', () => resolve(text));
  });
}

/** The next bytes. */
export function next(socket: Socket): Promise<string> {
  return new Promise((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())));
}

/** `end`: in order; `reset`: broken. */
export function fateOf(socket: Socket): Promise<'end' | 'reset'> {
  return new Promise((resolve) => {
    socket.once('error', () => resolve('reset'));
    socket.once('end', () => resolve('end'));
    socket.once('close', () => resolve('end'));
    socket.resume();
  });
}
