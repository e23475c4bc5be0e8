import assert from 'node:assert/strict';
import type { LogBatch, LogContents } from '../../../src/core/ports/log-store.ts';
import { ConfChange, ConfChangeType, EntryType } from '../../../src/core/wire/gen/raft.ts';
import { forceNewCluster } from '../../../src/member/force-new-cluster.ts';
import { MemoryLog } from '../../support/memory-log.ts';

const { ConfChangeAddNode, ConfChangeAddLearnerNode, ConfChangeRemoveNode } = ConfChangeType;
const change = (index: number, type: number, nodeId: bigint) => ({
  type: EntryType.EntryConfChange,
  term: 2,
  index,
  data: ConfChange.encode(ConfChange.create({ type, nodeId })),
});
const normal = (index: number) => ({ type: EntryType.EntryNormal, term: 2, index, data: Buffer.from('x') });

class RecordingLog extends MemoryLog {
  readonly batches: LogBatch[] = [];
  override append(batch: LogBatch, done: Parameters<MemoryLog['append']>[1]): void {
    this.batches.push(batch);
    setImmediate(done, null);
  }
}

describe('a forced new cluster', () => {
  const entries = [
    change(11, ConfChangeAddNode, 3n),
    normal(12),
    change(13, ConfChangeAddLearnerNode, 4n),
    change(14, ConfChangeRemoveNode, 2n),
    normal(15),
  ];
  const contents = (commit: number): LogContents => ({
    identity: { nodeId: 1n, clusterId: 9n },
    hardState: { term: 5, vote: 3n, commit },
    entries,
    snapshot: {
      data: new Uint8Array(0),
      metadata: {
        index: 10,
        term: 1,
        confState: { voters: [1n, 2n], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
      },
    },
  });
  const cases: [string, number, number, bigint, string[], number][] = [
    ['everybody but itself leaves, learners too', 15, 15, 1n, ['remove 3', 'remove 4'], 0],
    ['what is not committed is gone', 12, 12, 1n, ['remove 2', 'remove 3'], 3],
    [
      'what was applied is committed, whatever the log says',
      11,
      13,
      1n,
      ['remove 2', 'remove 3', 'remove 4'],
      2,
    ],
    ['one that is no member joins first', 15, 15, 7n, ['add 7', 'remove 1', 'remove 3', 'remove 4'], 0],
  ];
  for (const [what, commit, appliedIndex, memberId, expected, discarded] of cases) {
    it(what, async () => {
      const log = new RecordingLog();
      const forced = await forceNewCluster({ memberId, log, contents: contents(commit), appliedIndex });
      const [{ entries: appended, hardState, mustSync }] = log.batches;
      const said = appended.map(({ data }) => {
        const { type, nodeId } = ConfChange.decode(data);
        return `${type === ConfChangeRemoveNode ? 'remove' : 'add'} ${nodeId}`;
      });
      assert.deepEqual(said, expected);
      const from = Math.max(commit, appliedIndex) + 1;
      assert.deepEqual(
        appended.map(({ index, term }) => [index, term]),
        expected.map((_, i) => [from + i, 5]),
      );
      assert.deepEqual(hardState, { term: 5, vote: 3n, commit: from + expected.length - 1 });
      assert.equal(mustSync, true);
      assert.equal(forced.discarded, discarded);
      assert.deepEqual(forced.contents.entries, [...entries.slice(0, from - 11), ...appended]);
    });
  }
});
