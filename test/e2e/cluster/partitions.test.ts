/**
 * Networks that fall apart under load, in network namespaces: members cut off in both directions and in one. The long form:
 * `npm run faults`.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { KVService } from '../../../src/core/wire/gen/rpc.ts';
import { type ClusterProcesses, startClusterIn } from '../../support/cluster-processes.ts';
import { TestClient } from '../../support/grpc-client.ts';
import { Namespaces } from '../../support/namespaces.ts';
import type { ServerProcess } from '../../support/processes.ts';
import { seeded } from '../../support/virtual-clock.ts';
import { assertSound, FLAGS, leaderAmong, underLoad } from './load/under-load.ts';

const SIZE = 3;
const SECONDS = Number(process.env.KVCTL_FAULT_SECONDS ?? 10);
const SEED = Number(process.env.KVCTL_FAULT_SEED ?? 1);
const LEAST_CALLS = 100;
const KEY = Buffer.from('d');
const ASK_MS = 2000;
const CALM_MS = 500;
/** Longer than an election, with FLAGS. */
const CUT_MS = [700, 1500] as const;

type Partition = (lab: Namespaces, leader: number, random: () => number) => string;

const others = (one: number): number[] => Array.from({ length: SIZE }, (_, i) => i).filter((i) => i !== one);

const PARTITIONS: readonly Partition[] = [
  (lab, leader) => {
    for (const other of others(leader)) lab.separate(leader, other);
    return 'the leader is alone';
  },
  (lab, leader, random) => {
    const follower = others(leader)[random() < 0.5 ? 0 : 1];
    for (const other of others(follower)) lab.separate(follower, other);
    return 'a follower is alone';
  },
  (lab, leader) => {
    for (const other of others(leader)) lab.block(leader, other);
    return 'nobody hears the leader';
  },
  (lab, leader) => {
    for (const other of others(leader)) lab.block(other, leader);
    return 'the leader hears nobody';
  },
  (lab, leader) => {
    lab.separate(leader, others(leader)[0]);
    return 'the leader and a follower do not hear each other';
  },
  (lab, leader) => {
    const [a, b] = others(leader);
    lab.block(a, b);
    lab.block(b, leader);
    lab.block(leader, a);
    return 'each is heard by one';
  },
];

describe('a network that falls apart under load', function () {
  this.timeout(120_000 + SECONDS * 3000);
  let lab: Namespaces | undefined;
  let cluster: ClusterProcesses | undefined;
  before(async function () {
    lab = Namespaces.open(SIZE);
    if (!lab) return this.skip();
    cluster = await startClusterIn(lab, FLAGS);
  });
  after(async () => {
    await cluster?.dispose();
    lab?.close();
  });

  async function fallApart(members: readonly ServerProcess[]): Promise<void> {
    const random = seeded(SEED);
    const deadline = Date.now() + SECONDS * 1000;
    const seen: string[] = [];
    for (let i = 0; Date.now() < deadline; i++) {
      await sleep(CALM_MS);
      const leader = members.indexOf((await leaderAmong(members)) ?? members[0]);
      seen.push(PARTITIONS[i % PARTITIONS.length](lab!, leader, random));
      await sleep(CUT_MS[0] + random() * (CUT_MS[1] - CUT_MS[0]));
      lab!.heal();
    }
    console.log(`      ${seen.length} partitions: ${[...new Set(seen)].join('; ')}`);
  }

  it('the partitions were real: alone, no member serves a linearizable read', async () => {
    const { members } = cluster!;
    const leader = members.indexOf((await leaderAmong(members))!);
    const client = new TestClient(members[leader].endpoint);
    const elsewhere = new TestClient(members[others(leader)[0]].endpoint);
    for (const other of others(leader)) lab!.separate(leader, other);
    try {
      await sleep(2 * CUT_MS[1]); // more than an election: it knows that it is alone
      assert.equal((await client.call(KVService.range, { key: KEY, serializable: true }, ASK_MS)).count, 0);
      await assert.rejects(
        client.call(KVService.range, { key: KEY }, ASK_MS),
        /etcdserver: (request timed out|no leader)|DEADLINE_EXCEEDED/,
      );
      assert.equal((await elsewhere.range('d')).count, 0);
    } finally {
      lab!.heal();
      client.close();
      elsewhere.close();
    }
  });

  it('the history is linearizable, nothing is lost, watchers saw everything', async () => {
    const { members } = cluster!;
    assertSound(
      await underLoad({ members: [...members] }, SEED, () => fallApart(members).finally(() => lab!.heal())),
      LEAST_CALLS,
    );
  });
});
