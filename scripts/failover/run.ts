/** One leader killed under load, and how long it took the others to go on. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { TestClient } from '../../test/support/grpc-client.ts';
import type { Cluster } from '../bench/servers.ts';

/** Clients that write, each one thing at a time, spread over the members. */
const WRITERS = 12;
/** A process that has just started is slower than one that serves for a while, in every language with a JIT. */
const WARM_UP_MS = 3000;
/** How often a survivor is asked who leads, and given a write. */
const ASK_EVERY_MS = 5;
const WRITE_EVERY_MS = 20;
const LIMIT_MS = 30_000;
const VALUE = Buffer.alloc(256, 'v');

export interface Failover {
  /** From the kill to the first survivor that names a new leader, milliseconds. */
  readonly leaderMs: number;
  /** From the kill to the first acknowledgement of a write that was begun after it. */
  readonly writeMs: number;
  /** Writes acknowledged in the second before the kill. */
  readonly writesPerSecond: number;
}

interface Leader {
  readonly at: number;
  readonly id: bigint;
}

async function leaderOf(clients: readonly TestClient[]): Promise<Leader> {
  for (const [at, client] of clients.entries()) {
    const { header, leader } = await client.status();
    if (leader !== 0n && leader === header?.memberId) return { at, id: leader };
  }
  throw new Error('nobody leads');
}

/** Writes until told to stop; what fails is done again. */
function load(clients: readonly TestClient[], stop: AbortSignal): { acknowledged(): number } {
  let acknowledged = 0;
  const work = async (i: number): Promise<void> => {
    for (let n = 0; !stop.aborted; n++) {
      const client = clients[(i + n) % clients.length];
      await client.put(`load/${i}/${n % 1000}`, VALUE).then(
        () => acknowledged++,
        () => sleep(ASK_EVERY_MS),
      );
    }
  };
  for (let i = 0; i < WRITERS; i++) void work(i);
  return { acknowledged: () => acknowledged };
}

/** Asks all survivors again and again until one of them gives what is waited for. */
function first(
  survivors: readonly TestClient[],
  everyMs: number,
  ask: (client: TestClient, n: number) => Promise<boolean>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let n = 0;
    const timer = setInterval(() => {
      for (const client of survivors)
        ask(client, n++).then(
          (found) => found && end(),
          () => {},
        );
    }, everyMs);
    const limit = setTimeout(() => {
      clearInterval(timer);
      reject(new Error(`nothing in ${LIMIT_MS / 1000} s`));
    }, LIMIT_MS);
    const end = (): void => {
      clearInterval(timer);
      clearTimeout(limit);
      resolve();
    };
  });
}

/** The cluster is whole again when it returns. */
export async function failover(cluster: Cluster): Promise<Failover> {
  const stop = new AbortController();
  const clients = cluster.endpoints.map((endpoint) => new TestClient(endpoint));
  const probes = cluster.endpoints.map((endpoint) => new TestClient(endpoint));
  try {
    const writers = load(clients, stop.signal);
    await sleep(WARM_UP_MS);
    const before = writers.acknowledged();
    await sleep(1000);
    const writesPerSecond = writers.acknowledged() - before;
    const leader = await leaderOf(probes);
    const survivors = probes.filter((_, i) => i !== leader.at);
    const since = performance.now();
    cluster.kill(leader.at);
    const elapsed = (): number => performance.now() - since;
    const [leaderMs, writeMs] = await Promise.all([
      first(survivors, ASK_EVERY_MS, async (client) => {
        const status = await client.status();
        return status.leader !== 0n && status.leader !== leader.id;
      }).then(elapsed),
      first(survivors, WRITE_EVERY_MS, async (client, n) => {
        await client.call(rpc.KVService.put, { key: Buffer.from(`after/${n}`), value: VALUE }, LIMIT_MS);
        return true;
      }).then(elapsed),
    ]);
    stop.abort();
    await cluster.revive(leader.at);
    return { leaderMs, writeMs, writesPerSecond };
  } finally {
    stop.abort();
    for (const client of [...clients, ...probes]) client.close();
  }
}
