/**
 * One endpoint's HTTP/2 connection: dialled when somebody needs it, kept, dialled again after a loss with a growing
 * pause. Ready when the server's SETTINGS have come: only then it is sure that HTTP/2 is spoken there.
 */
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { Code } from '../core/errors.ts';
import type { LinkState } from './channel.ts';
import { dialReason } from './dial-error.ts';
import type { Endpoint } from './endpoints.ts';
import { type Peer, StatusError } from './errors.ts';
import type { LinkOptions } from './link-options.ts';

const FIRST_PAUSE_MS = 100;
const PAUSE_GROWTH = 1.6;
const LONGEST_PAUSE_MS = 3000;
/** A dial that has not come to SETTINGS by then has failed. */
const DIAL_TIMEOUT_MS = 20_000;
/** Window of a stream and of the connection, in bytes: large answers come without waiting for updates. */
const STREAM_WINDOW_BYTES = 4 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024;
/** node:http2 resets streams when a session buffers more than this, in megabytes. */
const SESSION_MEMORY_MB = 1024;
const DEFAULT_PORT = 2379;

type State =
  | { readonly kind: 'idle' | 'closed' }
  | { readonly kind: 'connecting'; readonly session: Promise<ClientHttp2Session> }
  | { readonly kind: 'ready'; readonly session: ClientHttp2Session }
  | { readonly kind: 'failed'; readonly reason: string; readonly until: number };

function hostAndPort(target: string): { host: string; port: number } {
  const match = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(target);
  if (match === null) return { host: target, port: DEFAULT_PORT };
  return { host: match[1] ?? match[2], port: match[3] === undefined ? DEFAULT_PORT : Number(match[3]) };
}

export class Http2Connection {
  private readonly endpoint: Endpoint;
  private readonly options: LinkOptions;
  private readonly secure: boolean;
  private current: State = { kind: 'idle' };
  private pause = FIRST_PAUSE_MS;
  private listeners: (() => void)[] = [];
  /** The session that is being made. */
  private dialing: ClientHttp2Session | undefined;
  /** Ends the state `failed`. */
  private rest: NodeJS.Timeout | undefined;
  private calls = 0;

  constructor(endpoint: Endpoint, options: LinkOptions) {
    this.endpoint = endpoint;
    this.options = options;
    this.secure = endpoint.tls === 'always';
  }

  get state(): LinkState {
    return this.current.kind;
  }

  /** Calls back once, at the next change of state. */
  onChange(callback: () => void): void {
    this.listeners.push(callback);
  }

  private move(state: State): void {
    this.current = state;
    const listeners = this.listeners;
    this.listeners = [];
    for (const callback of listeners) callback();
  }

  /** The session, as soon as it is ready. @throws StatusError, unsent, with the reason */
  session(): Promise<ClientHttp2Session> | ClientHttp2Session {
    const state = this.current;
    if (state.kind === 'ready' || state.kind === 'connecting') return state.session;
    if (state.kind === 'closed')
      throw new StatusError(Code.Canceled, 'grpc: the client connection is closing');
    if (state.kind === 'failed' && Date.now() < state.until) throw unreachable(state.reason);
    clearTimeout(this.rest);
    const session = this.dial();
    session.catch(() => undefined); // whoever waits for it gets the error; a dial that nobody waits for is no crash
    this.move({ kind: 'connecting', session });
    return session;
  }

  private async socket(): Promise<Socket> {
    const { address } = this.endpoint;
    const place = address.kind === 'unix' ? { path: address.path } : hostAndPort(address.target);
    if (!this.secure) return connectTcp({ ...place, noDelay: true } as never);
    const { connectTls } = await import('./tls-socket.ts');
    return connectTls(place, this.endpoint.serverName, this.options.tls);
  }

  private async dial(): Promise<ClientHttp2Session> {
    const socket = await this.socket();
    const authority = this.endpoint.address.kind === 'unix' ? 'localhost' : this.endpoint.address.target;
    const session = connectHttp2(`${this.secure ? 'https' : 'http'}://${authority}`, {
      createConnection: () => socket,
      maxSessionMemory: SESSION_MEMORY_MB,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    if (this.current.kind === 'closed') session.destroy();
    this.dialing = session;
    const timer = setTimeout(() => session.destroy(new Error('i/o timeout')), DIAL_TIMEOUT_MS);
    return new Promise((resolve, reject) => {
      let reason = 'error reading server preface: EOF';
      session.on('error', (error) => {
        reason = dialReason(error);
      });
      session.once('remoteSettings', () => {
        clearTimeout(timer);
        this.ready(session);
        resolve(session);
      });
      session.once('close', () => {
        clearTimeout(timer);
        this.lost(session, reason);
        reject(unreachable(reason));
      });
      session.once('goaway', () => this.lost(session, 'server closed the connection'));
    });
  }

  private ready(session: ClientHttp2Session): void {
    if (this.current.kind === 'closed') return session.destroy();
    this.pause = FIRST_PAUSE_MS;
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    this.keepAlive(session);
    this.move({ kind: 'ready', session });
    if (this.calls === 0) session.unref();
  }

  private lost(session: ClientHttp2Session, reason: string): void {
    const state = this.current;
    if (state.kind === 'ready' && state.session === session) this.move({ kind: 'idle' });
    else if (state.kind === 'connecting') {
      this.move({ kind: 'failed', reason, until: Date.now() + this.pause });
      this.rest = setTimeout(() => this.move({ kind: 'idle' }), this.pause);
      this.pause = Math.min(this.pause * PAUSE_GROWTH, LONGEST_PAUSE_MS);
    }
  }

  /** Pings while calls are under way; a connection that does not answer is dropped. */
  private keepAlive(session: ClientHttp2Session): void {
    const { keepAliveTimeMs, keepAliveTimeoutMs } = this.options;
    if (keepAliveTimeMs <= 0) return;
    const timer = setInterval(() => {
      if (this.calls === 0 || session.destroyed) return;
      const late = setTimeout(
        () => session.destroy(new Error('keepalive ping failed to receive ACK within timeout')),
        keepAliveTimeoutMs,
      );
      session.ping(() => clearTimeout(late));
    }, keepAliveTimeMs).unref();
    session.once('close', () => clearInterval(timer));
  }

  /** A connection without calls does not keep the process alive. */
  callStarted(session: ClientHttp2Session): void {
    if (this.calls++ === 0) session.ref();
  }

  callEnded(session: ClientHttp2Session): void {
    if (--this.calls === 0 && !session.destroyed) session.unref();
  }

  peer(session: ClientHttp2Session): Peer {
    const { socket } = session;
    return {
      address: `${socket.remoteAddress}:${socket.remotePort}`,
      local: `${socket.localAddress}:${socket.localPort}`,
      secure: this.secure,
    };
  }

  close(): void {
    const state = this.current;
    this.move({ kind: 'closed' });
    clearTimeout(this.rest);
    if (state.kind === 'ready') state.session.close();
    else this.dialing?.destroy();
  }
}

function unreachable(reason: string): StatusError {
  return new StatusError(Code.Unavailable, reason, { unsent: true });
}
