/** Under load, one member after the other is removed and a new one takes its place, the leader among them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as rpc from '../../../src/core/wire/gen/rpc.ts';
import { type ClusterProcesses, startCluster, startMember } from '../../support/cluster-processes.ts';
import { TestClient } from '../../support/grpc-client.ts';
import { freePorts, type ServerProcess, until } from '../../support/processes.ts';
import { assertSound, type Crew, FLAGS, leaderAmong, underLoad } from './load/under-load.ts';

const SEED = Number(process.env.KVCTL_FAULT_SEED ?? 1);
/** The leader first; then members that came before. */
const REPLACEMENTS = Number(process.env.KVCTL_REPLACEMENTS ?? 1);
const LEAST_CALLS = 100;
/** A change of members is allowed when all have been connected for so long. */
const HEALTHY_MS = 5200;
const CHANGE_LIMIT_MS = 30_000;

describe('members replaced under load', function () {
  this.timeout(120_000 + REPLACEMENTS * 40_000);
  let cluster: ClusterProcesses | undefined;
  let directory: string;
  const crew: { members: ServerProcess[] } & Crew = { members: [] };
  const gone: ServerProcess[] = [];
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kvctl-replacement-'));
    cluster = await startCluster(3, FLAGS);
    crew.members.push(...cluster.members);
  });
  after(async () => {
    await cluster?.dispose();
    await Promise.all([...crew.members, ...gone].map((member) => member.dispose()));
    rmSync(directory, { recursive: true, force: true });
  });

  /** Asks any member, again until it is done. */
  async function insist<T>(what: string, ask: (client: TestClient) => Promise<T>): Promise<T> {
    let answer: T | undefined;
    let last = '';
    let turn = 0;
    await until(
      async () => {
        const client = new TestClient(crew.members[turn++ % crew.members.length].endpoint);
        try {
          answer = await ask(client);
          return true;
        } catch (error) {
          last = (error as Error).message;
          await sleep(200);
          return false;
        } finally {
          client.close();
        }
      },
      CHANGE_LIMIT_MS,
      () => `${what}: ${last}`,
    );
    return answer!;
  }

  const list = (): Promise<rpc.Member[]> =>
    insist('list', async (client) => {
      const { members } = await client.call(rpc.ClusterService.memberList, { linearizable: true });
      return members;
    });

  async function remove(member: ServerProcess): Promise<void> {
    const known = await list();
    const { ID } = known.find(({ clientURLs }) => clientURLs.some((url) => url.endsWith(member.endpoint)))!;
    crew.members.splice(crew.members.indexOf(member), 1);
    gone.push(member);
    await insist('remove', async (client) => {
      const left = await client.call(rpc.ClusterService.memberList, { linearizable: true });
      if (left.members.some((m) => m.ID === ID)) await client.call(rpc.ClusterService.memberRemove, { ID });
    });
    await until(
      () => member.exitCode() !== null,
      CHANGE_LIMIT_MS,
      () => 'a removed member runs on',
    );
    assert.match(member.log(), /the member has been permanently removed from the cluster/);
  }

  async function add(name: string): Promise<void> {
    const [peerPort] = await freePorts(1);
    const url = `http://127.0.0.1:${peerPort}`;
    await insist('add', async (client) => {
      const known = await client.call(rpc.ClusterService.memberList, { linearizable: true });
      if (!known.members.some(({ peerURLs }) => peerURLs.includes(url)))
        await client.call(rpc.ClusterService.memberAdd, { peerURLs: [url] });
    });
    const initialCluster = (await list()).map((m) => `${m.name || name}=${m.peerURLs[0]}`).join(',');
    crew.members.push(
      await startMember(directory, { name, peerPort, initialCluster, state: 'existing', args: FLAGS }),
    );
  }

  it('the history is linearizable, nothing is lost, the new ones hold the same', async () => {
    const outcome = await underLoad(crew, SEED, async () => {
      for (let i = 0; i < REPLACEMENTS; i++) {
        await sleep(HEALTHY_MS);
        const leader = await leaderAmong(crew.members);
        await remove((i === 0 && leader) || crew.members[0]);
        await add(`new${i}`);
      }
    });
    assertSound(outcome, LEAST_CALLS);
    assert.equal(crew.members.length, 3);
    assert.equal(gone.length, REPLACEMENTS);
  });
});
