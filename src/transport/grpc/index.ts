/**
 * gRPC over our own HTTP/2: unary calls and streams, deadlines, metadata, gzip, status, size limits, keep-alive
 * policy, in front of the services' method tables (../../services/method.ts).
 *
 * Laws
 * 1. A call is one object: stream, context and answer. A unary answer is written in one piece: HEADERS, DATA, trailers.
 * 2. What depends on the request's headers alone (method, deadline, encoding) is found once per distinct head.
 * 3. No service sees this folder; it sees only their tables.
 */
export { GrpcClient, type GrpcClientOptions, type UnaryDone } from './client.ts';
export type { ClientCall, ClientCallEvents } from './client-call.ts';
export { GrpcConnection } from './connection.ts';
export { type ForeignStreams, GrpcServer, type GrpcServerOptions } from './server.ts';
export type {
  CallObserver,
  CancelReason,
  Encoded,
  GrpcContext,
  GrpcStreamCall,
  Method,
  PeerTls,
} from './service.ts';
export { percentDecode, percentEncode, StatusCode, type StatusLike } from './status.ts';
