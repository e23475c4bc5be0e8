/**
 * A cluster of real processes under load, while something is done to it. Afterwards everything heals, all members have to
 * serve and to hold the same, and what clients and watchers saw is held against the model.
 */
import assert from 'node:assert/strict';
import * as rpc from '../../../../src/core/wire/gen/rpc.ts';
import { History } from '../../../simulation/history.ts';
import { TestClient } from '../../../support/grpc-client.ts';
import { type ServerProcess, until } from '../../../support/processes.ts';
import { judge, logOf } from './judge.ts';
import { WireClients } from './wire-clients.ts';
import { WireWatch } from './wire-watch.ts';

const CLIENTS = 24;
const SETTLE_MS = 40_000;
const CLOSING_ATTEMPTS = 20;
/** What all watchers here watch. */
const CLOSING_KEY = 'd';
const ASK_MS = 1000;

/** Flags for members whose logs are to be read afterwards, with short elections. */
export const FLAGS: readonly string[] = [
  '--snapshot-count=100000000',
  '--heartbeat-interval=50',
  '--election-timeout=500',
];

export interface Crew {
  /** Those that belong to the cluster now; may change under way. */
  readonly members: ServerProcess[];
}

export interface Outcome {
  readonly history: History;
  readonly watches: readonly WireWatch[];
  readonly wrong: readonly string[];
  readonly logs: Parameters<typeof judge>[1];
}

/** `disturb` returns when it has undone what it did, but for members that start. */
export async function underLoad(
  crew: Crew,
  seed: number,
  disturb: (stop: AbortSignal) => Promise<void>,
): Promise<Outcome> {
  const history = new History();
  const endpoints = (): string[] => crew.members.map(({ endpoint }) => endpoint);
  const clients = new WireClients({ endpoints, seed, history });
  const watches = [
    new WireWatch(endpoints, { key: '\0', end: '\0', prevKv: true, noPut: false, noDelete: false }),
    new WireWatch(endpoints, { key: 'd', end: 'e', prevKv: false, noPut: false, noDelete: false }),
  ];
  const stop = new AbortController();
  try {
    const load = clients.run(CLIENTS, stop.signal);
    await disturb(stop.signal).finally(() => stop.abort());
    await load;
    await settle(crew, clients, watches);
    await Promise.all(crew.members.map((member) => member.stop()));
    const logs = await Promise.all(crew.members.map(({ dataDir }) => logOf(dataDir)));
    return { history, watches, logs, wrong: judge(history, logs, watches) };
  } finally {
    stop.abort();
    for (const watch of watches) watch.close();
  }
}

interface State {
  readonly revision: number;
  readonly applied: number;
  readonly hash: number;
}

async function stateOf({ endpoint }: ServerProcess): Promise<State | undefined> {
  const client = new TestClient(endpoint);
  try {
    const { raftAppliedIndex } = await client.call(rpc.MaintenanceService.status, {}, ASK_MS);
    const { hash, header } = await client.call(rpc.MaintenanceService.hashKV, {}, ASK_MS);
    return { revision: header!.revision, applied: raftAppliedIndex, hash };
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}

/** All serve, hold the same, and the watchers have seen it. */
async function settle(crew: Crew, clients: WireClients, watches: readonly WireWatch[]): Promise<void> {
  for (const { endpoint } of crew.members) await clients.insist(endpoint, CLOSING_KEY, CLOSING_ATTEMPTS);
  let states: (State | undefined)[] = [];
  await until(
    async () => {
      states = await Promise.all(crew.members.map(stateOf));
      const [first] = states;
      if (!first || !states.every((s) => s?.applied === first.applied)) return false;
      return watches.every((watch) => watch.hasSeen(first.revision));
    },
    SETTLE_MS,
    () => `not even, or events are missing: ${JSON.stringify(states)}`,
  );
  const found = states.map((s) => `${s!.hash} at ${s!.revision}`);
  assert.equal(new Set(found).size, 1, `members do not hold the same: ${found.join()}`);
}

/** Something came of it: a run in which nothing happened proves nothing. */
export function assertSound(outcome: Outcome, leastAcknowledged: number): void {
  const { history, watches, wrong } = outcome;
  const done = history.calls.filter(({ returned }) => returned !== undefined);
  const told = `${done.length} of ${history.calls.length} calls answered, ${watches[0].events.length} events over ${watches[0].streams} streams`;
  console.log(`      ${told}`);
  assert.deepEqual(wrong.slice(0, 5), [], told);
  assert.ok(done.length >= leastAcknowledged, told);
}

/** The member that leads, as it says itself; undefined: none that answers. */
export async function leaderAmong(members: readonly ServerProcess[]): Promise<ServerProcess | undefined> {
  const claims = await Promise.all(
    members.map(async (member) => {
      const client = new TestClient(member.endpoint);
      try {
        const { header, leader, raftTerm } = await client.call(rpc.MaintenanceService.status, {}, ASK_MS);
        return leader === header!.memberId ? { member, raftTerm } : undefined;
      } catch {
        return undefined;
      } finally {
        client.close();
      }
    }),
  );
  // One that was stopped may still believe it.
  return claims.reduce((a, b) => (a && (!b || a.raftTerm >= b.raftTerm) ? a : b), undefined)?.member;
}
