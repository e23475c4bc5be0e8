/** gRPC status: codes, what an error thrown by a service becomes, and how it is written into trailers. */
import type { OutgoingField } from '../http2/index.ts';

export const StatusCode = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** Any object of this shape that a service throws, rejects with or hands over is the call's status. */
export interface StatusLike {
  readonly code: number;
  readonly message: string;
  /** A serialised google.rpc.Status, sent along as grpc-status-details-bin. */
  readonly details?: Uint8Array;
}

export const okStatus: StatusLike = { code: StatusCode.ok, message: '' };

/** Whether something thrown is a status of its own. */
export function isStatus(error: unknown): error is StatusLike {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'number' && code >= 0 && code <= 16 && typeof message === 'string';
}

/** What a failure means to the client: its own status, or UNKNOWN with its message. */
export function toStatus(error: unknown): StatusLike {
  if (isStatus(error)) return error;
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return { code: StatusCode.unknown, message: typeof message === 'string' ? message : String(error) };
}

/** The trailer fields of a status. */
export function statusFields(status: StatusLike): OutgoingField[] {
  const fields: OutgoingField[] = [{ name: 'grpc-status', value: String(status.code), indexing: 'once' }];
  if (status.message !== '') {
    fields.push({ name: 'grpc-message', value: percentEncode(status.message), indexing: 'once' });
  }
  if (status.details !== undefined) {
    const value = Buffer.from(status.details).toString('base64').replace(/=+$/, '');
    fields.push({ name: 'grpc-status-details-bin', value, indexing: 'once' });
  }
  return fields;
}

/** gRPC over HTTP/2, "Status-Message": UTF-8, every byte but printable ASCII without % as %XX. */
export function percentEncode(message: string): string {
  if (/^[ -$&-~]*$/.test(message)) return message;
  let text = '';
  for (const byte of Buffer.from(message, 'utf8')) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    text += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

/** The inverse. Broken escapes stay as they are, as the protocol asks. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
