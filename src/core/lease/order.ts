/** Leases in order of expiry, and how expiries are spread when a new primary takes over many of them. */
import type { LeaseRecord } from './lease.ts';

/** Number of leases from which a promotion spreads expiries. */
export const SPREAD_FROM_LEASES = 1000;
/** Leases that may expire within one second after a promotion: three quarters of what can be revoked. */
export const SPREAD_PER_SECOND = 750;

/** Soonest first. Sorts numbers, not objects: 100,000 leases are a request like any other. */
export function byExpiry(leases: Iterable<LeaseRecord>): LeaseRecord[] {
  const groups = new Map<number, LeaseRecord[]>();
  for (const lease of leases) {
    const group = groups.get(lease.expiry);
    if (group === undefined) groups.set(lease.expiry, [lease]);
    else group.push(lease);
  }
  const sorted: LeaseRecord[] = [];
  for (const expiry of Float64Array.from(groups.keys()).sort())
    for (const lease of groups.get(expiry)!) sorted.push(lease);
  return sorted;
}

/** Puts expiries off until no second, wherever it begins, holds more than `SPREAD_PER_SECOND`; the order stays. */
export function spreadExpiries(leases: Iterable<LeaseRecord>): void {
  const sorted = byExpiry(leases);
  for (let i = SPREAD_PER_SECOND; i < sorted.length; i++) {
    const earliest = sorted[i - SPREAD_PER_SECOND].expiry + 1000;
    if (sorted[i].expiry < earliest) sorted[i].expiry = earliest;
  }
}
