/**
 * How long a cluster is without a leader when the one it has dies: on a virtual clock, so that the rules alone decide and
 * not the machine. `npm run failover` measures the same with real processes, beside etcd.
 */
import assert from 'node:assert/strict';
import { spreadOf } from '../../src/bench/compare/spread.ts';
import { testOptions } from '../support/local-member.ts';
import { QuietCluster } from './quiet-cluster.ts';

const RUNS = Number(process.env.KVCTL_FAILOVERS ?? 60);
const SIZE = 3;
const ELECTION_MS = testOptions.electionTicks * testOptions.heartbeatMs;

/** Milliseconds from the death of the leader until one of the others leads. */
async function failover(seed: number): Promise<number> {
  const cluster = new QuietCluster(seed, SIZE);
  await cluster.until(() => cluster.leader() !== undefined);
  await cluster.pass(1000 + cluster.random() * 1000);
  cluster.leader()!.kill();
  const since = cluster.world.now();
  await cluster.until(() => cluster.leader() !== undefined);
  const waited = cluster.world.now() - since;
  cluster.end();
  return waited;
}

describe('a leader that dies', function () {
  this.timeout(120_000);

  it(`is replaced within two election timeouts, nearly always: ${RUNS} runs`, async () => {
    const waited: number[] = [];
    for (let seed = 1; seed <= RUNS; seed++) waited.push(await failover(seed));
    const { median, least, most } = spreadOf(waited)!;
    const late = waited.filter((ms) => ms > 2 * ELECTION_MS).length;
    console.log(
      `      median ${median.toFixed(0)} ms, ${least.toFixed(0)} to ${most.toFixed(0)} ms, ${late} later than ${2 * ELECTION_MS} ms`,
    );
    // Timeouts are drawn from one to two election timeouts; the first of two is at four thirds, in the mean.
    assert.ok(median < 1.5 * ELECTION_MS, `median ${median}`);
    // Two that stand at once, or one that stands while the other has just heard of the leader, need another round.
    assert.ok(late <= Math.ceil(RUNS / 20), `${late} of ${RUNS} were late`);
  });
});
