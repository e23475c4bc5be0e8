/**
 * HTTP/2 (RFC 9113) by hand, on net and tls sockets: frames are parsed where they lie in the socket's buffer, header
 * blocks that repeat are not decoded twice, and all a connection has to say in one turn of the event loop is one
 * write. It knows nothing of gRPC; ../grpc and ../mux subclass its streams and connections.
 *
 * Laws
 * 1. Every rule of the RFC that a peer can break has its answer here, connection error or stream error.
 * 2. Everything a peer can make us hold or do is bounded by a name in limits.ts.
 * 3. No copy of a payload between socket and decoder, and none between encoder and socket above 4 KiB.
 *
 * bytes -> FrameReader -> Http2Connection -> Http2Stream (subclass) -> Output -> one write at the end of the turn
 */
export { ClientConnection, type ClientStream, clientRates } from './client-connection.ts';
export { Http2Connection } from './connection.ts';
export { ErrorCode, Flag, FrameType, frameHeaderBytes } from './constants.ts';
export { ConnectionError } from './errors.ts';
export { HeaderTemplate } from './header-template.ts';
export type { HeaderField, OutgoingField } from './hpack/index.ts';
export type { KeepaliveOptions } from './keepalive.ts';
export { defaultLimits, type Http2Limits, type Rate, withDefaultLimits } from './limits.ts';
export { copyBytes, copyLimitBytes, writeFrameHeader } from './output.ts';
export { RequestHead } from './request-head.ts';
export { ServerConnection, type ServerConnectionOptions } from './server-connection.ts';
export { Http2Stream } from './stream.ts';
export { atEndOfTurn } from './turn.ts';
