/** A leader that stood still while another took over must not answer with what it remembers. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as rpc from '../../../src/core/wire/gen/rpc.ts';
import { type ClusterProcesses, startCluster } from '../../support/cluster-processes.ts';
import { TestClient } from '../../support/grpc-client.ts';
import { type ServerProcess, until } from '../../support/processes.ts';
import { FLAGS, leaderAmong } from './load/under-load.ts';

const ROUNDS = 3;
/** Reads that wait for the stopped leader in its sockets. */
const READS = 20;
const READ_TIMEOUT_MS = 15_000;
const WRITE_TIMEOUT_MS = 1000;

describe('a stale leader', function () {
  this.timeout(90_000);
  let cluster: ClusterProcesses;
  before(async () => {
    cluster = await startCluster(3, FLAGS);
  });
  after(() => cluster?.dispose());

  async function writeAtOneOf(members: readonly ServerProcess[], value: string): Promise<void> {
    const clients = members.map(({ endpoint }) => new TestClient(endpoint));
    const request = { key: Buffer.from('k'), value: Buffer.from(value) };
    let turn = 0;
    await until(
      () =>
        clients[turn++ % clients.length].call(rpc.KVService.put, request, WRITE_TIMEOUT_MS).then(
          () => true,
          () => false,
        ),
      20_000,
      () => 'nobody else took over',
    );
    for (const client of clients) client.close();
  }

  for (let round = 1; round <= ROUNDS; round++) {
    it(`answers no linearizable read with what it remembers (${round} of ${ROUNDS})`, async () => {
      const { members } = cluster;
      await until(
        async () => (await leaderAmong(members)) !== undefined,
        20_000,
        () => 'nobody leads',
      );
      const leader = (await leaderAmong(members))!;
      const connection = new TestClient(leader.endpoint);
      await connection.put('k', `old ${round}`);
      process.kill(leader.pid, 'SIGSTOP');
      try {
        await writeAtOneOf(
          members.filter((m) => m !== leader),
          `new ${round}`,
        );
        // All were sent after the new value was acknowledged, to one who can't know of it.
        const reads = Array.from({ length: READS }, () =>
          connection.call(rpc.KVService.range, { key: Buffer.from('k') }, READ_TIMEOUT_MS).then(
            ({ kvs }) => Buffer.from(kvs[0].value).toString(),
            () => 'an error',
          ),
        );
        const txn = connection.call(
          rpc.KVService.txn,
          { success: [{ requestRange: rpc.RangeRequest.create({ key: Buffer.from('k') }) }] },
          READ_TIMEOUT_MS,
        );
        const inTxn = txn.then(
          ({ responses }) => Buffer.from(responses[0].responseRange!.kvs[0].value).toString(),
          () => 'an error',
        );
        await sleep(100); // into its sockets
        process.kill(leader.pid, 'SIGCONT');
        const answers = await Promise.all([...reads, inTxn]);
        assert.deepEqual(
          answers.filter((answer) => answer !== `new ${round}` && answer !== 'an error'),
          [],
        );
        // It does serve again, and not by refusing everything.
        const after = await connection.call(rpc.KVService.range, { key: Buffer.from('k') }, READ_TIMEOUT_MS);
        assert.equal(Buffer.from(after.kvs[0].value).toString(), `new ${round}`);
      } finally {
        process.kill(leader.pid, 'SIGCONT');
        connection.close();
      }
    });
  }
});
