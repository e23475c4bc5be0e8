/**
 * The client: everything that speaks to a cluster from outside. Commands, tests, the gateway's health checks and other
 * people's programs may call it; it knows no flags and prints nothing. Laws: a write is sent once unless it certainly
 * never left; a watch goes on after a lost connection without a gap or a repeat; every wait ends at the caller's
 * deadline or signal.
 */
export type { Channel, Link, StreamCall } from './channel.ts';
export type { CallScope, Credentials, FailedAttempt } from './client.ts';
export { Client } from './client.ts';
export { type ClientConfig, connect } from './connect.ts';
export * as election from './election.ts';
export { ConnectError, ContextError, StatusError } from './errors.ts';
export { keepAlive, keepAliveOnce } from './lease.ts';
export { lock, SessionExpiredError, unlock } from './mutex.ts';
export { namespaced } from './namespace.ts';
export { Session } from './session.ts';
export { type DiscoveredEndpoint, DiscoveryError, discoverClients, discoverEndpoints } from './srv.ts';
export { Watch, Watcher, type WatchMessage, type WatchOptions } from './watch.ts';
