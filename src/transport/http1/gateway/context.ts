/** What a service may know of a call that came as an HTTP request: metadata, deadline, and whether it is still wanted. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallContext } from '../../../services/method.ts';

const METADATA_PREFIX = 'grpc-metadata-';
/** Standard headers that are handed on, as `grpcgateway-<name>`. */
const PERMANENT_HEADERS = new Set([
  'accept',
  'accept-charset',
  'accept-language',
  'accept-ranges',
  'authorization',
  'cache-control',
  'content-type',
  'cookie',
  'date',
  'expect',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-schedule-tag-match',
  'if-unmodified-since',
  'max-forwards',
  'origin',
  'pragma',
  'referer',
  'user-agent',
  'via',
  'warning',
]);

export function metadataOf(request: IncomingMessage): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  for (const [name, header] of Object.entries(request.headers)) {
    const value = Array.isArray(header) ? header[0] : header;
    if (value === undefined) continue;
    if (name.startsWith(METADATA_PREFIX)) metadata.set(name.slice(METADATA_PREFIX.length), value);
    else if (PERMANENT_HEADERS.has(name)) metadata.set(`grpcgateway-${name}`, value);
  }
  const { authorization, host } = request.headers;
  if (authorization !== undefined) metadata.set('authorization', authorization);
  if (host !== undefined) metadata.set('x-forwarded-host', host);
  const before = request.headers['x-forwarded-for'];
  const address = request.socket.remoteAddress ?? '';
  metadata.set('x-forwarded-for', before === undefined ? address : `${String(before)}, ${address}`);
  return metadata;
}

const TIMEOUT_UNITS_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Milliseconds of a Grpc-Timeout header (gRPC over HTTP/2, "Timeout"); undefined: it is malformed. */
export function parseTimeout(text: string): number | undefined {
  const parts = /^(\d{1,8})([HMSmun])$/.exec(text);
  return parts === null ? undefined : Number(parts[1]) * TIMEOUT_UNITS_MS[parts[2]];
}

/** Longest delay of a timer; a deadline beyond it is none. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The context of one call. `over` has to be called when it is answered. */
export class GatewayContext implements CallContext {
  readonly deadline: number;
  cancelled = false;
  private readonly entries: ReadonlyMap<string, string>;
  private readonly timer: NodeJS.Timeout | undefined;
  private listeners: (() => void)[] = [];
  private ended = false;
  /** Runs once when the deadline has passed, before the listeners of `onCancel`. */
  onDeadline: () => void = () => {};

  constructor(request: IncomingMessage, response: ServerResponse, timeoutMs: number | undefined) {
    this.entries = metadataOf(request);
    response.once('close', () => {
      if (!this.ended) this.cancel();
    });
    this.deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
    if (timeoutMs === undefined || timeoutMs > MAX_TIMER_MS) return;
    this.timer = setTimeout(() => {
      if (this.ended || this.cancelled) return;
      this.onDeadline();
      this.cancel();
    }, timeoutMs);
  }

  metadata(name: string): string | undefined {
    return this.entries.get(name);
  }

  onCancel(listener: () => void): void {
    if (this.cancelled) listener();
    else this.listeners.push(listener);
  }

  /** The call has been answered: nothing is left to cancel. */
  over(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    clearTimeout(this.timer);
    const listeners = this.listeners;
    this.listeners = [];
    for (const listener of listeners) listener();
  }
}
