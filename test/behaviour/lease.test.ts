import assert from 'node:assert/strict';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { EventType } from '../../src/core/wire/gen/kv.ts';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { until } from '../support/processes.ts';
import { WatchProbe } from '../support/watch-probe.ts';
import { inEveryWorld } from '../support/worlds.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const NOT_FOUND = 'etcdserver: requested lease not found';

async function fails(promise: Promise<unknown>, code: number, message: string): Promise<void> {
  await assert.rejects(promise, (error: { code: number; details: string }) => {
    assert.deepEqual([error.code, error.details], [code, message]);
    return true;
  });
}

inEveryWorld('Lease', (client) => {
  const grant = (TTL: number, ID = 0n): Promise<rpc.LeaseGrantResponse> =>
    client().call(rpc.LeaseService.leaseGrant, { TTL, ID });
  const revoke = (ID: bigint): Promise<rpc.LeaseRevokeResponse> =>
    client().call(rpc.LeaseService.leaseRevoke, { ID });
  const info = (ID: bigint): Promise<rpc.LeaseTimeToLiveResponse> =>
    client().call(rpc.LeaseService.leaseTimeToLive, { ID, keys: true });
  const keysOf = async (ID: bigint): Promise<string[]> => (await info(ID)).keys.map(text).sort();
  const revision = async (): Promise<number> => (await client().range('any')).header!.revision;

  /** Sends ids one by one and gives the TTLs that come back. */
  async function keepAlive(...ids: bigint[]): Promise<[bigint, number][]> {
    const stream: ClientDuplexStream<rpc.LeaseKeepAliveRequest, rpc.LeaseKeepAliveResponse> = client().bidi(
      rpc.LeaseService.leaseKeepAlive,
    );
    const answers: [bigint, number][] = [];
    const ended = new Promise<void>((resolve, reject) => {
      stream.on('data', ({ ID, TTL }: rpc.LeaseKeepAliveResponse) => answers.push([ID, TTL]));
      stream.once('error', reject);
      stream.once('end', resolve);
    });
    for (const ID of ids) {
      stream.write(rpc.LeaseKeepAliveRequest.create({ ID }));
      const wanted = answers.length + 1;
      await until(
        () => answers.length === wanted,
        5000,
        () => `no answer for lease ${ID}`,
      );
    }
    stream.end();
    await ended;
    return answers;
  }

  it('raises short times to the shortest, and refuses the longest', async () => {
    for (const ttl of [1, 0, -10]) {
      const { ID, TTL } = await grant(ttl);
      assert.equal(TTL, 2, `granted for ${ttl}`);
      assert(ID > 0n, 'ids that the server picks are positive');
      await revoke(ID);
    }
    const { ID } = await grant(9_000_000_000);
    await revoke(ID);
    await fails(grant(9_000_000_001), 11, 'etcdserver: too large lease TTL');
  });

  it('takes ids, negative ones too, once', async () => {
    assert.equal((await grant(100, 77n)).ID, 77n);
    await fails(grant(100, 77n), 9, 'etcdserver: lease already exists');
    assert.equal((await grant(100, -7n)).ID, -7n);
    assert.equal((await info(-7n)).grantedTTL, 100);
    await revoke(77n);
    await revoke(-7n);
    assert.equal((await grant(100, 77n)).ID, 77n);
    await revoke(77n);
  });

  it('says of unknown leases that they are none', async () => {
    const unknown = await info(4711n);
    assert.deepEqual([unknown.ID, unknown.TTL, unknown.grantedTTL, unknown.keys], [4711n, -1, 0, []]);
    await fails(revoke(4711n), 5, NOT_FOUND);
    await fails(revoke(0n), 5, NOT_FOUND);
    await fails(client().put('a', '', { lease: 4711n }), 5, NOT_FOUND);
    await grant(100, 5n);
    assert.deepEqual(await keepAlive(4711n, 5n, 4711n), [
      [4711n, 0],
      [5n, 100],
      [4711n, 0],
    ]);
    await revoke(5n);
  });

  it('counts down in whole seconds, and starts again when it is kept alive', async () => {
    await grant(100, 8n);
    const { TTL, grantedTTL, keys } = await info(8n);
    assert.deepEqual([TTL, grantedTTL, keys], [99, 100, []]);
    await until(
      async () => (await info(8n)).TTL < 99,
      5000,
      () => 'it does not count',
    );
    await keepAlive(8n);
    assert.equal((await info(8n)).TTL, 99);
    await revoke(8n);
    assert.deepEqual(await keepAlive(8n), [[8n, 0]]);
  });

  it('a key has one lease: the one it was put with last', async () => {
    const c = client();
    await grant(100, 1n);
    await grant(100, 2n);
    await c.put('la', '1', { lease: 1n });
    await c.put('lb', '1', { lease: 1n });
    await c.put('lm', '1', { lease: 1n });
    assert.deepEqual(await keysOf(1n), ['la', 'lb', 'lm']);
    await c.put('lm', '2');
    assert.deepEqual(await keysOf(1n), ['la', 'lb']);
    await c.put('la', '2', { lease: 2n });
    assert.deepEqual([await keysOf(1n), await keysOf(2n)], [['lb'], ['la']]);
    await c.put('la', '3', { ignoreLease: true });
    assert.deepEqual(await keysOf(2n), ['la']);
    assert.equal((await c.range('la')).kvs[0].lease, 2n);
    await c.put('la', '', { ignoreValue: true, lease: 1n });
    assert.deepEqual([await keysOf(1n), await keysOf(2n)], [['la', 'lb'], []]);
    await c.del('lb');
    assert.deepEqual(await keysOf(1n), ['la']);
    await revoke(2n);
    assert.equal((await c.range('la')).count, 1);
    await revoke(1n);
    assert.equal((await c.range('la')).count, 0);
    assert.equal((await c.range('lm')).count, 1);
  });

  it('takes its keys along, in one revision, in the order of keys', async () => {
    const c = client();
    await grant(100, 3n);
    for (const key of ['lz', 'ly', 'lb']) await c.put(key, '', { lease: 3n });
    const w = new WatchProbe(c);
    await w.created('l', { rangeEnd: Buffer.from('m') });
    const before = await revision();
    assert.equal((await revoke(3n)).header!.revision, before + 1);
    const { events } = await w.next();
    assert.deepEqual(
      events.map(({ type, kv }) => [type, text(kv!.key), kv!.modRevision]),
      ['lb', 'ly', 'lz'].map((key) => [EventType.DELETE, key, before + 1]),
    );
    await grant(100, 4n);
    assert.equal((await revoke(4n)).header!.revision, before + 1, 'nothing to delete, no revision');
    w.close();
  });

  it('are listed, the next to end first', async () => {
    await grant(300, 30n);
    await grant(100, 10n);
    await grant(200, 20n);
    const list = async (): Promise<bigint[]> =>
      (await client().call(rpc.LeaseService.leaseLeases, {})).leases.map(({ ID }) => ID);
    assert.deepEqual(await list(), [10n, 20n, 30n]);
    for (const ID of [10n, 20n, 30n]) await revoke(ID);
    assert.deepEqual(await list(), []);
  });

  it('ends when nobody renews it, soon after its time and not before', async () => {
    const c = client();
    await grant(2, 9n);
    await grant(2, 11n);
    const since = Date.now();
    await c.put('brief', '', { lease: 9n });
    await c.put('renewed', '', { lease: 11n });
    const w = new WatchProbe(c);
    await w.created('brief');
    const renewing = setInterval(() => void keepAlive(11n), 500);
    try {
      const { events } = await w.next();
      const lived = Date.now() - since;
      assert.deepEqual([events[0].type, text(events[0].kv!.key)], [EventType.DELETE, 'brief']);
      assert(lived >= 1950 && lived < 4500, `lived ${lived} ms`);
      assert.deepEqual([(await info(9n)).TTL, (await c.range('brief')).count], [-1, 0]);
      assert.equal((await c.range('renewed')).count, 1);
    } finally {
      clearInterval(renewing);
      w.close();
    }
    await revoke(11n);
  });
});
