/**
 * What a request head means to gRPC: which method, or which refusal. A route depends on the head alone, so it is
 * made once per distinct head and kept in `head.attachment`.
 */
import type { OutgoingField, RequestHead } from '../http2/index.ts';
import { acceptedEncodings, encodingOf, type MessageEncoding } from './compression.ts';
import type { Method } from './service.ts';
import { StatusCode, type StatusLike, statusFields } from './status.ts';
import { parseTimeout } from './timeout.ts';

export type Route = CallRoute | { readonly kind: 'refused'; readonly fields: readonly OutgoingField[] };

export interface CallRoute {
  readonly kind: 'call';
  readonly method: Method;
  /** Milliseconds, or -1. */
  readonly timeoutMs: number;
  readonly encoding: MessageEncoding;
}

const contentType: OutgoingField = { name: 'content-type', value: 'application/grpc', indexing: 'repeated' };

/** The headers of every answer that has messages. */
export const answerFields: readonly OutgoingField[] = [
  { name: ':status', value: '200', indexing: 'once' },
  contentType,
];
export const gzipAnswerFields: readonly OutgoingField[] = [
  ...answerFields,
  { name: 'grpc-encoding', value: 'gzip', indexing: 'repeated' },
];

/** The only headers of an answer without messages ("Trailers-Only"). */
export function trailersOnly(status: StatusLike, httpStatus = '200'): OutgoingField[] {
  return [{ name: ':status', value: httpStatus, indexing: 'once' }, contentType, ...statusFields(status)];
}

/** Whether a request is gRPC's, by its content type. */
export function isGrpc(head: RequestHead): boolean {
  return /^application\/grpc(?:[+;]|$)/.test(head.get('content-type') ?? '');
}

export function routeOf(
  head: RequestHead,
  methods: ReadonlyMap<string, Method>,
  services: ReadonlySet<string>,
): Route {
  if (!isGrpc(head)) {
    const message = `invalid gRPC request content-type "${head.get('content-type') ?? ''}"`;
    return refusal({ code: StatusCode.invalidArgument, message }, '415');
  }
  if (head.method !== 'POST') {
    return refusal({ code: StatusCode.internal, message: `:method "${head.method}" is not POST` }, '405');
  }
  const timeout = head.get('grpc-timeout');
  const timeoutMs = timeout === undefined ? -1 : parseTimeout(timeout);
  if (timeoutMs === null) {
    return refusal({ code: StatusCode.internal, message: `malformed grpc-timeout: "${timeout}"` }, '400');
  }
  const method = methods.get(head.path);
  if (method === undefined) return refusal(unknownMethod(head.path, services));
  const encoding = encodingOf(head.get('grpc-encoding'));
  if (encoding === null) return refuseEncoding(head.get('grpc-encoding') as string);
  return { kind: 'call', method, timeoutMs, encoding };
}

function refusal(status: StatusLike, httpStatus = '200'): Route {
  return { kind: 'refused', fields: trailersOnly(status, httpStatus) };
}

function refuseEncoding(name: string): Route {
  const message = `grpc: Decompressor is not installed for grpc-encoding "${name}"`;
  const fields = trailersOnly({ code: StatusCode.unimplemented, message });
  fields.push({ name: 'grpc-accept-encoding', value: acceptedEncodings, indexing: 'once' });
  return { kind: 'refused', fields };
}

function unknownMethod(path: string, services: ReadonlySet<string>): StatusLike {
  const slash = path.lastIndexOf('/');
  if (path[0] !== '/' || slash <= 0) {
    return { code: StatusCode.unimplemented, message: `malformed method name: "${path}"` };
  }
  const service = path.slice(1, slash);
  const message = services.has(service)
    ? `unknown method ${path.slice(slash + 1)} for service ${service}`
    : `unknown service ${service}`;
  return { code: StatusCode.unimplemented, message };
}
