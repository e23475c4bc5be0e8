/** A member that needs more than the log has: it gets the database, whatever happens to it meanwhile. */
import assert from 'node:assert/strict';
import type { Writer } from '../../../src/core/wire/codec.ts';
import { CompactionRequest, LeaseGrantRequest } from '../../../src/core/wire/gen/rpc.ts';
import { Op } from '../../../src/core/wire/proposal.ts';
import type { SnapshotInstallReport } from '../../../src/member/events.ts';
import type { Member } from '../../../src/member/member.ts';
import { WatchClient } from '../../simulation/watch-client.ts';
import { TestCluster, type TestNode } from './cluster.ts';

const SMALL_LOG = { snapshotCount: 20, catchUpEntries: 5, flushIntervalMs: 20 };
/** More than it takes from the arrival of a snapshot to its place in the backend, in steps of the clock. */
const MAX_STEPS = 400;

/** A follower that has missed more than the logs of the others hold, cut off so far. */
async function lagging(
  seed: number,
  reports: SnapshotInstallReport[] = [],
  before: (away: TestNode) => void = () => {},
): Promise<{ cluster: TestCluster; away: TestNode; leader: Member }> {
  const cluster = await TestCluster.start({
    size: 3,
    seed,
    options: SMALL_LOG,
    events: () => ({ onSnapshotInstall: (report) => reports.push(report) }),
  });
  await cluster.put('a', '1');
  await cluster.areEqual();
  const away = cluster.nodes.find((node) => node !== cluster.leader())!;
  before(away);
  cluster.isolated = away;
  for (let i = 0; i < 80; i++) await cluster.put(`k${i % 7}`, `v${i}`);
  return { cluster, away, leader: cluster.leader()!.member! };
}

function propose<Req>(
  cluster: TestCluster,
  leader: Member,
  op: number,
  codec: { create(part: Partial<Req>): Req; write(w: Writer, request: Req): void },
  request: Partial<Req>,
): Promise<void> {
  return cluster.clock.complete(
    new Promise<void>((resolve, reject) =>
      leader.propose(op, codec.create(request), codec.write, (error) => (error ? reject(error) : resolve())),
    ),
  );
}

/** Watches everything from revision `startAt` on. */
function watch(member: Member, startAt: number): WatchClient {
  const range = { key: '\0', end: '\0', prevKv: false, noPut: false, noDelete: false };
  const client = new WatchClient({ range, startAt, violated: (what) => assert.fail(what) });
  client.attach(member);
  return client;
}

describe('a snapshot for a member that lags', function () {
  this.timeout(60_000);

  it('takes the place of its state: keys, leases, membership, position', async () => {
    const reports: SnapshotInstallReport[] = [];
    const { cluster, away, leader } = await lagging(1, reports);
    await propose(cluster, leader, Op.LeaseGrant, LeaseGrantRequest, { ID: 7n, TTL: 60 });
    cluster.isolated = undefined;
    await cluster.clock.runUntil(() => reports.some(({ kind }) => kind === 'applied'));
    await cluster.areEqual();
    const member = away.member!;
    assert.deepEqual(cluster.snapshots, [away.number], 'one snapshot, to the one that lagged');
    assert.deepEqual(member.lessor.leases(), [7n]);
    assert.deepEqual(member.cluster.members(), leader.cluster.members());
    assert.ok(reports[0].index > reports[0].appliedIndex);
    await cluster.put('after', 'x');
    await cluster.areEqual();
  });

  it('is not sent to those that the log still serves', async () => {
    const options = { ...SMALL_LOG, catchUpEntries: 500 };
    const cluster = await TestCluster.start({ size: 3, seed: 2, options });
    await cluster.areEqual();
    cluster.isolated = cluster.nodes.find((node) => node !== cluster.leader())!;
    for (let i = 0; i < 80; i++) await cluster.put(`k${i}`, 'v');
    cluster.isolated = undefined;
    await cluster.areEqual();
    assert.deepEqual(cluster.snapshots, []);
  });

  it('watchers go on behind it, each revision once and in order', async () => {
    let client: WatchClient;
    const { cluster, away } = await lagging(3, [], ({ member }) => {
      client = watch(member!, 0);
    });
    cluster.isolated = undefined;
    await cluster.areEqual();
    await cluster.put('after', 'x');
    await cluster.areEqual();
    const { store } = away.member!;
    await cluster.clock.runUntil(() => client.events.at(-1)?.revision === store.currentRevision);
    assert.deepEqual(cluster.snapshots, [away.number]);
    const revisions = client!.events.map(({ revision }) => revision);
    assert.deepEqual(
      revisions,
      Array.from(revisions, (_, i) => revisions[0] + i),
    );
    assert.equal(revisions.length, 81);
    assert.deepEqual(client!.holes, []);
  });

  it('watchers that compaction passed are told, and go on behind it', async () => {
    let client: WatchClient;
    const { cluster, away, leader } = await lagging(4, [], ({ member }) => {
      client = watch(member!, 0);
    });
    const revision = leader.store.currentRevision - 10;
    await propose(cluster, leader, Op.Compaction, CompactionRequest, { revision });
    cluster.isolated = undefined;
    await cluster.areEqual();
    await cluster.put('after', 'x');
    await cluster.areEqual();
    const { store } = away.member!;
    await cluster.clock.runUntil(() => client.events.at(-1)?.revision === store.currentRevision);
    assert.equal(store.compactRevision, revision);
    assert.equal(client!.holes.length, 1);
    assert.equal(client!.holes[0][1], revision);
  });

  for (const seed of [11, 12]) {
    it(`power may be lost at any step of it (seed ${seed})`, async () => {
      const ends = new Set<string>();
      for (let after = 0; after < MAX_STEPS; after += 3) {
        const reports: SnapshotInstallReport[] = [];
        const { cluster, away } = await lagging(seed, reports);
        cluster.isolated = undefined;
        await cluster.clock.runUntil(() => cluster.snapshots.length > 0);
        for (let step = 0; step < after; step++) await cluster.clock.step();
        const end = reports.at(-1)?.kind ?? 'arrived';
        away.cutPower();
        away.start();
        await cluster.areEqual();
        await cluster.put('after', 'x');
        await cluster.areEqual();
        ends.add(end);
        if (end === 'applied') break;
      }
      assert.deepEqual([...ends], ['arrived', 'applying', 'applied'], 'cut before, in and after it');
    });
  }
});
