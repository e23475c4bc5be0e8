/** Watches that outlive connections and members: nothing is missed, nothing comes twice, whatever breaks. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { type Client, connect, Watcher } from '../../../src/client/index.ts';
import { KVService, PutRequest, RequestOp } from '../../../src/core/wire/gen/rpc.ts';
import { type ClusterProcesses, startCluster } from '../../support/cluster-processes.ts';
import { FlakyProxy } from '../../support/flaky-proxy.ts';
import { kvctlBin, type ServerProcess, startKvctl, until } from '../../support/processes.ts';

const EVERYTHING = { key: Buffer.of(0), rangeEnd: Buffer.of(0) };
/** Connections that are to be lost before it is enough. */
const CUTS = 8;
const VALUE = Buffer.alloc(20, 'v');

/** What came, as `revision:key`. */
class Record {
  readonly events: string[] = [];
  readonly watcher: Watcher;

  constructor(client: Client, startRevision: number, more: { fragment?: boolean } = {}) {
    this.watcher = new Watcher(client);
    void this.read(startRevision, more);
  }

  private async read(startRevision: number, more: { fragment?: boolean }): Promise<void> {
    for await (const { events } of this.watcher.watch({ ...EVERYTHING, startRevision, ...more })) {
      for (const { kv } of events) this.events.push(`${kv!.modRevision}:${Buffer.from(kv!.key)}`);
    }
  }

  upTo(revision: number): Promise<void> {
    return until(
      () => Number(this.events.at(-1)?.split(':')[0] ?? 0) >= revision,
      30_000,
      () => `came to ${this.events.at(-1)} of ${revision}`,
    );
  }
}

/** A small generator of a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('watches over connections that are cut at random bytes', function () {
  this.timeout(60_000);
  let member: ServerProcess;
  let writer: Client;
  before(async () => {
    member = await startKvctl();
    writer = await connect({ endpoints: [member.endpoint] });
  });
  after(async () => {
    writer.close();
    await member.dispose();
  });

  it('deliver every event once, in order', async () => {
    const seed = Number(process.env.KVCTL_CUT_SEED ?? Date.now() % 2 ** 31);
    const random = randomOf(seed);
    // From less than the greeting of HTTP/2 to more than the whole history, which comes in one message when it has to.
    const proxy = await FlakyProxy.start(member.endpoint, {
      cutAfter: () => Math.ceil(random() ** 2 * 120_000),
    });
    const readers = await Promise.all([0, 1, 2].map(() => connect({ endpoints: [proxy.endpoint] })));
    try {
      const first = (await writer.call(KVService.range, { key: Buffer.from('x') })).header!.revision + 1;
      const cut = readers.map((client, i) => new Record(client, first, { fragment: i === 2 }));
      let revision = 0;
      for (let i = 0; i < 100 || (proxy.cuts < CUTS && i < 5000); i++) {
        // Several events of one revision must not come apart.
        const success = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, n) =>
          RequestOp.create({
            requestPut: PutRequest.create({ key: Buffer.from(`k${i}-${n}`), value: VALUE }),
          }),
        );
        revision = (await writer.call(KVService.txn, { success })).header!.revision;
      }
      const straight = new Record(writer, first);
      await Promise.all([straight, ...cut].map((record) => record.upTo(revision)));
      assert.equal(new Set(straight.events).size, straight.events.length);
      for (const record of cut) assert.deepEqual(record.events, straight.events, `seed ${seed}`);
      assert.ok(proxy.cuts >= CUTS, `only ${proxy.cuts} connections were cut (seed ${seed})`);
      for (const record of [straight, ...cut]) record.watcher.close();
    } finally {
      for (const client of readers) client.close();
      await proxy.close();
    }
  });
});

describe('kvctl watch behind a connection that says nothing more', function () {
  this.timeout(60_000);

  it('notices by its pings, and goes on over another connection', async () => {
    const member = await startKvctl();
    const proxy = await FlakyProxy.start(member.endpoint);
    // A shorter --keepalive-time than 10 seconds is raised to that.
    const flags = ['--keepalive-time=1s', '--keepalive-timeout=500ms'];
    const watching = spawn(process.execPath, [
      kvctlBin,
      `--endpoints=${proxy.endpoint}`,
      ...flags,
      'watch',
      'k',
    ]);
    let stdout = '';
    watching.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    const client = await connect({ endpoints: [member.endpoint] });
    const put = (value: string) =>
      client.call(KVService.put, { key: Buffer.from('k'), value: Buffer.from(value) });
    try {
      await until(
        async () => (await put('warm-up')) && stdout.includes('warm-up'),
        10_000,
        () => 'the watch never began',
      );
      proxy.blackHole();
      const silentFrom = Date.now();
      await put('said into the void');
      await until(
        () => stdout.includes('said into the void'),
        30_000,
        () => `nothing after ${Date.now() - silentFrom} ms`,
      );
      assert.equal(proxy.accepted, 2);
      assert.equal(stdout.split('said into the void').length, 2);
    } finally {
      watching.kill('SIGKILL');
      client.close();
      await proxy.close();
      await member.dispose();
    }
  });
});

describe('watches when the member that serves them is killed', function () {
  this.timeout(90_000);
  let cluster: ClusterProcesses;
  let client: Client;
  before(async () => {
    cluster = await startCluster(3);
    client = await connect({ endpoints: cluster.endpoints.split(',') });
  });
  after(async () => {
    client.close();
    await cluster.dispose();
  });

  async function watchStreams(member: ServerProcess): Promise<number> {
    const page = await (await fetch(`http://${member.endpoint}/metrics`)).text();
    return Number(/^etcd_debugging_mvcc_watch_stream_total (\d+)/m.exec(page)?.[1] ?? 0);
  }

  /** Puts until told to stop. A put that may or may not have happened is not repeated: the history decides. */
  function keepWriting(): () => Promise<number> {
    let going = true;
    let last = 0;
    const loop = (async () => {
      for (let i = 0; going; i++) {
        const key = Buffer.from(`w${i}`);
        const put = client.call(KVService.put, { key, value: VALUE }, { deadline: Date.now() + 3000 });
        last = (await put.catch(() => undefined))?.header?.revision ?? last;
      }
    })();
    return async () => {
      going = false;
      await loop;
      return last;
    };
  }

  it('go on at another member without a gap or a repeat', async () => {
    const record = new Record(client, 1);
    const stop = keepWriting();
    for (let round = 0; round < 2; round++) {
      let serving: ServerProcess | undefined;
      await until(
        async () => {
          for (const member of cluster.members) {
            if (member.exitCode() === null && (await watchStreams(member)) > 0) serving = member;
          }
          return serving !== undefined;
        },
        10_000,
        () => 'nobody serves the watch',
      );
      await serving!.kill();
      const seen = record.events.length;
      await until(
        () => record.events.length > seen + 20,
        20_000,
        () => `stands still at ${record.events.at(-1)}`,
      );
      // The cluster can lose one at a time.
      if (round === 0) await serving!.restart();
    }
    const revision = await stop();
    const history = new Record(client, 1);
    await Promise.all([record.upTo(revision), history.upTo(revision)]);
    const length = Math.min(record.events.length, history.events.length);
    assert.ok(length > 40);
    assert.deepEqual(record.events.slice(0, length), history.events.slice(0, length));
    assert.equal(new Set(record.events).size, record.events.length);
    record.watcher.close();
    history.watcher.close();
  });
});
