/**
 * gRPC over HTTP/2 (the gRPC protocol document, "gRPC over HTTP2"): length-prefixed messages, timeouts and statuses.
 *
 *   +--------------+-------------------------+---------+
 *   | compressed 1 | length 4, big-endian    | message |
 *   +--------------+-------------------------+---------+
 */
import { Code } from '../core/errors.ts';
import { StatusError } from './errors.ts';

const PREFIX_BYTES = 5;
/** A timeout has at most eight digits. */
const MOST_TIMEOUT_UNITS = 99_999_999;

export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  private readonly maxBytes: number;
  private chunks: Buffer[] = [];
  private buffered = 0;

  /** `maxBytes`: the largest message taken. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The messages that are complete now. @throws StatusError for one that is too large or compressed */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    const messages: Buffer[] = [];
    for (;;) {
      const length = this.nextLength();
      if (length === undefined || this.buffered < PREFIX_BYTES + length) return messages;
      messages.push(this.take(PREFIX_BYTES + length).subarray(PREFIX_BYTES));
    }
  }

  private nextLength(): number | undefined {
    if (this.buffered < PREFIX_BYTES) return undefined;
    if (this.chunks[0].length < PREFIX_BYTES) this.chunks = [Buffer.concat(this.chunks)];
    const [head] = this.chunks;
    if (head[0] !== 0) throw new StatusError(Code.Internal, 'grpc: compressed message from the server');
    const length = head.readUInt32BE(1);
    if (length > this.maxBytes) {
      throw new StatusError(
        Code.ResourceExhausted,
        `grpc: received message larger than max (${length} vs. ${this.maxBytes})`,
      );
    }
    return length;
  }

  private take(bytes: number): Buffer {
    const whole = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
    const rest = whole.subarray(bytes);
    this.chunks = rest.length === 0 ? [] : [rest];
    this.buffered = rest.length;
    return whole.subarray(0, bytes);
  }
}

/** The `grpc-timeout` header for so many milliseconds. */
export function timeoutHeader(milliseconds: number): string {
  const whole = Math.max(1, Math.ceil(milliseconds));
  return whole <= MOST_TIMEOUT_UNITS ? `${whole}m` : `${Math.ceil(whole / 1000)}S`;
}

export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

type Headers = Readonly<Record<string, string | string[] | number | undefined>>;

/** HTTP statuses of proxies and servers that do not speak gRPC. */
const CODES_BY_HTTP: Readonly<Record<number, number>> = {
  400: Code.Internal,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.Unimplemented,
  429: Code.Unavailable,
  502: Code.Unavailable,
  503: Code.Unavailable,
  504: Code.Unavailable,
};

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The status in trailers, or in headers that are all there is; undefined if there is none. */
export function statusOf(headers: Headers): GrpcStatus | undefined {
  const code = headers['grpc-status'];
  if (code === undefined) return undefined;
  return { code: Number(code), details: unescaped(String(headers['grpc-message'] ?? '')) };
}

/** The status of an answer that is not gRPC; undefined if it is. */
export function httpFailure(headers: Headers): GrpcStatus | undefined {
  const status = Number(headers[':status']);
  if (status === 200) return undefined;
  return {
    code: CODES_BY_HTTP[status] ?? Code.Unknown,
    details: `unexpected HTTP status code received from server: ${status}`,
  };
}
