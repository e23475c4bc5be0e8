import assert from 'node:assert/strict';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import type { TestClient } from '../support/grpc-client.ts';
import { inEveryWorld } from '../support/worlds.ts';

const b = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const NUL = b('\0');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const keys = (response: rpc.RangeResponse): string => response.kvs.map((kv) => text(kv.key)).join(' ');
const get = (
  c: TestClient,
  key: string,
  end: string,
  more: Partial<rpc.RangeRequest> = {},
): Promise<rpc.RangeResponse> => c.range(key, { rangeEnd: b(end), ...more });

async function fails(promise: Promise<unknown>, code: number, message: string): Promise<void> {
  await assert.rejects(promise, (error: { code: number; details: string }) => {
    assert.deepEqual([error.code, error.details], [code, message]);
    return true;
  });
}

const ops = {
  put: (key: string, value = '', more: Partial<rpc.PutRequest> = {}): rpc.RequestOp =>
    rpc.RequestOp.create({ requestPut: rpc.PutRequest.create({ key: b(key), value: b(value), ...more }) }),
  get: (key: string, more: Partial<rpc.RangeRequest> = {}): rpc.RequestOp =>
    rpc.RequestOp.create({ requestRange: rpc.RangeRequest.create({ key: b(key), ...more }) }),
  del: (key: string, end = ''): rpc.RequestOp =>
    rpc.RequestOp.create({
      requestDeleteRange: rpc.DeleteRangeRequest.create({ key: b(key), rangeEnd: b(end) }),
    }),
  txn: (request: Partial<rpc.TxnRequest>): rpc.RequestOp =>
    rpc.RequestOp.create({ requestTxn: rpc.TxnRequest.create(request) }),
};
const compare = (fields: Partial<rpc.Compare>): rpc.Compare => rpc.Compare.create(fields);
const { EQUAL, GREATER, LESS, NOT_EQUAL } = rpc.CompareResult;
const DUPLICATE = 'etcdserver: duplicate key given in txn request';
const TOO_MANY = 'etcdserver: too many operations in txn request';

/** One history from a fresh store on; each step says what etcd answers. */
inEveryWorld('KV', (client) => {
  it('an empty store is at revision 1', async () => {
    const empty = await client().range('a');
    assert.deepEqual([empty.header!.revision, empty.count], [1, 0]);
  });

  it('the first put makes revision 2', async () => {
    assert.equal((await client().put('a', '1')).header!.revision, 2);
  });

  it('refuses what makes no sense, and changes nothing', async () => {
    const c = client();
    const noKey = 'etcdserver: key is not provided';
    await fails(c.put('', ''), 3, noKey);
    await fails(c.range(''), 3, noKey);
    await fails(c.del(''), 3, noKey);
    await fails(c.txn({ success: [ops.put('')] }), 3, noKey);
    await fails(c.txn({ compare: [compare({ key: b('') })] }), 3, noKey);
    assert.deepEqual([(await c.del('zz')).header!.revision, (await c.del('zz')).deleted], [2, 0]);
    await fails(c.put('a', 'x', { ignoreValue: true }), 3, 'etcdserver: value is provided');
    await fails(c.put('a', '', { lease: 5n, ignoreLease: true }), 3, 'etcdserver: lease is provided');
    await fails(c.put('nokey', '', { ignoreValue: true }), 3, 'etcdserver: key not found');
    await fails(c.put('a', '', { lease: 77n }), 5, 'etcdserver: requested lease not found');
    await fails(
      c.range('a', { revision: 500 }),
      11,
      'etcdserver: mvcc: required revision is a future revision',
    );
    assert.equal((await c.range('a')).header!.revision, 2);
  });

  it('gives the previous pair when asked', async () => {
    const c = client();
    const updated = await c.put('a', '2', { prevKv: true });
    assert.equal(updated.header!.revision, 3);
    assert.deepEqual(
      [text(updated.prevKv!.value), updated.prevKv!.createRevision, updated.prevKv!.version],
      ['1', 2, 1],
    );
    assert.equal((await c.put('b', '2', { prevKv: true })).prevKv, undefined);
    const kept = await c.put('a', '', { ignoreValue: true, prevKv: true });
    assert.deepEqual([kept.prevKv!.modRevision, kept.prevKv!.version], [3, 2]);
    assert.equal(text((await c.range('a')).kvs[0].value), '2');
  });

  it('limits, counts, filters and sorts', async () => {
    const c = client();
    for (const key of ['c', 'd', 'e']) await c.put(key, key);
    const rows: [Partial<rpc.RangeRequest>, string, boolean, number][] = [
      [{ limit: 2 }, 'a b', true, 5],
      [{ limit: 5 }, 'a b c d e', false, 5],
      [{ limit: 2, countOnly: true }, '', false, 5],
      [{ limit: 1, minModRevision: 6 }, 'c', true, 5],
      [{ maxCreateRevision: 4 }, 'a b', false, 5],
      [{ minModRevision: 7, countOnly: true }, '', false, 5],
      [{ sortTarget: rpc.SortTarget.MOD, sortOrder: rpc.SortOrder.DESCEND, limit: 2 }, 'e d', true, 5],
      [
        { sortTarget: rpc.SortTarget.VALUE, sortOrder: rpc.SortOrder.DESCEND, keysOnly: true, limit: 2 },
        'e d',
        true,
        5,
      ],
      [{ limit: -1 }, 'a b c d e', false, 5],
      [{ revision: -5 }, 'a b c d e', false, 5],
    ];
    for (const [options, expectedKeys, more, count] of rows) {
      const response = await get(c, 'a', 'z', options);
      const label = JSON.stringify(options);
      assert.deepEqual([keys(response), response.more, response.count], [expectedKeys, more, count], label);
      if (options.keysOnly) for (const kv of response.kvs) assert.equal(kv.value.length, 0);
    }
    assert.equal((await get(c, 'd', 'a')).count, 0);
    assert.equal((await get(c, 'd', 'd')).count, 0);
    assert.equal((await c.range('\0', { rangeEnd: NUL })).count, 5);
    assert.equal((await c.range('d', { rangeEnd: NUL })).count, 2);
    const old = await get(c, 'a', 'z', { revision: 3 });
    assert.deepEqual(
      [keys(old), old.kvs[0].modRevision, old.kvs[0].version, old.header!.revision],
      ['a', 3, 2, 8],
    );
  });

  it('deletes ranges in one revision', async () => {
    const c = client();
    const gone = await c.del('d', { rangeEnd: b('f'), prevKv: true });
    assert.deepEqual([gone.header!.revision, gone.deleted], [9, 2]);
    assert.deepEqual(
      gone.prevKvs.map((kv) => text(kv.key)),
      ['d', 'e'],
    );
    const again = await c.del('d', { rangeEnd: b('f') });
    assert.deepEqual([again.header!.revision, again.deleted], [9, 0]);
  });
});

inEveryWorld('Txn', (client) => {
  it('compares numbers of missing keys as 0, and their values never', async () => {
    const c = client();
    await c.put('empty', '');
    const { VERSION, CREATE, MOD, VALUE, LEASE } = rpc.CompareTarget;
    const rows: [Partial<rpc.Compare>, boolean][] = [
      ...[VERSION, CREATE, MOD, LEASE].flatMap((target): [Partial<rpc.Compare>, boolean][] => [
        [{ target, result: EQUAL }, true],
        [{ target, result: GREATER }, false],
        [{ target, result: NOT_EQUAL }, false],
      ]),
      [{ target: VERSION, result: LESS, version: 1 }, true],
      [{ target: VALUE, result: EQUAL, value: b('') }, false],
      [{ target: VALUE, result: NOT_EQUAL, value: b('x') }, false],
      [{ target: VALUE, result: LESS, value: b('x') }, false],
      [{ key: b('empty'), target: VALUE, result: EQUAL }, true],
      [{ key: b('empty'), target: MOD, result: GREATER, version: 99 }, true],
      [{ key: b('empty'), rangeEnd: b('f'), target: CREATE, result: GREATER, createRevision: 0 }, true],
      [{ key: b('x'), rangeEnd: b('z'), target: VERSION, result: EQUAL, version: 0 }, true],
      [{ key: b('x'), rangeEnd: b('z'), target: VALUE, result: NOT_EQUAL, value: b('q') }, false],
      [{ key: b('empty'), target: VERSION, result: 9, version: 7 }, true],
    ];
    for (const [fields, succeeded] of rows) {
      const response = await c.txn({ compare: [compare({ key: b('missing'), ...fields })] });
      assert.equal(
        response.succeeded,
        succeeded,
        JSON.stringify(fields, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
      );
    }
  });

  it('executes in order, in one revision, and sees its own writes', async () => {
    const c = client();
    await c.put('t2', 'x');
    const before = (await c.range('t2')).header!.revision;
    const { header, responses } = await c.txn({
      success: [ops.put('t1', '1'), ops.get('t1'), ops.del('t2'), ops.get('t1', { revision: 1 })],
    });
    assert.equal(header!.revision, before + 1);
    assert.equal(responses[0].responsePut!.header!.revision, before + 1);
    assert.equal(responses[0].responsePut!.header!.clusterId, 0n);
    assert.equal(text(responses[1].responseRange!.kvs[0].value), '1');
    assert.equal(responses[2].responseDeleteRange!.deleted, 1);
    assert.equal(responses[3].responseRange!.count, 0);
  });

  it('knows its duplicates', async () => {
    const c = client();
    const bad: rpc.RequestOp[][] = [
      [ops.put('d'), ops.put('d')],
      [ops.put('d'), ops.del('d')],
      [ops.del('a', 'e'), ops.put('d')],
      [ops.put('d'), ops.txn({ success: [ops.put('d')] })],
      [ops.txn({ success: [ops.del('w')] }), ops.txn({ success: [ops.put('w')] })],
    ];
    for (const success of bad) await fails(c.txn({ success }), 3, DUPLICATE);
    await fails(c.txn({ failure: bad[0] }), 3, DUPLICATE);
    const good: Partial<rpc.TxnRequest>[] = [
      { success: [ops.del('a', 'd'), ops.put('d')] },
      { success: [ops.put('d')], failure: [ops.put('d')] },
      { success: [ops.txn({ success: [ops.put('d')], failure: [ops.put('d')] })] },
      { success: [ops.txn({ success: [ops.put('w')] }), ops.txn({ success: [ops.del('w')] })] },
    ];
    for (const request of good) assert.equal((await c.txn(request)).succeeded, true);
  });

  it('deletes to the end of all keys beside a put of one of them: a new generation in one revision', async () => {
    const c = client();
    await c.put('zz', '1');
    const { header, responses } = await c.txn({ success: [ops.del('zz', '\0'), ops.put('zz', '2')] });
    assert.equal(responses[0].responseDeleteRange!.deleted, 1);
    const [pair] = (await c.range('zz')).kvs;
    assert.deepEqual(
      [pair.createRevision, pair.modRevision, pair.version],
      [header!.revision, header!.revision, 1],
    );
  });

  it('is all or nothing', async () => {
    const c = client();
    const at = (await c.range('q1')).header!.revision;
    await fails(
      c.txn({ success: [ops.put('q1'), ops.put('q2', '', { lease: 999n })] }),
      5,
      'etcdserver: requested lease not found',
    );
    await fails(
      c.txn({ success: [ops.put('q1'), ops.put('zz9', '', { ignoreValue: true })] }),
      3,
      'etcdserver: key not found',
    );
    await fails(
      c.txn({ success: [ops.put('q1'), ops.get('q1', { revision: at + 1 })] }),
      11,
      'etcdserver: mvcc: required revision is a future revision',
    );
    await fails(c.txn({ success: [rpc.RequestOp.create()] }), 3, 'etcdserver: key not found');
    assert.deepEqual([(await c.range('q1')).count, (await c.range('q1')).header!.revision], [0, at]);
  });

  it('counts operations per list and per level', async () => {
    const c = client();
    const puts = (n: number, prefix = 'm'): rpc.RequestOp[] =>
      Array.from({ length: n }, (_, i) => ops.put(`${prefix}${i}`));
    const compares = (n: number): rpc.Compare[] =>
      Array.from({ length: n }, () => compare({ key: b('nope') }));
    assert.equal((await c.txn({ success: puts(128) })).succeeded, true);
    await fails(c.txn({ success: puts(129) }), 3, TOO_MANY);
    await fails(c.txn({ compare: compares(129) }), 3, TOO_MANY);
    await c.txn({ compare: compares(128), success: puts(128), failure: puts(128) });
    await c.txn({ success: [...puts(126), ops.txn({ success: puts(1, 'n') })] });
    await fails(c.txn({ success: [...puts(126), ops.txn({ success: puts(2, 'n') })] }), 3, TOO_MANY);
    await c.txn({ success: [ops.txn({ success: puts(127) })] });
    await fails(c.txn({ success: [ops.txn({ success: puts(128) })] }), 3, TOO_MANY);
  });
});

inEveryWorld('Compact', (client) => {
  it('knows its limits', async () => {
    const c = client();
    const compacted = 'etcdserver: mvcc: required revision has been compacted';
    const compact = (revision: number): Promise<rpc.CompactionResponse> =>
      c.call(rpc.KVService.compact, { revision, physical: true });
    for (let i = 0; i < 9; i++) await c.put('f', String(i));
    assert.equal((await compact(8)).header!.revision, 10);
    await fails(compact(8), 11, compacted);
    await fails(compact(15), 11, 'etcdserver: mvcc: required revision is a future revision');
    await fails(compact(0), 11, compacted);
    await fails(compact(-3), 11, compacted);
    await fails(c.range('f', { revision: 7 }), 11, compacted);
    assert.equal(text((await c.range('f', { revision: 8 })).kvs[0].value), '6');
  });
});

inEveryWorld('HashKV', (client, kind) => {
  it('of one history is the same everywhere', async () => {
    const c = client();
    await c.put('a', '1');
    await c.put('b', '');
    await c.put('a', '2');
    await c.del('a', { rangeEnd: b('c') });
    await c.put('a', '3');
    await c.put('z', '9');
    const hash = (revision: number): Promise<rpc.HashKVResponse> =>
      c.call(rpc.MaintenanceService.hashKV, { revision });
    const rows: [number, number][] = [
      [0, 3898896953],
      [5, 2987953942],
      [4, 1543627925],
      [1, 1084519789],
    ];
    for (const [revision, value] of rows) assert.equal((await hash(revision)).hash, value, `at ${revision}`);
    await c.call(rpc.KVService.compact, { revision: 5, physical: true });
    assert.equal((await hash(0)).hash, 1664506585);
    assert.equal((await hash(6)).hash, 2639356955);
    await fails(hash(4), 11, 'etcdserver: mvcc: required revision has been compacted');
    if (kind.release !== '3.4') assert.equal((await hash(5)).hash, 2987953942);
  });
});
