/**
 * What a call can fail with, on the client's side. A server's status keeps its code; its text is printed bare when it
 * is one of etcd's declared errors, else in gRPC's form (api.md 3, cli.md 4.2).
 */
import { CATALOGUE, CODE_NAMES, Code } from '../core/errors.ts';

const NOT_DECLARED_TO_CLIENTS = new Set([CATALOGUE.TimeoutLeaderTransfer[1]]);

/** The texts that an etcd client maps back to an error of its own. */
const DECLARED: ReadonlySet<string> = new Set(
  Object.values(CATALOGUE)
    .map(([, text]) => text as string)
    .filter((text) => text.startsWith('etcdserver: '))
    .filter((text) => !NOT_DECLARED_TO_CLIENTS.has(text as never))
    .concat('etcdserver: context deadline exceeded'),
);

export function isDeclared(text: string): boolean {
  return DECLARED.has(text);
}

export function describeStatus(code: number, details: string): string {
  return `rpc error: code = ${CODE_NAMES[code] ?? `Code(${code})`} desc = ${details}`;
}

/** The two ends of a connection. */
export interface Peer {
  readonly address: string;
  readonly local?: string;
  readonly secure: boolean;
}

/** A status other than OK, from the server or from the channel. `details` is the description as it came. */
export class StatusError extends Error {
  override name = 'StatusError';
  readonly code: number;
  readonly details: string;
  /** Was the request certainly never sent? Then any call may be repeated. */
  readonly unsent: boolean;
  /** Who answered, if somebody did. */
  readonly peer: Peer | undefined;

  constructor(code: number, details: string, origin: { unsent?: boolean; peer?: Peer | undefined } = {}) {
    super(isDeclared(details) ? details : describeStatus(code, details));
    this.code = code;
    this.details = details;
    this.unsent = origin.unsent ?? false;
    this.peer = origin.peer;
  }

  /** In gRPC's form, whatever the text is. */
  describe(): string {
    return describeStatus(this.code, this.details);
  }
}

/** The caller's own deadline passed or the caller gave up. */
export class ContextError extends Error {
  override name = 'ContextError';
  readonly code: number;

  constructor(kind: 'deadline' | 'canceled') {
    super(kind === 'deadline' ? 'context deadline exceeded' : 'context canceled');
    this.code = kind === 'deadline' ? Code.DeadlineExceeded : Code.Canceled;
  }
}

/** The client could not be built: bad endpoints, bad limits, a failed login. Exit code 2. */
export class ConnectError extends Error {
  override name = 'ConnectError';
}

/** By its name: a bundle that is loaded later has a class of its own. */
export function isStatusError(error: unknown): error is StatusError {
  return error instanceof Error && error.name === 'StatusError';
}

export function hasText(error: unknown, text: string): boolean {
  return isStatusError(error) && error.details === text;
}
