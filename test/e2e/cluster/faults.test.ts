/**
 * Members that are killed and stopped under load: nothing acknowledged is lost, no read is stale, no event is missed. The
 * long form: `npm run faults` (KVCTL_FAULT_SECONDS for each size).
 */
import assert from 'node:assert/strict';
import { type ClusterProcesses, startCluster } from '../../support/cluster-processes.ts';
import { killAndPause } from './load/faults.ts';
import { judge } from './load/judge.ts';
import { assertSound, FLAGS, type Outcome, underLoad } from './load/under-load.ts';

const SECONDS = Number(process.env.KVCTL_FAULT_SECONDS ?? 6);
const SEED = Number(process.env.KVCTL_FAULT_SEED ?? 1);
const LEAST_CALLS = 100;

for (const size of [3, 5]) {
  describe(`${size} members, killed and stopped under load`, function () {
    this.timeout(120_000 + SECONDS * 3000);
    let cluster: ClusterProcesses | undefined;
    let outcome: Outcome;
    before(async () => {
      cluster = await startCluster(size, FLAGS);
    });
    after(() => cluster?.dispose());

    it('the history is linearizable, nothing is lost, watchers saw everything', async () => {
      const { members } = cluster!;
      outcome = await underLoad({ members: [...members] }, SEED, async () => {
        const most = (size - 1) / 2;
        const { kills, pauses } = await killAndPause({ members, seed: SEED, seconds: SECONDS, most });
        console.log(`      seed ${SEED}: ${kills} times kill -9, ${pauses} times SIGSTOP`);
        assert.ok(kills + pauses > 2, 'hardly anything was done to it');
      });
      assertSound(outcome, LEAST_CALLS);
    });

    // A check that can't fail is worth nothing.
    it('and the checkers would have seen a lost write, a stale read, a missed event', () => {
      const { history, logs, watches } = outcome;
      const write = history.calls.findLast((c) => c.kind === 'write' && c.answer !== undefined)!;
      const without = logs.map(({ entries, committed }) => {
        const at = entries.findIndex(({ data }) =>
          Buffer.from(data).includes((write as { requestId: string }).requestId),
        );
        assert.ok(at >= 0);
        return { entries: entries.slice(0, at), committed: Math.min(committed, at) };
      });
      assert.match(judge(history, without, []).join('\n'), /was acknowledged .* and is lost/);

      const reads = history.calls.filter(
        (c) => c.kind === 'read' && c.linearizable && c.answer !== undefined,
      );
      const [first, last] = [reads[0], reads.at(-1)!] as { answer?: string; revision?: number }[];
      const { answer, revision } = last;
      Object.assign(last, { answer: first.answer, revision: first.revision });
      assert.match(
        judge(history, logs, []).join('\n'),
        /a linearizable read was answered at \d+, \d+ was there/,
      );
      Object.assign(last, { answer, revision });

      const missed = {
        range: watches[0].range,
        from: 1,
        holes: [],
        events: watches[0].events.toSpliced(7, 1),
      };
      assert.match(judge(history, logs, [missed]).join('\n'), /watch 0: event 7 was/);
      assert.deepEqual(judge(history, logs, watches), []);
    });
  });
}
