import assert from 'node:assert/strict';
import { EventType } from '../../src/core/wire/gen/kv.ts';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { TestClient } from '../support/grpc-client.ts';
import { type ServerProcess, startKvctl } from '../support/processes.ts';

/**
 * kill -9 at any moment under concurrent load: what was acknowledged is there after the restart, revisions never go
 * back, and the data equals that of the same history without a crash. More with KVCTL_CRASHES=1000.
 */
const CRASHES = Number(process.env.KVCTL_CRASHES ?? 100);
const WRITERS = 4;
const IN_FLIGHT_PER_WRITER = 8;

interface Acknowledged {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
}

/** Writes until the server dies; every answer is remembered. */
async function writeUntilItDies(
  client: TestClient,
  label: string,
  acknowledged: Acknowledged[],
): Promise<void> {
  let sequence = 0;
  let dead = false;
  const worker = async (): Promise<void> => {
    while (!dead) {
      const n = sequence++;
      // Keys repeat within a label, so that updates, deletions and new versions are part of the history.
      const key = `${label}/${n % 50}`;
      const value = `${label}-${n}`;
      try {
        if (n % 17 === 16) await client.del(key);
        else {
          const { header } = await client.put(key, value);
          acknowledged.push({ key, value, revision: header!.revision });
        }
      } catch {
        dead = true;
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT_PER_WRITER }, worker));
}

async function checkAcknowledged(client: TestClient, acknowledged: readonly Acknowledged[]): Promise<void> {
  await Promise.all(
    acknowledged.map(async ({ key, value, revision }) => {
      const { kvs } = await client.range(key, { revision });
      assert.equal(kvs.length, 1, `${key} at ${revision} is lost`);
      assert.equal(Buffer.from(kvs[0].value).toString(), value);
      assert.equal(kvs[0].modRevision, revision);
    }),
  );
}

/** Every change from the first to the last, revision by revision. */
function wholeHistory(client: TestClient, last: number): Promise<Map<number, rpc.WatchResponse['events']>> {
  return new Promise((resolve, reject) => {
    const history = new Map<number, rpc.WatchResponse['events']>();
    const stream = client.bidi(rpc.WatchService.watch);
    stream.on('error', reject);
    stream.on('data', (response: rpc.WatchResponse) => {
      for (const event of response.events) {
        const revision = event.kv!.modRevision;
        history.set(revision, [...(history.get(revision) ?? []), event]);
        if (revision !== last) continue;
        stream.removeAllListeners('error');
        stream.on('error', () => {});
        stream.cancel();
        resolve(history);
      }
    });
    const everything = Buffer.from([0]);
    stream.write(
      rpc.WatchRequest.create({
        createRequest: rpc.WatchCreateRequest.create({
          key: everything,
          rangeEnd: everything,
          startRevision: 1,
        }),
      }),
    );
  });
}

async function hashAt(client: TestClient, revision: number): Promise<number> {
  return (await client.call(rpc.MaintenanceService.hashKV, { revision })).hash;
}

describe('kill -9 under load', function () {
  this.timeout(60_000 + CRASHES * 3_000);
  let server: ServerProcess;
  let twin: ServerProcess | undefined;

  after(async () => {
    await server?.dispose();
    await twin?.dispose();
  });

  it(`${CRASHES} times: nothing acknowledged is lost, and the history is whole`, async () => {
    server = await startKvctl();
    let revision = 1;
    let total = 0;
    for (let crash = 0; crash < CRASHES; crash++) {
      const clients = Array.from({ length: WRITERS }, () => new TestClient(server.endpoint));
      const acknowledged: Acknowledged[] = [];
      const writing = clients.map((client, i) => writeUntilItDies(client, `c${crash}w${i}`, acknowledged));
      await new Promise((resolve) => setTimeout(resolve, 20 + ((crash * 37) % 130)));
      await server.kill();
      await Promise.all(writing);
      for (const client of clients) client.close();
      total += acknowledged.length;

      await server.restart();
      const client = new TestClient(server.endpoint);
      const { header } = await client.range('any');
      const highest = acknowledged.reduce((max, a) => Math.max(max, a.revision), revision);
      assert(header!.revision >= highest, `revision went back from ${highest} to ${header!.revision}`);
      revision = header!.revision;
      await checkAcknowledged(client, acknowledged);
      client.close();
    }
    assert(total > CRASHES, `only ${total} puts were acknowledged`);

    const client = new TestClient(server.endpoint);
    const history = await wholeHistory(client, revision);
    twin = await startKvctl();
    const other = new TestClient(twin.endpoint);
    for (let r = 2; r <= revision; r++) {
      const [event, ...more] = history.get(r) ?? [];
      assert(event && more.length === 0, `revision ${r} has ${more.length + (event ? 1 : 0)} events`);
      const key = Buffer.from(event.kv!.key).toString();
      if (event.type === EventType.PUT) await other.put(key, event.kv!.value);
      else await other.del(key);
    }
    assert.equal(await hashAt(client, revision), await hashAt(other, revision));
    client.close();
    other.close();
  });
});
