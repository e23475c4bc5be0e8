import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type JointVoters,
  jointCommitted,
  jointVote,
  majorityCommitted,
  VoteResult,
} from '../../../src/core/raft/quorum.ts';

type Ids = ReadonlySet<bigint>;

const ids = fc
  .uniqueArray(fc.bigInt({ min: 1n, max: 7n }), { maxLength: 7 })
  .map((list): Ids => new Set(list));
const joint = fc.tuple(ids, ids);
const indexes = fc.array(fc.option(fc.nat({ max: 6 }), { nil: undefined }), { minLength: 8, maxLength: 8 });
const votes = fc.array(fc.constantFrom(true, false, undefined), { minLength: 8, maxLength: 8 });

/** The definition: the highest index that more than half of the voters have. */
function committedTwin(voters: Ids, acked: readonly (number | undefined)[]): number {
  if (voters.size === 0) return Number.POSITIVE_INFINITY;
  for (let index = 6; index > 0; index--) {
    const have = [...voters].filter((id) => (acked[Number(id)] ?? 0) >= index).length;
    if (have * 2 > voters.size) return index;
  }
  return 0;
}

/** The definition: what every way to fill in the missing votes leads to. */
function voteTwin(config: JointVoters, given: readonly (boolean | undefined)[]): VoteResult {
  const missing = [...new Set([...config[0], ...config[1]])].filter((id) => given[Number(id)] === undefined);
  let wins = 0;
  for (let bits = 0; bits < 1 << missing.length; bits++) {
    const filled = [...given];
    missing.forEach((id, i) => {
      filled[Number(id)] = ((bits >> i) & 1) === 1;
    });
    const wonBy = (half: Ids): boolean =>
      half.size === 0 || [...half].filter((id) => filled[Number(id)]).length * 2 > half.size;
    if (wonBy(config[0]) && wonBy(config[1])) wins++;
  }
  if (wins === 0) return VoteResult.Lost;
  return wins === 1 << missing.length ? VoteResult.Won : VoteResult.Pending;
}

describe('raft: quorums', () => {
  it('commit what both halves have', () => {
    fc.assert(
      fc.property(joint, indexes, (config, acked) => {
        const of = (id: bigint): number | undefined => acked[Number(id)];
        assert.equal(majorityCommitted(config[0], of), committedTwin(config[0], acked));
        const both = Math.min(committedTwin(config[0], acked), committedTwin(config[1], acked));
        assert.equal(jointCommitted(config, of), both);
      }),
      { numRuns: 500 },
    );
  });

  it('decide a vote exactly when the missing ones no longer matter', () => {
    fc.assert(
      fc.property(joint, votes, (config, given) => {
        const result = jointVote(config, (id) => given[Number(id)]);
        const twin = voteTwin(config, given);
        // Halves that are won and lost together are lost; halves whose fates hang together may be seen as open too long.
        if (result !== VoteResult.Pending) assert.equal(result, twin);
        else assert.notEqual(twin, VoteResult.Won);
        if (config[1].size === 0) assert.equal(result, twin);
      }),
      { numRuns: 500 },
    );
  });
});
