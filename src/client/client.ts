/**
 * The client of a cluster: one channel, retries, and the auth token. Everything above it (watch, lease, lock, the
 * commands) goes through `call` and `open`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CATALOGUE } from '../core/errors.ts';
import type { MethodDescriptor } from '../core/wire/codec.ts';
import { AuthService } from '../core/wire/gen/rpc.ts';
import type { Channel, StreamCall } from './channel.ts';
import { ContextError, hasText, StatusError } from './errors.ts';
import { MOST_ATTEMPTS, mayRetry, pauseBefore, tokenRefused } from './retry.ts';

/** Sent with every call; a server may refuse features to older clients. */
const CLIENT_API_VERSION = '3.7';

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** A failed attempt of a unary call, for the log. */
export interface FailedAttempt {
  readonly path: string;
  readonly attempt: number;
  readonly error: StatusError;
  readonly endpoints: readonly string[];
}

export interface ClientOptions {
  readonly credentials?: Credentials | undefined;
  /** A token that never changes (JWT); credentials are not used then. */
  readonly token?: string | undefined;
  /** Awaited before anything else happens, so that a log line comes before the error it explains. */
  readonly onFailedAttempt?: (failed: FailedAttempt) => void | Promise<void>;
}

export interface CallScope {
  /** Milliseconds since the epoch. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  /** Fail at once when the member knows no leader, and end streams when it loses it. */
  readonly requireLeader?: boolean;
}

export class Client {
  readonly channel: Channel;
  private readonly options: ClientOptions;
  private token: string | undefined;

  constructor(channel: Channel, options: ClientOptions = {}) {
    this.channel = channel;
    this.options = options;
    this.token = options.token;
  }

  get endpoints(): readonly string[] {
    return this.channel.endpoints;
  }

  /** The same user over another channel. */
  over(channel: Channel): Client {
    const client = new Client(channel, this.options);
    client.token = this.token;
    return client;
  }

  /** Gets a token if there are credentials. A server without auth is content without one. */
  async login(scope: CallScope = {}): Promise<void> {
    const { credentials } = this.options;
    if (credentials === undefined || this.options.token !== undefined) return;
    try {
      const response = await this.call(AuthService.authenticate, { ...credentials }, scope);
      this.token = response.token;
    } catch (error) {
      if (!hasText(error, CATALOGUE.AuthNotEnabled[1])) throw error;
      this.token = undefined;
    }
  }

  private metadata(scope: CallScope, anonymous: boolean): Record<string, string> {
    const metadata: Record<string, string> = { 'client-api-version': CLIENT_API_VERSION };
    if (this.token !== undefined && !anonymous) metadata.token = this.token;
    if (scope.requireLeader === true) metadata.hasleader = 'true';
    return metadata;
  }

  /** @throws StatusError, ContextError */
  async call<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    partial: Partial<Req>,
    scope: CallScope = {},
  ): Promise<Res> {
    const request = method.request.create(partial);
    const deadline = scope.deadline ?? Number.POSITIVE_INFINITY;
    const anonymous = (method.path as string) === AuthService.authenticate.path;
    for (let attempt = 0; ; attempt++) {
      const options = { deadline, signal: scope.signal, metadata: this.metadata(scope, anonymous) };
      try {
        return await this.channel.unary(method, request, options);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        await this.options.onFailedAttempt?.({
          path: method.path,
          attempt,
          error,
          endpoints: this.endpoints,
        });
        await this.beforeRetry(method.path, error, attempt, scope);
      }
    }
  }

  /** Returns when the call may be tried again; throws what the caller shall see when it may not. */
  private async beforeRetry(
    path: string,
    error: StatusError,
    attempt: number,
    scope: CallScope,
  ): Promise<void> {
    if (scope.signal?.aborted === true) throw new ContextError('canceled');
    if (scope.deadline !== undefined && Date.now() >= scope.deadline) throw new ContextError('deadline');
    if (attempt + 1 >= MOST_ATTEMPTS) throw error;
    if (path !== AuthService.authenticate.path && this.mayLogin() && tokenRefused(error, true)) {
      await this.login(scope);
      return;
    }
    if (!mayRetry(path, error, this.endpoints.length)) throw error;
    const pause = pauseBefore(attempt + 1, this.endpoints.length, Math.random());
    if (pause > 0) await sleep(pause);
  }

  private mayLogin(): boolean {
    return this.options.credentials !== undefined && this.options.token === undefined;
  }

  /** Opens a stream, with a token if the server wants one. @throws StatusError, ContextError */
  async open<Req, Res>(
    method: MethodDescriptor<Req, Res>,
    scope: CallScope = {},
  ): Promise<StreamCall<Req, Res>> {
    if (this.mayLogin() && this.token === undefined) await this.login(scope);
    const deadline = scope.deadline ?? Number.POSITIVE_INFINITY;
    const options = { deadline, signal: scope.signal, metadata: this.metadata(scope, false) };
    try {
      return await this.channel.stream(method, options);
    } catch (error) {
      if (Date.now() >= deadline) throw new ContextError('deadline');
      throw error;
    }
  }

  close(): void {
    this.channel.close();
  }
}
