/**
 * When a failed call may be tried again (api.md 6.3). A call that only reads, or that can be repeated without harm, is
 * retried when the endpoint was unavailable; a write only when it certainly never left this process, because it may
 * have been applied by a server whose answer got lost.
 */
import { CATALOGUE, Code } from '../core/errors.ts';
import { hasText, StatusError } from './errors.ts';

/** Attempts of one unary call. */
export const MOST_ATTEMPTS = 100;
/** Pause after each round over a quorum of the endpoints, in milliseconds, and its spread. */
const PAUSE_MS = 25;
const PAUSE_SPREAD = 0.1;

const REPEATABLE: ReadonlySet<string> = new Set([
  '/etcdserverpb.KV/Range',
  '/etcdserverpb.Lease/LeaseGrant',
  '/etcdserverpb.Lease/LeaseRevoke',
  '/etcdserverpb.Lease/LeaseTimeToLive',
  '/etcdserverpb.Lease/LeaseLeases',
  '/etcdserverpb.Cluster/MemberList',
  '/etcdserverpb.Maintenance/Alarm',
  '/etcdserverpb.Maintenance/Status',
  '/etcdserverpb.Maintenance/Hash',
  '/etcdserverpb.Maintenance/HashKV',
  '/etcdserverpb.Maintenance/Snapshot',
  '/etcdserverpb.Maintenance/MoveLeader',
  '/etcdserverpb.Auth/UserGet',
  '/etcdserverpb.Auth/UserList',
  '/etcdserverpb.Auth/RoleGet',
  '/etcdserverpb.Auth/RoleList',
]);

export function isRepeatable(path: string): boolean {
  return REPEATABLE.has(path);
}

/** May the call at `path` be sent once more after this error, with the same token? */
export function mayRetry(path: string, error: unknown, endpoints: number): boolean {
  if (!(error instanceof StatusError)) return false;
  if (error.unsent) return true;
  if (endpoints > 1 && hasText(error, CATALOGUE.NotSupportedForLearner[1])) return true;
  return isRepeatable(path) && error.code === Code.Unavailable;
}

/** Does the server say that our token is no longer good? */
export function tokenRefused(error: unknown, hasCredentials: boolean): boolean {
  if (hasText(error, CATALOGUE.InvalidAuthToken[1]) || hasText(error, CATALOGUE.AuthOldRevision[1]))
    return true;
  return hasCredentials && hasText(error, CATALOGUE.UserEmpty[1]);
}

/** Milliseconds to wait before attempt number `attempt` (from 1); `random` is in [0, 1). */
export function pauseBefore(attempt: number, endpoints: number, random: number): number {
  const quorum = Math.floor(endpoints / 2) + 1;
  return attempt % quorum === 0 ? PAUSE_MS * (1 + PAUSE_SPREAD * (2 * random - 1)) : 0;
}
