/**
 * Message compression: identity and gzip. We answer in the encoding the client used. A message may always be sent
 * uncompressed, so only those are packed that gain by it and cost the event loop less than about a millisecond.
 */
import { gunzipSync, gzipSync } from 'node:zlib';

/** Bytes of a message worth packing: from, to. */
const smallestPacked = 1024;
const largestPacked = 64 * 1024;

export const acceptedEncodings = 'identity,gzip';

export type MessageEncoding = 'identity' | 'gzip';

/** The encoding named by grpc-encoding, or null when we don't have it. */
export function encodingOf(name: string | undefined): MessageEncoding | null {
  if (name === undefined || name === 'identity') return 'identity';
  return name === 'gzip' ? 'gzip' : null;
}

/** The packed message, or null when it is to go as it is. */
export function pack(message: Uint8Array): Uint8Array | null {
  if (message.length < smallestPacked || message.length > largestPacked) return null;
  const packed = gzipSync(message, { level: 1 });
  return packed.length < message.length ? packed : null;
}

/** Unpacks at most `maxBytes`; null when there is more. Throws on corrupt data. */
export function unpack(message: Uint8Array, maxBytes: number): Uint8Array | null {
  try {
    return gunzipSync(message, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw error;
  }
}
