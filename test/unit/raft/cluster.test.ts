import assert from 'node:assert/strict';
import { World, type WorldOptions } from './cluster.ts';

/** KVCTL_SEED runs one world alone; KVCTL_SEEDS says how many of each kind. */
const ONE = process.env.KVCTL_SEED;
const SEEDS = Number(process.env.KVCTL_SEEDS ?? 15);
const EVENTS = 3000;

function options(seed: number, asyncStorageWrites: boolean, confChanges: boolean): WorldOptions {
  const preVote = seed % 2 === 0;
  // A node that was removed goes on standing for election: without these the others would never be left in peace.
  const calm = confChanges;
  return {
    seed,
    founders: seed % 3 === 0 ? 5 : 3,
    spares: confChanges ? 2 : 0,
    asyncStorageWrites,
    preVote: preVote || calm,
    checkQuorum: seed % 4 < 2 || calm,
    confChanges,
  };
}

describe('raft: clusters in a bad world', () => {
  for (const asyncStorageWrites of [false, true]) {
    for (const confChanges of [false, true]) {
      const kind = `${asyncStorageWrites ? 'asynchronous' : 'synchronous'} storage${confChanges ? ', changing members' : ''}`;
      it(`keep the properties of Raft: ${kind}`, function () {
        this.timeout(120_000);
        let applied = 0;
        let reads = 0;
        let deadlocked = 0;
        const seeds = ONE ? [Number(ONE)] : Array.from({ length: SEEDS }, (_, i) => i + 1);
        for (const seed of seeds) {
          const world = new World(options(seed, asyncStorageWrites, confChanges));
          try {
            for (let i = 0; i < EVENTS; i++) world.event();
            world.properties.logsMatch(world.nodes);
            if (world.calm() === 'deadlocked') deadlocked++;
            world.properties.logsMatch(world.nodes);
          } catch (error) {
            (error as Error).message = `seed ${seed}: ${(error as Error).message}`;
            throw error;
          }
          applied += world.properties.history.length;
          reads += world.properties.readsAnswered;
        }
        const allowed = confChanges ? Math.ceil(seeds.length / 20) : 0;
        assert.ok(deadlocked <= allowed, `${deadlocked} deadlocked worlds`);
        // A world in which nothing gets done proves nothing.
        assert.ok(applied > 30 * seeds.length, `only ${applied} entries in ${seeds.length} worlds`);
        assert.ok(reads > 2 * seeds.length, `only ${reads} reads in ${seeds.length} worlds`);
      });
    }
  }
});
