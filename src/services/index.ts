/**
 * Services: (request, context) -> answer or stream, for everything that a member answers. Called by transports through
 * the method table, and by nobody else. They know the member as `ServiceNode`, and no transport at all.
 *
 * Laws: a request is checked before anything happens; a failure is a status of the catalogue; whatever may take long
 * runs in slices, a slice a turn; stored pairs are never decoded on their way out.
 */

import { clusterMethods } from './cluster.ts';
import { gated } from './gate.ts';
import { healthMethods } from './health.ts';
import { type KvLimits, kvMethods } from './kv.ts';
import { leaseMethods } from './lease.ts';
import { type MaintenanceFacts, maintenanceMethods } from './maintenance.ts';
import type { Method, Status } from './method.ts';
import { moveLeaderMethods } from './move-leader.ts';
import type { ServiceNode } from './node.ts';
import { ReadTurns, type TurnClock } from './read-turns.ts';
import type { Upkeep } from './upkeep.ts';
import { WatchService } from './watch.ts';

export interface ServicesOptions {
  readonly node: ServiceNode;
  readonly limits: KvLimits;
  readonly facts: MaintenanceFacts;
  readonly upkeep: Upkeep;
  /** Milliseconds between progress notifications of a new watch stream, jitter included. */
  readonly progressIntervalMs: () => number;
  readonly clock: TurnClock;
}

export interface Services {
  readonly methods: Method[];
  readonly watch: WatchService;
}

export function allMethods({
  node,
  limits,
  facts,
  upkeep,
  progressIntervalMs,
  clock,
}: ServicesOptions): Services {
  const watch = new WatchService({ node, maxRequestBytes: limits.maxRequestBytes, progressIntervalMs });
  const methods = [
    ...kvMethods(node, limits, new ReadTurns(clock)),
    ...leaseMethods(node),
    ...clusterMethods(node),
    ...maintenanceMethods(node, facts, upkeep, (run) => clock.nextTurn(run)),
    ...moveLeaderMethods(node),
    ...healthMethods(),
    watch.method,
  ];
  return { methods: methods.map((method) => gated(node, method)), watch };
}

export type { Method, Status };
