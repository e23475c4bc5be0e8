/** What clients can make a member hold: never more than the limits say. */
import assert from 'node:assert/strict';
import { SLICE_BYTES, WATCHERS_PER_ROUND } from '../../../src/core/watch/index.ts';
import { MAX_PENDING_RESPONSES, MAX_UNREAD_REPLIES } from '../../../src/services/watch/stream.ts';
import { lines, World } from './world.ts';

describe('watch: bounds', () => {
  it('a client that never reads holds 128 responses, whatever is written, and loses nothing', () => {
    const world = new World();
    const client = world.connect();
    client.create({ key: 'a' });
    client.blocked = true;
    for (let i = 0; i < 5000; i++) world.put('a', `${i}`);
    assert.equal(client.raw.length, 1 + MAX_PENDING_RESPONSES);
    assert.deepEqual(world.hub.stats, { synced: 0, behind: 0, parked: 1, ranges: 0 });
    const reads = world.store.reads;
    for (let i = 0; i < 100; i++) world.hub.catchUp();
    assert.equal(world.store.reads, reads, 'history is not read for a client that takes nothing');
    client.unblock();
    world.settle();
    const values = client.take().flatMap(({ events }) => events.map(({ kv }) => `${Buffer.from(kv!.value)}`));
    assert.deepEqual(
      values,
      Array.from({ length: 5000 }, (_, i) => `${i}`),
    );
    assert.deepEqual(world.hub.stats, { synced: 1, behind: 0, parked: 0, ranges: 1 });
  });

  it('the bound holds within a round of catching up', () => {
    const world = new World();
    world.put('a');
    const client = world.connect();
    for (let i = 0; i < 300; i++) client.create({ key: 'a', startRevision: 2 });
    client.blocked = true;
    world.hub.catchUp();
    assert.equal(client.raw.length, 300 + MAX_PENDING_RESPONSES);
    assert.equal(world.hub.stats.parked, 300 - MAX_PENDING_RESPONSES);
    client.unblock();
    world.settle();
    assert.equal(client.raw.length, 600);
  });

  it('large responses count by their bytes', () => {
    const world = new World();
    const client = world.connect();
    client.create({ key: 'a' });
    client.blocked = true;
    for (let i = 0; i < 20; i++) world.put('a', new Uint8Array(1_000_000));
    assert.equal(client.raw.length, 1 + 3);
  });

  it('a batch of history ends at the first revision beyond its bytes', () => {
    const world = new World();
    const client = world.connect();
    const value = new Uint8Array(1_000_000);
    for (let i = 0; i < 100; i++) world.put('a', value);
    client.create({ key: 'a', startRevision: 2 });
    world.settle();
    const sizes = client.raw.slice(1).map(({ length }) => length);
    assert.equal(
      client.take().reduce((sum, { events }) => sum + events.length, 0),
      100,
    );
    for (const size of sizes) assert.ok(size <= SLICE_BYTES + 1_000_100, `${size}`);
  });

  it('a client that goes on asking and never reads loses its stream', () => {
    const world = new World();
    const client = world.connect();
    client.create({ key: 'a' });
    client.blocked = true;
    for (let i = 0; i < MAX_UNREAD_REPLIES + 10 && client.failure === undefined; i++) client.progress();
    assert.equal(client.failure?.message, 'etcdserver: too many requests');
    assert.equal(client.raw.length, 1 + MAX_UNREAD_REPLIES + 1);
    assert.deepEqual(world.hub.stats, { synced: 0, behind: 0, parked: 0, ranges: 0 });
    client.create({ key: 'a' });
    world.put('a');
    assert.equal(client.raw.length, 1 + MAX_UNREAD_REPLIES + 1);
  });

  it('ten thousand watchers that vanish leave nothing behind, wherever they were', () => {
    const world = new World();
    for (let i = 0; i < 50; i++) world.put('k0');
    const clients = Array.from({ length: 10 }, () => world.connect({ maxPendingResponses: 0 }));
    clients.forEach((client, c) => {
      for (let i = 0; i < 1000; i++) {
        const range = i % 2 === 0 ? { key: `k${i}` } : { key: `k${c}/${i}`, end: `k${c}/${i}~` };
        client.create({ ...range, startRevision: i % 3 === 0 ? 2 : i % 3 === 1 ? 0 : 99_999 });
      }
    });
    world.hub.catchUp();
    for (const client of clients) client.blocked = true;
    for (const client of clients) client.progress();
    world.txn(...Array.from({ length: 100 }, (_, i) => [`k${i}`, ''] as const));
    const { synced, behind, parked } = world.hub.stats;
    assert.equal(synced + behind + parked, 10_000);
    assert.ok(synced > 0 && behind > 0 && parked > 0, JSON.stringify(world.hub.stats));
    for (const client of clients) client.stream.close();
    assert.deepEqual(world.hub.stats, { synced: 0, behind: 0, parked: 0, ranges: 0 });
    assert.equal(clients[0].stream.size, 0);
    const sent = clients.map(({ raw }) => raw.length);
    world.put('k0');
    for (const client of clients) client.unblock();
    world.settle();
    assert.deepEqual(
      clients.map(({ raw }) => raw.length),
      sent,
    );
  });

  it('a round serves 512 watchers, those in line first, with one read of history where one will do', () => {
    const world = new World();
    for (let i = 0; i < 100; i++) world.put('a');
    const client = world.connect();
    for (let i = 0; i < 1200; i++) client.create({ key: 'a', startRevision: 2 + (i % 90) });
    const { reads } = world.store;
    const left: number[] = [];
    for (let more = true; more; ) {
      more = world.hub.catchUp();
      left.push(world.hub.stats.behind);
    }
    assert.deepEqual(left, [1200 - WATCHERS_PER_ROUND, 1200 - 2 * WATCHERS_PER_ROUND, 0]);
    // One slice a round, which takes three reads here: 16 revisions, 64, and the rest.
    assert.equal(world.store.reads - reads, 9);
    assert.equal(world.wakes, 1);
  });

  it('a watcher far behind does not hold up those that are nearly there', () => {
    const world = new World();
    for (let i = 0; i < 20_000; i++) world.put(`k${i % 7}`);
    const client = world.connect();
    client.create({ key: 'k0', startRevision: 2 });
    client.create({ key: 'k0', startRevision: 19_990 });
    client.create({ key: 'k0', startRevision: 9_000 });
    client.take();
    world.hub.catchUp();
    const served = client.take().map(({ watchId }) => watchId);
    assert.deepEqual(served, [0n, 1n, 2n]);
    world.settle();
    assert.equal(lines(client).length, 19 + 11);
  });
});
