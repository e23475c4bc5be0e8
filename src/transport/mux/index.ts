/**
 * The front door of a listener: finds out what a client speaks and hands its socket on. Speaks no protocol itself.
 */
export { bridgeTo } from './http-bridge.ts';
export { alpnProtocols, ProtocolSplit, type ProtocolSplitOptions } from './protocol-split.ts';
