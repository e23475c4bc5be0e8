import assert from 'node:assert/strict';
import { ResponseHeader, WatchRequest, WatchResponse } from '../../../src/core/wire/gen/rpc.ts';
import { Headers } from '../../../src/services/watch/response.ts';
import { type Client, lines, World } from './world.ts';

const NOPUT = 0;
const NODELETE = 1;
const COMPACTED = '(etcdserver: mvcc: required revision has been compacted)';
const EMPTY_RANGE = '(mvcc: watcher range is empty)';
const DUPLICATE = '(mvcc: duplicate watch ID provided on the WatchStream)';

type Step = (client: Client, world: World) => void;

interface Vector {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly replies: readonly string[];
}

const create =
  (request: Parameters<Client['create']>[0]): Step =>
  (client) =>
    client.create(request);
const cancel =
  (id: bigint): Step =>
  (client) =>
    client.cancel(id);
const progress: Step = (client) => client.progress();
const put =
  (key: string, value = '', times = 1): Step =>
  (_, world) => {
    for (let i = 0; i < times; i++) world.put(key, value);
  };
const remove =
  (key: string): Step =>
  (_, world) =>
    world.delete(key);
const settle: Step = (_, world) => world.settle();
const compact =
  (revision: number): Step =>
  (_, world) =>
    world.store.compact(revision);

/** Observed on a real etcd; each on a fresh store, where the first put makes revision 2. */
const VECTORS: readonly Vector[] = [
  {
    name: 'ids are counted up, a given id is kept, a second use of it is refused',
    steps: [
      create({ key: 'a' }),
      create({ key: 'a', end: 'b' }),
      create({ key: 'a', watchId: 7n }),
      create({ key: 'a', watchId: 7n }),
    ],
    replies: [
      '#0 rev 1 created',
      '#1 rev 1 created',
      '#7 rev 1 created',
      `#-1 rev 1 created canceled ${DUPLICATE}`,
    ],
  },
  {
    name: 'the counter skips ids in use and does not hand out freed ones',
    steps: [
      create({ key: 'a', watchId: 1n }),
      create({ key: 'a' }),
      create({ key: 'a' }),
      cancel(0n),
      create({ key: 'a' }),
    ],
    replies: [
      '#1 rev 1 created',
      '#0 rev 1 created',
      '#2 rev 1 created',
      '#0 rev 1 canceled',
      '#3 rev 1 created',
    ],
  },
  {
    name: 'ids may be negative',
    steps: [create({ key: 'a', watchId: -1n }), create({ key: 'a', watchId: -9n }), put('a', '1')],
    replies: ['#-1 rev 1 created', '#-9 rev 1 created', '#-9 rev 2 PUT a=1@2', '#-1 rev 2 PUT a=1@2'],
  },
  {
    name: 'an empty range is refused',
    steps: [create({ key: 'z', end: 'b' }), create({ key: 'z', end: 'z' })],
    replies: [`#-1 rev 1 created canceled ${EMPTY_RANGE}`, `#-1 rev 1 created canceled ${EMPTY_RANGE}`],
  },
  {
    name: 'a negative start is refused, before range and id are looked at',
    steps: [
      create({ key: 'a', startRevision: -1 }),
      create({ key: 'z', end: 'b', startRevision: -1 }),
      create({ key: 'a', watchId: 7n }),
      create({ key: 'a', watchId: 7n, startRevision: -1 }),
      create({ key: 'z', end: 'b', watchId: 7n }),
    ],
    replies: [
      `#-1 rev 1 created canceled ${COMPACTED}`,
      `#-1 rev 1 created canceled ${COMPACTED}`,
      '#7 rev 1 created',
      `#-1 rev 1 created canceled ${COMPACTED}`,
      `#-1 rev 1 created canceled ${EMPTY_RANGE}`,
    ],
  },
  {
    name: 'a start far ahead is accepted',
    steps: [create({ key: 'a', startRevision: 100 }), put('a')],
    replies: ['#0 rev 1 created'],
  },
  { name: 'cancelling an unknown id is met with silence', steps: [cancel(999n)], replies: [] },
  {
    name: 'an id can be used again after its cancellation',
    steps: [create({ key: 'a', watchId: 7n }), cancel(7n), cancel(7n), create({ key: 'a', watchId: 7n })],
    replies: ['#7 rev 1 created', '#7 rev 1 canceled', '#7 rev 1 created'],
  },
  {
    name: 'prev_kv: the pair before, none for a creation; a deletion carries key and revision only',
    steps: [create({ key: 'a', prevKv: true }), put('a', '1'), put('a', '2'), remove('a'), put('a', '3')],
    replies: [
      '#0 rev 1 created',
      '#0 rev 2 PUT a=1@2',
      '#0 rev 3 PUT a=2@3 <- 1@2',
      '#0 rev 4 DELETE a@4 <- 2@3',
      '#0 rev 5 PUT a=3@5',
    ],
  },
  {
    name: 'a transaction is one response with all its events',
    steps: [create({ key: 'a', end: 'z' }), (_, world) => world.txn(['b', '1'], ['zz', '0'], ['c', '2'])],
    replies: ['#0 rev 1 created', '#0 rev 2 PUT b=1@2, PUT c=2@2'],
  },
  {
    name: 'history comes in one response under the revision of now',
    steps: [put('a', 'x', 5), create({ key: 'a', startRevision: 3 }), settle, put('a', 'y')],
    replies: [
      '#0 rev 6 created',
      '#0 rev 6 PUT a=x@3, PUT a=x@4, PUT a=x@5, PUT a=x@6',
      '#0 rev 7 PUT a=y@7',
    ],
  },
  {
    name: 'filters drop events, and batches that become empty; unknown filters are ignored',
    steps: [
      put('a', '1'),
      remove('a'),
      create({ key: 'a', startRevision: 1, filters: [NOPUT] }),
      create({ key: 'a', startRevision: 1, filters: [NODELETE, 99] }),
      create({ key: 'a', startRevision: 1, filters: [NOPUT, NODELETE] }),
      settle,
      put('a', '2'),
      remove('a'),
    ],
    replies: [
      '#0 rev 3 created',
      '#1 rev 3 created',
      '#2 rev 3 created',
      '#0 rev 3 DELETE a@3',
      '#1 rev 3 PUT a=1@2',
      '#1 rev 4 PUT a=2@4',
      '#0 rev 5 DELETE a@5',
    ],
  },
  {
    name: 'a start ahead skips what comes before it',
    steps: [put('a'), create({ key: 'a', startRevision: 5 }), put('a', 'x', 4)],
    replies: ['#0 rev 2 created', '#0 rev 5 PUT a=x@5', '#0 rev 6 PUT a=x@6'],
  },
  {
    name: 'a start before the compaction: created, then cancelled; the id is free once the client cancels it too',
    steps: [
      put('a', 'x', 8),
      compact(8),
      create({ key: 'a', startRevision: 7 }),
      settle,
      put('a'),
      cancel(0n),
      cancel(0n),
    ],
    replies: ['#0 rev 9 created', '#0 rev 0 canceled compacted 8', '#0 rev 10 canceled'],
  },
  {
    name: 'a start at the compaction is served',
    steps: [put('a', 'x', 8), compact(8), create({ key: 'a', startRevision: 8 }), settle],
    replies: ['#0 rev 9 created', '#0 rev 9 PUT a=x@8, PUT a=x@9'],
  },
  { name: 'progress without watches is met with silence', steps: [progress], replies: [] },
  {
    name: 'progress of a stream whose watches are all in sync',
    steps: [
      put('a'),
      create({ key: 'a' }),
      create({ key: 'b', startRevision: 2 }),
      settle,
      put('c'),
      progress,
    ],
    replies: ['#0 rev 2 created', '#1 rev 2 created', '#-1 rev 3 progress'],
  },
  {
    name: 'progress with a watch that starts ahead, even at the next revision, is met with silence',
    steps: [create({ key: 'a' }), create({ key: 'a', startRevision: 2 }), progress, put('z'), progress],
    replies: ['#0 rev 1 created', '#1 rev 1 created', '#-1 rev 2 progress'],
  },
  {
    name: 'a reserved id holds up the progress of its stream',
    steps: [
      put('a', 'x', 4),
      compact(4),
      create({ key: 'a', startRevision: 2 }),
      create({ key: 'k' }),
      settle,
      progress,
      cancel(0n),
      progress,
    ],
    replies: [
      '#0 rev 5 created',
      '#1 rev 5 created',
      '#0 rev 0 canceled compacted 4',
      '#0 rev 5 canceled',
      '#-1 rev 5 progress',
    ],
  },
  {
    name: '1500 revisions come as 1000 and 500',
    steps: [put('a', 'x', 1500), create({ key: 'a', startRevision: 2 }), settle],
    replies: ['#0 rev 1501 created', '#0 rev 1501 1000 events', '#0 rev 1501 500 events'],
  },
  {
    name: 'a compacted id is a duplicate until it is cancelled',
    steps: [
      put('a', 'x', 4),
      compact(4),
      create({ key: 'a', watchId: 5n, startRevision: 2 }),
      settle,
      create({ key: 'a', watchId: 5n }),
      cancel(5n),
      create({ key: 'a', watchId: 5n }),
    ],
    replies: [
      '#5 rev 5 created',
      '#5 rev 0 canceled compacted 4',
      `#-1 rev 5 created canceled ${DUPLICATE}`,
      '#5 rev 5 canceled',
      '#5 rev 5 created',
    ],
  },
  {
    name: 'no key stands for the first one, the end \\0 for all keys from the start on',
    steps: [
      create({ end: 'b' }),
      create({ end: '\0' }),
      create({ key: 'b', end: '\0' }),
      create({}),
      put('a', '1'),
      put('\xff\xff', '2'),
      put('\0', '3'),
    ],
    replies: [
      '#0 rev 1 created',
      '#1 rev 1 created',
      '#2 rev 1 created',
      '#3 rev 1 created',
      '#0 rev 2 PUT a=1@2',
      '#1 rev 2 PUT a=1@2',
      '#1 rev 3 PUT \xff\xff=2@3',
      '#2 rev 3 PUT \xff\xff=2@3',
      '#3 rev 4 PUT \0=3@4',
      '#0 rev 4 PUT \0=3@4',
      '#1 rev 4 PUT \0=3@4',
    ],
  },
  {
    name: 'a request without content is ignored',
    steps: [(client) => client.stream.request(WatchRequest.create()), create({ key: 'a' })],
    replies: ['#0 rev 1 created'],
  },
];

describe('watch stream', () => {
  for (const { name, steps, replies } of VECTORS) {
    it(name, () => {
      const world = new World();
      const client = world.connect();
      for (const step of steps) step(client, world);
      assert.deepEqual(lines(client), replies);
    });
  }

  it('refuses what the caller may not read, before it looks at anything else', () => {
    const world = new World();
    const reason = 'rpc error: code = PermissionDenied desc = etcdserver: permission denied';
    const asked: string[] = [];
    const client = world.connect({
      permit(key, rangeEnd) {
        asked.push(`${Buffer.from(key)}..${Buffer.from(rangeEnd)}`);
        return asked.length === 1 ? reason : undefined;
      },
    });
    client.create({ key: 'z', end: 'b', startRevision: -1 });
    client.create({ key: 'a' });
    assert.deepEqual(lines(client), [`#-1 rev 1 created canceled (${reason})`, '#0 rev 1 created']);
    assert.deepEqual(asked, ['z..b', 'a..']);
  });

  it('carries a full header, and with the compaction notice one whose revision is 0', () => {
    const world = new World();
    const client = world.connect();
    client.create({ key: 'a' });
    world.put('a', '1');
    world.put('a', '2');
    world.store.compact(3);
    client.create({ key: 'a', startRevision: 2 });
    world.settle();
    const ids = { clusterId: 11n, memberId: 22n, raftTerm: 3 };
    assert.deepEqual(
      client.take().map(({ header }) => header),
      [1, 2, 3, 3, 0].map((revision) => ResponseHeader.create({ ...ids, revision })),
    );
  });

  it('encodes events as the generated codec does', () => {
    const world = new World();
    const client = world.connect();
    for (const watchId of [0n, 1n, 300n, -5n, 1n << 62n])
      client.create({ key: 'a', end: 'c', watchId, prevKv: watchId !== 1n });
    client.take();
    world.put('a', 'x'.repeat(300));
    world.txn(['a', 'y'.repeat(20_000)], ['b', '']);
    world.delete('a');
    const seen = client.raw.slice(5);
    assert.equal(seen.length, 15);
    for (const bytes of seen)
      assert.deepEqual(Buffer.from(bytes), Buffer.from(WatchResponse.encode(WatchResponse.decode(bytes))));
  });

  it('does not share it between members that speak for themselves', () => {
    const world = new World();
    const other = new Headers({ clusterId: 11n, memberId: 99n, term: () => 3 });
    const clients = [world.connect(), world.connect({ headers: other })];
    for (const client of clients) client.create({ key: 'a' });
    world.put('a', '1');
    assert.deepEqual(
      clients.map((client) => client.take()[1].header?.memberId),
      [22n, 99n],
    );
  });

  it('shares the encoded response between streams that use the same id', () => {
    const world = new World();
    const clients = [world.connect(), world.connect(), world.connect()];
    for (const client of clients) client.create({ key: 'a' });
    world.put('a', '1');
    assert.equal(new Set(clients.map(({ handed }) => handed[1])).size, 1);
  });

  it('shares all but the id between watches of other ids', () => {
    const world = new World();
    const client = world.connect();
    for (let i = 0; i < 3; i++) client.create({ key: 'a' });
    world.put('a', '1');
    const events = client.handed.slice(3) as (readonly Uint8Array[])[];
    assert.equal(events.length, 3);
    assert.equal(new Set(events.map((pieces) => pieces[1])).size, 3);
    assert.equal(new Set(events.map((pieces) => pieces[2])).size, 1);
  });
});

describe('watch stream: fragments', () => {
  const value = new Uint8Array(450_000);

  function twoBigTransactions(fragment: boolean): { client: Client; sizes: number[] } {
    const world = new World();
    for (const keys of ['abc', 'def']) world.txn(...[...keys].map((key) => [key, value] as const));
    const client = world.connect();
    client.create({ key: 'a', end: 'z', startRevision: 2, fragment });
    world.settle();
    return { client, sizes: client.raw.slice(1).map(({ length }) => length) };
  }

  it('cuts a response of 2.7 MB into 4 and 2 events, in the middle of a revision', () => {
    const { client, sizes } = twoBigTransactions(true);
    const responses = client.take().slice(1);
    assert.deepEqual(
      responses.map(({ fragment, events }) => [fragment, events.map(({ kv }) => kv!.modRevision)]),
      [
        [true, [2, 2, 2, 3]],
        [false, [3, 3]],
      ],
    );
    for (const { header, watchId } of responses) assert.deepEqual([header?.revision, watchId], [3, 0n]);
    for (const size of sizes) assert.ok(size < 2 * 1024 * 1024);
  });

  it('leaves it whole for a watch that did not ask for fragments', () => {
    const { client } = twoBigTransactions(false);
    assert.deepEqual(
      client.take().map(({ fragment, events }) => [fragment, events.length]),
      [
        [false, 0],
        [false, 6],
      ],
    );
  });

  it('sends an event that is larger than the limit alone, as one piece', () => {
    const world = new World();
    const client = world.connect({ maxRequestBytes: 0 });
    client.create({ key: 'a', end: 'z', fragment: true });
    client.take();
    world.txn(['a', new Uint8Array(600_000)], ['b', new Uint8Array(600_000)], ['c', '']);
    assert.deepEqual(
      client.take().map(({ fragment, events }) => [fragment, events.length]),
      [
        [true, 1],
        [true, 1],
        [false, 1],
      ],
    );
    world.put('d', new Uint8Array(600_000));
    assert.deepEqual(
      client.take().map(({ fragment, events }) => [fragment, events.length]),
      [[false, 1]],
    );
  });
});

describe('watch stream: periodic progress', () => {
  function watching(): { world: World; client: Client } {
    const world = new World();
    const client = world.connect({ progressIntervalMs: 300, now: 1000 });
    client.create({ key: 'a', progressNotify: true });
    client.create({ key: 'a' });
    client.take();
    return { world, client };
  }

  it('comes at every interval to the watches that asked for it, with the revision of now', () => {
    const { world, client } = watching();
    client.stream.tick(1299);
    assert.deepEqual(lines(client), []);
    client.stream.tick(1300);
    assert.deepEqual(lines(client), ['#0 rev 1 progress']);
    world.put('other');
    client.stream.tick(1550);
    client.stream.tick(1600);
    assert.deepEqual(lines(client), ['#0 rev 2 progress']);
  });

  it('is left out once after events', () => {
    const { world, client } = watching();
    world.put('a', '1');
    client.stream.tick(1300);
    assert.deepEqual(
      lines(client).filter((line) => line.includes('progress')),
      [],
    );
    client.stream.tick(1600);
    assert.deepEqual(lines(client), ['#0 rev 2 progress']);
  });

  it('is left out for a watch that is behind, starts ahead, or was compacted', () => {
    const world = new World();
    for (let i = 0; i < 5; i++) world.put('a');
    const client = world.connect({ progressIntervalMs: 300 });
    client.create({ key: 'a', progressNotify: true, startRevision: 2 });
    client.create({ key: 'a', progressNotify: true, startRevision: 99 });
    client.create({ key: 'a', progressNotify: true });
    client.take();
    client.stream.tick(300);
    assert.deepEqual(lines(client), ['#2 rev 6 progress']);
    world.store.compact(4);
    world.settle();
    client.take();
    client.stream.tick(600);
    assert.deepEqual(lines(client), ['#2 rev 6 progress']);
  });
});
