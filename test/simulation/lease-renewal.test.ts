import assert from 'node:assert/strict';
import { LeaseGrantRequest, LeaseRevokeRequest } from '../../src/core/wire/gen/rpc.ts';
import { Op } from '../../src/core/wire/proposal.ts';
import { QuietCluster } from './quiet-cluster.ts';

const LEASE = 7n;
/** So slow that a write of the leader comes long after those of a quorum; every other operation is quick by chance. */
const SLOWNESS = 1000;
const TRIES = 10;

/** @returns what a renewal was answered at a leader that lags; undefined: it did not lag this time */
async function renewalAtLaggingLeader(seed: number): Promise<number | 'refused' | undefined> {
  const cluster = new QuietCluster(seed, 3);
  await cluster.until(() => cluster.leader()?.member?.lessor.isPrimary === true);
  const leader = cluster.leader()!;
  const follower = cluster.nodes.find((node) => node !== leader && node.member)!;
  let granted = false;
  const grant = { ID: LEASE, TTL: 60 };
  follower.member!.propose(Op.LeaseGrant, grant, LeaseGrantRequest.write, (error) => {
    granted = error === undefined;
  });
  await cluster.until(() => granted && leader.member!.lessor.has(LEASE));
  leader.slowness = SLOWNESS;
  follower.member!.propose(Op.LeaseRevoke, { ID: LEASE }, LeaseRevokeRequest.write, () => {});
  await cluster.until(() => !follower.member!.lessor.has(LEASE));
  let answer: number | 'refused' | undefined;
  if (leader.member!.lessor.has(LEASE)) {
    leader.member!.leases.renew(LEASE, (error, ttl) => {
      answer = error ? 'refused' : ttl;
    });
    await cluster.until(() => answer !== undefined);
  }
  cluster.end();
  return answer;
}

describe('a leader whose disk is slower than those of a quorum', () => {
  it('does not renew a lease that others have seen end', async () => {
    const answers: (number | 'refused')[] = [];
    for (let seed = 1; seed <= TRIES; seed++) {
      const answer = await renewalAtLaggingLeader(seed);
      if (answer !== undefined) answers.push(answer);
    }
    assert(answers.length > 0, 'the leader never lagged');
    assert(
      answers.every((answer) => answer === 'refused'),
      answers.join(),
    );
  });
});
