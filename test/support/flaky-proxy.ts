/**
 * A TCP proxy that harms connections: cuts them in mid stream after so many bytes, or turns into a black hole that takes
 * everything and gives nothing, with all connections open.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface FlakyOptions {
  /** Bytes from the server after which a connection is cut; asked once for each connection. */
  readonly cutAfter?: () => number;
}

export class FlakyProxy {
  private readonly target: { readonly host: string; readonly port: number };
  private readonly options: FlakyOptions;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  /** What these say is taken and goes nowhere. */
  private readonly swallowed = new WeakSet<Socket>();
  /** Connections that were cut by their number of bytes. */
  cuts = 0;
  /** Connections made. */
  accepted = 0;

  private constructor(endpoint: string, options: FlakyOptions) {
    const [host, port] = endpoint.split(':');
    this.target = { host, port: Number(port) };
    this.options = options;
    this.server = createServer((client) => this.accept(client));
  }

  static async start(endpoint: string, options: FlakyOptions = {}): Promise<FlakyProxy> {
    const proxy = new FlakyProxy(endpoint, options);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private accept(client: Socket): void {
    this.accepted++;
    const upstream = connect(this.target);
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', cut).on('close', () => {
        this.sockets.delete(socket);
        if (!this.swallowed.has(client)) cut();
      });
    }
    let left = this.options.cutAfter?.() ?? Number.POSITIVE_INFINITY;
    upstream.on('data', (chunk: Buffer) => {
      if (this.swallowed.has(client)) return;
      client.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return;
      this.cuts++;
      client.end();
      upstream.destroy();
    });
    client.on('data', (chunk: Buffer) => {
      if (!this.swallowed.has(client)) upstream.write(chunk);
    });
  }

  /** From now on nothing gets through on the connections that are open, and nobody is told. */
  blackHole(): void {
    for (const socket of this.sockets) this.swallowed.add(socket);
  }

  /** Breaks all connections. */
  cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cutAll();
    await closed;
  }
}
