import assert from 'node:assert/strict';
import { EventType } from '../../src/core/wire/gen/kv.ts';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { TestClient } from '../support/grpc-client.ts';
import { installed, type ServerProcess, startEtcd, startKvctl } from '../support/processes.ts';
import { WatchProbe } from '../support/watch-probe.ts';
import { inEveryWorld } from '../support/worlds.ts';

const b = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const COMPACTED = 'etcdserver: mvcc: required revision has been compacted';
const RANGE_EMPTY = 'mvcc: watcher range is empty';
const DUPLICATE = 'mvcc: duplicate watch ID provided on the WatchStream';
const { NOPUT, NODELETE } = rpc.FilterType;

/** `PUT a=1@2`, `DELETE a@4`, and behind a `<` the previous pair. */
function brief({ events }: rpc.WatchResponse): string[] {
  return events.map(({ type, kv, prevKv }) => {
    const before = prevKv ? ` < ${text(prevKv.value)}@${prevKv.modRevision}` : '';
    if (type === EventType.PUT) return `PUT ${text(kv!.key)}=${text(kv!.value)}@${kv!.modRevision}${before}`;
    assert.deepEqual([kv!.createRevision, kv!.version, kv!.value.length], [0, 0, 0]);
    return `DELETE ${text(kv!.key)}@${kv!.modRevision}${before}`;
  });
}

const reply = (r: rpc.WatchResponse): unknown[] => [r.watchId, r.created, r.canceled, r.cancelReason];
const put = (key: string, value = ''): rpc.RequestOp =>
  rpc.RequestOp.create({ requestPut: rpc.PutRequest.create({ key: b(key), value: b(value) }) });

inEveryWorld('Watch', (client, kind) => {
  const probes: WatchProbe[] = [];
  const probe = (): WatchProbe => {
    const made = new WatchProbe(client());
    probes.push(made);
    return made;
  };
  const revision = async (): Promise<number> => (await client().range('any')).header!.revision;

  afterEach(() => {
    for (const made of probes.splice(0)) made.close();
  });

  it('hands out ids from 0 on, takes given ones, and refuses those in use', async () => {
    const w = probe();
    const now = await revision();
    assert.deepEqual(reply(await w.created('a')), [0n, true, false, '']);
    assert.deepEqual(reply(await w.created('a', { rangeEnd: b('b') })), [1n, true, false, '']);
    const seventh = await w.created('a', { watchId: 7n });
    assert.deepEqual(reply(seventh), [7n, true, false, '']);
    assert.deepEqual([seventh.header!.revision, seventh.events.length], [now, 0]);
    const duplicate = await w.created('a', { watchId: 7n });
    assert.deepEqual(reply(duplicate), [-1n, true, true, DUPLICATE]);
    assert.equal(duplicate.header!.revision, now);
    assert.equal((await w.created('a', { watchId: 2n })).watchId, 2n);
    assert.equal((await w.created('a')).watchId, 3n);
    assert.deepEqual(reply(await w.created('a', { watchId: -1n })), [-1n, true, false, '']);
    assert.deepEqual(reply(await w.created('a', { watchId: -9n })), [-9n, true, false, '']);
  });

  it('refuses empty ranges, and takes everything from a key on', async () => {
    const w = probe();
    assert.deepEqual(reply(await w.created('z', { rangeEnd: b('b') })), [-1n, true, true, RANGE_EMPTY]);
    assert.deepEqual(reply(await w.created('z', { rangeEnd: b('z') })), [-1n, true, true, RANGE_EMPTY]);
    assert.deepEqual(reply(await w.created('', { rangeEnd: b('\0') })), [0n, true, false, '']);
    assert.deepEqual(reply(await w.created('y', { rangeEnd: b('\0') })), [1n, true, false, '']);
    const { header } = await client().put('zz', '1');
    const both = [await w.next(), await w.next()];
    assert.deepEqual(both.map(({ watchId }) => watchId).sort(), [0n, 1n]);
    for (const response of both) assert.deepEqual(brief(response), [`PUT zz=1@${header!.revision}`]);
  });

  it('start revisions: negative, to come', async () => {
    const w = probe();
    const negative = await w.created('neg', { startRevision: -1 });
    if (kind.release === '3.4') assert.deepEqual(reply(negative), [0n, true, false, '']);
    else assert.deepEqual(reply(negative), [-1n, true, true, COMPACTED]);
    const ahead = await w.created('ahead', { startRevision: (await revision()) + 100 });
    assert.deepEqual([ahead.created, ahead.canceled], [true, false]);

    const next = (await revision()) + 3;
    const { watchId } = await w.created('soon', { startRevision: next });
    for (let i = 1; i <= 4; i++) await client().put('soon', String(i));
    for (const expected of [`PUT soon=3@${next}`, `PUT soon=4@${next + 1}`]) {
      const response = await w.next();
      assert.deepEqual([response.watchId, brief(response)], [watchId, [expected]]);
    }
  });

  it('cancels what it knows, and is silent about the rest', async () => {
    const w = probe();
    w.cancel(999n);
    await w.silent();
    await w.created('a', { watchId: 7n });
    w.cancel(7n);
    const canceled = await w.next();
    assert.deepEqual(reply(canceled), [7n, false, true, '']);
    assert.deepEqual([canceled.compactRevision, canceled.header!.revision], [0, await revision()]);
    w.cancel(7n);
    await w.silent();
    await client().put('a', 'unseen');
    assert.deepEqual(reply(await w.created('a', { watchId: 7n })), [7n, true, false, '']);
    w.stream.write(rpc.WatchRequest.create({}));
    await w.silent();
  });

  it('gives previous pairs where there are any', async () => {
    const w = probe();
    await w.created('p', { prevKv: true });
    const first = (await client().put('p', '1')).header!.revision;
    await client().put('p', '2');
    await client().del('p');
    assert.deepEqual(brief(await w.next()), [`PUT p=1@${first}`]);
    assert.deepEqual(brief(await w.next()), [`PUT p=2@${first + 1} < 1@${first}`]);
    assert.deepEqual(brief(await w.next()), [`DELETE p@${first + 2} < 2@${first + 1}`]);
  });

  it('a transaction is one response, history is one response', async () => {
    const w = probe();
    await w.created('t', { rangeEnd: b('u') });
    const { header } = await client().txn({ success: [put('tb', '1'), put('tc', '2')] });
    const at = header!.revision;
    const response = await w.next();
    assert.deepEqual(brief(response), [`PUT tb=1@${at}`, `PUT tc=2@${at}`]);
    assert.equal(response.header!.revision, at);

    await client().del('t', { rangeEnd: b('u') });
    assert.deepEqual(brief(await w.next()), [`DELETE tb@${at + 1}`, `DELETE tc@${at + 1}`]);
    await client().put('elsewhere', '');
    const past = await w.created('t', { rangeEnd: b('u'), startRevision: at });
    assert.equal(past.header!.revision, at + 2);
    const history = await w.next();
    assert.deepEqual(
      [history.watchId, history.header!.revision, brief(history)],
      [1n, at + 2, [`PUT tb=1@${at}`, `PUT tc=2@${at}`, `DELETE tb@${at + 1}`, `DELETE tc@${at + 1}`]],
    );
  });

  it('filters on the server', async () => {
    const w = probe();
    const first = (await client().put('f', '1')).header!.revision;
    await client().del('f');
    await client().put('f', '2');
    const rows: [rpc.WatchCreateRequest['filters'], string[]][] = [
      [[NOPUT], [`DELETE f@${first + 1}`]],
      [[NODELETE], [`PUT f=1@${first}`, `PUT f=2@${first + 2}`]],
    ];
    for (const [filters, expected] of rows) {
      await w.created('f', { startRevision: first, filters });
      assert.deepEqual(brief(await w.next()), expected);
    }
    await w.created('f', { startRevision: first, filters: [NOPUT, NODELETE] });
    await w.created('f', { startRevision: first + 2, watchId: 50n });
    assert.equal((await w.next()).watchId, 50n);
    assert.equal(w.waiting, 0);
  });

  it('below the compacted revision there is nothing to watch', async () => {
    const w = probe();
    const first = (await client().put('c', '0')).header!.revision;
    for (let i = 1; i <= 4; i++) await client().put('c', String(i));
    await client().call(rpc.KVService.compact, { revision: first + 2 });
    assert.deepEqual(reply(await w.created('c', { startRevision: first + 1 })), [0n, true, false, '']);
    const canceled = await w.next();
    assert.deepEqual(reply(canceled), [0n, false, true, '']);
    assert.deepEqual([canceled.compactRevision, canceled.header!.revision], [first + 2, 0]);
    w.cancel(0n);
    assert.deepEqual(reply(await w.next()), [0n, false, true, '']);

    assert.equal((await w.created('c', { startRevision: first + 2 })).created, true);
    assert.deepEqual(
      brief(await w.next()),
      [2, 3, 4].map((i) => `PUT c=${i}@${first + i}`),
    );
    if (kind.release === '3.4') return;
    await w.created('c', { startRevision: first, watchId: 5n });
    assert.deepEqual(reply(await w.next()), [5n, false, true, '']);
    assert.deepEqual(reply(await w.created('c', { watchId: 5n })), [-1n, true, true, DUPLICATE]);
    w.cancel(5n);
    assert.deepEqual(reply(await w.next()), [5n, false, true, '']);
    assert.deepEqual(reply(await w.created('c', { watchId: 5n })), [5n, true, false, '']);
  });

  it('tells progress when it is asked, and never ahead of what it sent', async () => {
    const empty = probe();
    empty.requestProgress();
    if (kind.release === '3.4') assert.equal((await empty.next()).watchId, -1n);
    else await empty.silent();

    const w = probe();
    await w.created('g');
    w.requestProgress();
    const idle = await w.next();
    assert.deepEqual(
      [idle.watchId, idle.created, idle.canceled, idle.events.length, idle.header!.revision],
      [-1n, false, false, 0, await revision()],
    );

    const ahead = probe();
    await ahead.created('g', { startRevision: (await revision()) + 50 });
    ahead.requestProgress();
    if (kind.release === '3.4') assert.equal((await ahead.next()).watchId, -1n);
    else await ahead.silent();
  });

  it('a half-closed stream goes on', async () => {
    const w = probe();
    await w.created('h');
    w.stream.end();
    const { header } = await client().put('h', '1');
    assert.deepEqual(brief(await w.next()), [`PUT h=1@${header!.revision}`]);
  });

  it('history comes in thousands of revisions', async () => {
    const w = probe();
    const first = (await client().put('n', '0')).header!.revision;
    for (let i = 1; i < 1500; i += 100)
      await Promise.all(Array.from({ length: Math.min(100, 1500 - i) }, () => client().put('n', '')));
    await w.created('n', { startRevision: first });
    const [one, two] = [await w.next(), await w.next()];
    assert.deepEqual([one.events.length, two.events.length], [1000, 500]);
    for (const { header } of [one, two]) assert.equal(header!.revision, first + 1499);
    const revisions = [one, two].flatMap(({ events }) => events.map(({ kv }) => kv!.modRevision));
    assert.deepEqual(
      revisions,
      Array.from({ length: 1500 }, (_, i) => first + i),
    );
  });

  it('cuts what is too large into fragments for those who ask for it', async () => {
    const w = probe();
    const value = 'v'.repeat(450_000);
    const first = (await client().txn({ success: ['x1', 'x2', 'x3'].map((key) => put(key, value)) })).header!
      .revision;
    await client().txn({ success: ['x1', 'x2', 'x3'].map((key) => put(key, value)) });
    const range = { rangeEnd: b('y'), startRevision: first };
    await w.created('x', { ...range, fragment: true });
    const pieces = [await w.next(), await w.next()];
    assert.deepEqual(
      pieces.map(({ events, fragment, watchId }) => [events.length, fragment, watchId]),
      [
        [4, true, 0n],
        [2, false, 0n],
      ],
    );
    await w.created('x', range);
    const whole = await w.next();
    assert.deepEqual([whole.events.length, whole.fragment], [6, false]);
  });
});

describe('Watch: periodic progress', function () {
  this.timeout(30_000);
  const INTERVAL = '300ms';
  const servers: [string, () => Promise<ServerProcess> | undefined][] = [
    ['kvctl serve', () => startKvctl({ args: [`--watch-progress-notify-interval=${INTERVAL}`] })],
    [
      "Debian's etcd",
      () => {
        const path = installed('etcd', 'package etcd-server');
        return path === undefined
          ? undefined
          : startEtcd(path, { args: [`--experimental-watch-progress-notify-interval=${INTERVAL}`] });
      },
    ],
  ];
  for (const [name, start] of servers) {
    it(`${name}: at rest, beside other keys, and not while there is news`, async function () {
      const server = await start();
      if (server === undefined) return this.skip();
      const c = new TestClient(server.endpoint);
      const w = new WatchProbe(c);
      try {
        await w.created('b');
        await w.created('a', { progressNotify: true });
        const idle = await w.next();
        assert.deepEqual([idle.watchId, idle.events.length, idle.header!.revision], [1n, 0, 1]);
        await c.put('other', '');
        let told = await w.next();
        while (told.header!.revision === 1) told = await w.next();
        assert.deepEqual([told.watchId, told.events.length, told.header!.revision], [1n, 0, 2]);

        await c.put('a', '');
        let news = await w.next();
        while (news.events.length === 0) news = await w.next();
        const since = Date.now();
        const after = await w.next();
        assert.deepEqual([after.watchId, after.events.length, after.header!.revision], [1n, 0, 3]);
        // The tick after the event is left out, so the wait is at least an interval.
        assert(Date.now() - since > 290, `after ${Date.now() - since} ms`);
      } finally {
        w.close();
        c.close();
        await server.dispose();
      }
    });
  }
});
