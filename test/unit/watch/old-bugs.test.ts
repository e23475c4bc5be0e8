/** Mistakes that watch implementations have made before, each under the name it is known by. */
import assert from 'node:assert/strict';
import { lines, World } from './world.ts';

describe('watch: old bugs', () => {
  it('delete events dropped at the compaction revision', () => {
    const world = new World();
    world.put('a', '1');
    world.put('b', '1');
    world.delete('a');
    const client = world.connect({ maxPendingResponses: 0 });
    client.create({ key: 'a', end: 'c', startRevision: 4 });
    world.store.compact(4);
    client.create({ key: 'a', end: 'c', startRevision: 4 });
    world.settle();
    assert.deepEqual(lines(client), [
      '#0 rev 4 created',
      '#1 rev 4 created',
      '#0 rev 4 DELETE a@4',
      '#1 rev 4 DELETE a@4',
    ]);
  });

  it('a parked watch whose next event is at the compaction revision is not cancelled', () => {
    const world = new World();
    const client = world.connect({ maxPendingResponses: 0 });
    client.create({ key: 'a' });
    client.blocked = true;
    client.progress();
    for (let i = 2; i < 10; i++) world.put('other');
    world.put('a', '1');
    world.store.compact(10);
    world.put('a', '2');
    client.unblock();
    world.settle();
    assert.deepEqual(lines(client), [
      '#0 rev 1 created',
      '#-1 rev 1 progress',
      '#0 rev 11 PUT a=1@10, PUT a=2@11',
    ]);
  });

  it('an idle watch is not cancelled by a compaction that a snapshot brings, if nothing after its revision is gone', () => {
    const world = new World();
    const client = world.connect();
    client.create({ key: 'a' });
    for (let i = 2; i < 10; i++) world.put('other');
    world.store.apply([['a', '1']]);
    world.store.compact(10);
    world.hub.restored(world.store);
    world.settle();
    assert.deepEqual(lines(client), ['#0 rev 1 created', '#0 rev 10 PUT a=1@10']);
  });

  it('events twice, or not at all, where history ends and live delivery begins', () => {
    for (const puts of [999, 1000, 1001, 2000, 2001]) {
      const world = new World();
      for (let i = 0; i < puts; i++) world.put('a');
      const client = world.connect();
      client.create({ key: 'a', startRevision: 2 });
      // The store may already be ahead of what the hub was told: those changes come live.
      const changes = world.store.apply([['a', 'late']]);
      world.hub.catchUp();
      world.hub.notify(world.store.currentRevision, changes);
      world.settle();
      world.put('a');
      const responses = client.take();
      for (const { header, events } of responses)
        for (const { kv } of events) assert.ok(header!.revision >= kv!.modRevision);
      const revisions = responses.flatMap(({ events }) => events.map(({ kv }) => kv!.modRevision));
      assert.deepEqual(
        revisions,
        Array.from({ length: puts + 2 }, (_, i) => i + 2),
      );
    }
  });

  it('a watch cancelled while its round is under way gets nothing more', () => {
    const world = new World();
    world.put('a', '1');
    const client = world.connect();
    for (let i = 0; i < 3; i++) client.create({ key: 'a', startRevision: 2 });
    const send = client.send.bind(client);
    client.send = (response) => {
      const more = send(response);
      if (client.raw.length === 4) client.cancel(1n);
      return more;
    };
    world.settle();
    world.put('a', '2');
    assert.deepEqual(
      lines(client).filter((line) => line.startsWith('#1')),
      ['#1 rev 2 created', '#1 rev 2 canceled'],
    );
    assert.equal(world.hub.stats.synced, 2);
  });

  it('watches of one range cancelled in any order: the others stay', () => {
    for (const order of [
      [0, 3, 1],
      [3, 0, 1],
      [1, 0, 3],
      [0, 1, 3],
    ]) {
      const world = new World();
      const client = world.connect();
      for (let i = 0; i < 4; i++) client.create({ key: 'a' });
      for (const id of order) client.cancel(BigInt(id));
      client.take();
      world.put('a', '1');
      assert.deepEqual(lines(client), ['#2 rev 2 PUT a=1@2']);
    }
  });

  it('watch on a future revision', () => {
    const world = new World();
    const client = world.connect({ maxPendingResponses: 0 });
    client.create({ key: 'a', startRevision: 4 });
    world.put('a', '2');
    // A snapshot of the leader, or a full stream, must not make it forget where it starts.
    world.store.apply([['a', '3']]);
    world.hub.restored(world.store);
    client.blocked = true;
    client.create({ key: 'zzz' });
    world.put('a', '4');
    world.put('a', '5');
    client.unblock();
    world.settle();
    assert.deepEqual(lines(client), [
      '#0 rev 1 created',
      '#1 rev 3 created',
      '#0 rev 5 PUT a=4@4, PUT a=5@5',
    ]);
  });

  it('progress notification ahead of events: a store that is ahead of the hub', () => {
    const world = new World();
    const client = world.connect({ progressIntervalMs: 100 });
    client.create({ key: 'a', progressNotify: true });
    const changes = world.store.apply([['a', '1']]);
    client.progress();
    client.stream.tick(100);
    world.hub.notify(2, changes);
    client.progress();
    assert.deepEqual(lines(client), [
      '#0 rev 1 created',
      '#-1 rev 1 progress',
      '#0 rev 1 progress',
      '#0 rev 2 PUT a=1@2',
      '#-1 rev 2 progress',
    ]);
  });

  it('progress notification ahead of events: a watch that is behind or parked', () => {
    const world = new World();
    for (let i = 0; i < 1500; i++) world.put('a');
    const client = world.connect({ progressIntervalMs: 100, maxPendingResponses: 0 });
    client.create({ key: 'a', startRevision: 2, progressNotify: true });
    client.progress();
    world.hub.catchUp();
    client.progress();
    client.stream.tick(100);
    world.hub.catchUp();
    assert.deepEqual(lines(client), [
      '#0 rev 1501 created',
      '#0 rev 1501 1000 events',
      '#0 rev 1501 500 events',
    ]);
    client.blocked = true;
    client.progress();
    world.put('a', 'late');
    client.progress();
    client.stream.tick(200);
    client.stream.tick(300);
    client.unblock();
    world.settle();
    client.progress();
    assert.deepEqual(lines(client), [
      '#-1 rev 1501 progress',
      '#0 rev 1502 PUT a=late@1502',
      '#-1 rev 1502 progress',
    ]);
  });

  it('a watch created while others are delivered to gets nothing twice', () => {
    const world = new World();
    const client = world.connect();
    const other = world.connect();
    const send = client.send.bind(client);
    client.send = (response) => {
      // Reacts within the delivery: one watch of the same range leaves, another comes.
      if (client.raw.length === 3) {
        other.cancel(0n);
        other.create({ key: 'a' });
      }
      return send(response);
    };
    other.create({ key: 'a' });
    for (let i = 0; i < 3; i++) client.create({ key: 'a' });
    world.put('a', '1');
    assert.deepEqual(
      lines(client).slice(3).sort(),
      [0, 1, 2].map((id) => `#${id} rev 2 PUT a=1@2`),
    );
    assert.deepEqual(
      lines(other),
      ['#0 rev 1 created', '#0 rev 1 canceled', '#1 rev 1 created'].map((line, i) =>
        i === 0 ? line : line.replace('rev 1', 'rev 2'),
      ),
    );
  });

  it('revisions must reach the hub one by one', () => {
    const world = new World();
    world.store.apply([['a', '1']]);
    const changes = world.store.apply([['a', '2']]);
    assert.throws(() => world.hub.notify(3, changes), /invariant/);
  });
});
