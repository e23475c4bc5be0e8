/** Conformance vectors: requests and replies observed on a real etcd. */
import assert from 'node:assert/strict';
import { KvError } from '../../../src/core/mvcc/errors.ts';
import { runToEnd } from '../../../src/core/mvcc/steps.ts';
import type { Store } from '../../../src/core/mvcc/store.ts';
import {
  checkDeleteRange,
  checkPut,
  checkRange,
  checkTxn,
  executeDeleteRange,
  executePut,
  executeRange,
  executeReadOnlyTxn,
  executeTxn,
  isReadOnly,
  isSerializable,
} from '../../../src/core/mvcc/txn.ts';
import type { WriteTxn } from '../../../src/core/mvcc/write-txn.ts';
import {
  Compare,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  type RequestOp,
  TxnRequest,
} from '../../../src/core/wire/gen/rpc.ts';
import type { StoredTxnResponse } from '../../../src/core/wire/gen/stored.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';
import { rowOf } from './twin.ts';
import { openWorld, type World } from './world.ts';

const MAX_OPS = 128;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const putRequest = (key: string, value = '', o: Partial<PutRequest> = {}) =>
  PutRequest.create({ key: bytes(key), value: bytes(value), ...o });
const getRequest = (key: string, end = '', o: Partial<RangeRequest> = {}) =>
  RangeRequest.create({ key: bytes(key), rangeEnd: bytes(end), ...o });
const deleteRequest = (key: string, end = '', o: Partial<DeleteRangeRequest> = {}) =>
  DeleteRangeRequest.create({ key: bytes(key), rangeEnd: bytes(end), ...o });

const P = (key: string, value = '', o: Partial<PutRequest> = {}): RequestOp => ({
  requestPut: putRequest(key, value, o),
});
const G = (key: string, end = '', o: Partial<RangeRequest> = {}): RequestOp => ({
  requestRange: getRequest(key, end, o),
});
const D = (key: string, end = '', o: Partial<DeleteRangeRequest> = {}): RequestOp => ({
  requestDeleteRange: deleteRequest(key, end, o),
});
const N = (success: RequestOp[], failure: RequestOp[] = [], compare: Compare[] = []): RequestOp => ({
  requestTxn: TxnRequest.create({ compare, success, failure }),
});

const [VERSION, CREATE, MOD, VALUE, LEASE] = [0, 1, 2, 3, 4];
const [EQUAL, GREATER, LESS, NOT_EQUAL] = [0, 1, 2, 3];
const C = (key: string, target: number, result: number, union: Partial<Compare> = {}, end = ''): Compare =>
  Compare.create({ key: bytes(key), target, result, rangeEnd: bytes(end), ...union });

let world: World;
let store: Store;

function fresh(): void {
  world = openWorld(new MemoryBackend(), [7n]);
  store = world.store;
}

function write<T>(execute: (txn: WriteTxn) => T): T {
  const txn = store.beginWrite();
  const answer = execute(txn);
  txn.end();
  return answer;
}

function put(key: string, value = '', o: Partial<PutRequest> = {}): string {
  const request = putRequest(key, value, o);
  checkPut(request);
  const { header, prevKv } = write((txn) => executePut(txn, request));
  return `rev ${header!.revision}${prevKv ? ` prev ${show(prevKv)}` : ''}`;
}

function get(key: string, end = '', o: Partial<RangeRequest> = {}): string {
  const request = getRequest(key, end, o);
  checkRange(request);
  const { header, kvs, more, count } = executeRange(store, request);
  return `rev ${header!.revision} count ${count}${more ? ' more' : ''}: ${kvs.map((kv) => rowOf(kv).key).join(' ')}`;
}

function del(key: string, end = '', o: Partial<DeleteRangeRequest> = {}): string {
  const request = deleteRequest(key, end, o);
  checkDeleteRange(request);
  const { header, deleted, prevKvs } = write((txn) => executeDeleteRange(txn, request));
  return `rev ${header!.revision} deleted ${deleted}${prevKvs.length ? ` prev ${prevKvs.map((kv) => rowOf(kv).key).join(' ')}` : ''}`;
}

function show(pair: Uint8Array): string {
  const { key, create, mod, version, value, lease } = rowOf(pair);
  return `${key} create ${create} mod ${mod} version ${version} "${value}"${lease ? ` lease ${lease}` : ''}`;
}

function txn(success: RequestOp[], failure: RequestOp[] = [], compare: Compare[] = []): StoredTxnResponse {
  const request = TxnRequest.create({ compare, success, failure });
  checkTxn(request, MAX_OPS);
  return isReadOnly(request) ? executeReadOnlyTxn(store, request) : write((txn) => executeTxn(txn, request));
}

function brief(response: StoredTxnResponse): string {
  const parts = response.responses.map((op) => {
    if (op.responseRange) {
      const { header, kvs } = op.responseRange;
      return `get@${header!.revision}(${kvs.map((kv) => rowOf(kv).key).join(' ')})`;
    }
    if (op.responsePut) return `put@${op.responsePut.header!.revision}`;
    if (op.responseDeleteRange)
      return `deleted@${op.responseDeleteRange.header!.revision}(${op.responseDeleteRange.deleted})`;
    return `[${brief(op.responseTxn!)}]`;
  });
  return `${response.header!.revision} ${response.succeeded ? 'then' : 'else'} ${parts.join(' ')}`.trim();
}

const fails = (run: () => unknown, code: string): void =>
  assert.throws(run, (error) => error instanceof KvError && error.code === code);

describe('mvcc vectors: puts, ranges, deletions', () => {
  it('answers as etcd does', () => {
    fresh();
    assert.equal(get('a'), 'rev 1 count 0: ');
    assert.equal(put('a', '1'), 'rev 2');
    fails(() => put(''), 'EmptyKey');
    fails(() => get(''), 'EmptyKey');
    fails(() => del(''), 'EmptyKey');
    fails(() => txn([], [], [C('', VERSION, EQUAL)]), 'EmptyKey');
    assert.equal(del('zz'), 'rev 2 deleted 0');
    fails(() => put('a', 'x', { ignoreValue: true }), 'ValueProvided');
    fails(() => put('a', '', { lease: 5n, ignoreLease: true }), 'LeaseProvided');
    fails(() => put('nokey', '', { ignoreValue: true }), 'KeyNotFound');
    fails(() => put('a', '', { lease: 77n }), 'LeaseNotFound');
    assert.equal(put('a', '2', { prevKv: true }), 'rev 3 prev a create 2 mod 2 version 1 "1"');
    assert.equal(put('b', '2', { prevKv: true }), 'rev 4');
    assert.equal(
      put('a', '', { ignoreValue: true, prevKv: true }),
      'rev 5 prev a create 2 mod 3 version 2 "2"',
    );
    assert.equal(put('c', '3'), 'rev 6');
    assert.equal(put('d', '4'), 'rev 7');
    assert.equal(put('e', '5'), 'rev 8');

    const table: [string, Parameters<typeof get>, string][] = [
      ['limit', ['a', 'z', { limit: 2 }], 'count 5 more: a b'],
      ['limit of all', ['a', 'z', { limit: 5 }], 'count 5: a b c d e'],
      ['count_only', ['a', 'z', { limit: 2, countOnly: true }], 'count 5: '],
      ['min_mod and limit', ['a', 'z', { limit: 1, minModRevision: 6 }], 'count 5 more: c'],
      ['max_create', ['a', 'z', { maxCreateRevision: 4 }], 'count 5: a b'],
      ['filter and count_only', ['a', 'z', { minModRevision: 7, countOnly: true }], 'count 5: '],
      ['sort by mod', ['a', 'z', { sortTarget: 3, sortOrder: 2, limit: 2 }], 'count 5 more: e d'],
      [
        'sort by value',
        ['a', 'z', { sortTarget: 4, sortOrder: 2, keysOnly: true, limit: 2 }],
        'count 5 more: e d',
      ],
      ['inverted', ['d', 'a'], 'count 0: '],
      ['empty', ['d', 'd'], 'count 0: '],
      ['everything', ['\0', '\0'], 'count 5: a b c d e'],
      ['to the end', ['d', '\0'], 'count 2: d e'],
      ['old revision', ['a', 'z', { revision: 3 }], 'count 1: a'],
      ['negative revision', ['a', 'z', { revision: -5 }], 'count 5: a b c d e'],
      ['negative limit', ['a', 'z', { limit: -1 }], 'count 5: a b c d e'],
    ];
    for (const [name, args, expected] of table) assert.equal(get(...args), `rev 8 ${expected}`, name);
    assert.equal(
      show(executeRange(store, getRequest('a', '', { revision: 3 })).kvs[0]),
      'a create 2 mod 3 version 2 "2"',
    );
    assert.equal(
      rowOf(executeRange(store, getRequest('a', 'z', { keysOnly: true, sortTarget: 4, sortOrder: 2 })).kvs[0])
        .value,
      '',
    );
    fails(() => get('a', '', { revision: 500 }), 'FutureRev');
    fails(() => get('a', '', { sortOrder: 3 }), 'InvalidSortOption');
    fails(() => get('a', '', { sortTarget: 5 }), 'InvalidSortOption');
    assert.equal(del('d', 'f', { prevKv: true }), 'rev 9 deleted 2 prev d e');
    assert.equal(del('d', 'f', { prevKv: true }), 'rev 9 deleted 0');
  });

  it('a target without an order sorts the first limit + 1 keys only', () => {
    fresh();
    put('s3');
    put('s2');
    put('s1');
    assert.equal(get('s1', 't', { sortTarget: MOD + 1, limit: 1 }), 'rev 4 count 3 more: s2');
    assert.equal(get('s1', 't', { sortTarget: MOD + 1, sortOrder: 1, limit: 1 }), 'rev 4 count 3 more: s3');
  });

  it('reads long ranges at an old revision in slices, untouched by later writes', () => {
    fresh();
    const n = 120_000;
    const key = (i: number): string => `k${String(i).padStart(6, '0')}`;
    write((txn) => {
      for (let i = 0; i < n; i++) txn.put({ key: bytes(key(i)), value: bytes(''), lease: 0n });
    });
    write((txn) => {
      for (let i = 0; i < n; i += 2) txn.deleteRange(bytes(key(i)));
    });
    const at = { key: bytes('k'), rangeEnd: bytes('l'), revision: 2 };
    assert.equal(store.range({ ...at, countOnly: true }).count, n);
    assert.equal(store.range({ ...at, revision: 3, countOnly: true }).count, n / 2);
    assert.equal(store.range({ ...at, limit: 10 }).count, n);
    const counting = store.rangeSliced({ ...at, countOnly: true });
    const reading = store.rangeSliced(at);
    let steps = 0;
    while (!reading.step()) {
      counting.step();
      if (++steps % 10 === 0) del(key(1 + 2 * steps));
    }
    assert.ok(steps > n / 1001);
    assert.equal(runToEnd(counting).count, n);
    assert.deepEqual([reading.result.kvs.length, reading.result.count, reading.result.more], [n, n, false]);
    const cursor = store.openRange(at);
    assert.equal(cursor.remaining(), n);
    const doomed = store.rangeSliced(at);
    doomed.step();
    runToEnd(store.compact(store.currentRevision));
    fails(() => runToEnd(doomed), 'Compacted');
    fails(() => cursor.next(1), 'Compacted');
  });

  it('keys_only shows the lease only when values had to be read', () => {
    fresh();
    put('l', 'v', { lease: 7n });
    put('l', 'w', { lease: 7n });
    const shown = (o: Partial<RangeRequest>): string =>
      show(executeRange(store, getRequest('l', '', { keysOnly: true, ...o })).kvs[0]);
    assert.equal(shown({}), 'l create 2 mod 3 version 2 ""');
    assert.equal(shown({ revision: 2 }), 'l create 2 mod 2 version 1 ""');
    assert.equal(shown({ sortTarget: 3, sortOrder: 1 }), 'l create 2 mod 3 version 2 ""');
    assert.equal(shown({ sortTarget: 4 }), 'l create 2 mod 3 version 2 "" lease 7');
  });

  it('moves a key between leases', () => {
    fresh();
    world.leases.granted.add(8n);
    const attached = (): [string, bigint][] => [...world.leases.attached];
    put('a', '', { lease: 7n });
    assert.deepEqual(attached(), [['a', 7n]]);
    put('a', '', { lease: 8n });
    assert.deepEqual(attached(), [['a', 8n]]);
    put('a', 'x', { ignoreLease: true });
    assert.deepEqual(attached(), [['a', 8n]]);
    assert.equal(show(executeRange(store, getRequest('a')).kvs[0]), 'a create 2 mod 4 version 3 "x" lease 8');
    put('a');
    assert.deepEqual(attached(), []);
    put('a', '', { lease: 8n });
    del('a');
    assert.deepEqual(attached(), []);
  });
});

describe('mvcc vectors: transactions', () => {
  it('compares', () => {
    fresh();
    put('k1', '1');
    put('k2', '2');
    put('empty', '');
    const yes = (compare: Compare): boolean => txn([], [], [compare]).succeeded;
    for (const target of [VERSION, CREATE, MOD, LEASE]) {
      const one = [{ version: 1 }, { createRevision: 1 }, { modRevision: 1 }, {}, { lease: 1n }][target];
      assert.equal(yes(C('no', target, EQUAL)), true);
      assert.equal(yes(C('no', target, GREATER)), false);
      assert.equal(yes(C('no', target, LESS, one)), true);
      assert.equal(yes(C('no', target, NOT_EQUAL)), false);
    }
    assert.equal(yes(C('no', VALUE, EQUAL, { value: bytes('') })), false);
    assert.equal(yes(C('no', VALUE, NOT_EQUAL, { value: bytes('x') })), false);
    assert.equal(yes(C('no', VALUE, LESS, { value: bytes('x') })), false);
    assert.equal(yes(C('empty', VALUE, EQUAL)), true);
    assert.equal(yes(C('k1', MOD, GREATER, { version: 99 })), true);
    assert.equal(yes(C('k', CREATE, GREATER, { createRevision: 0 }, 'l')), true);
    assert.equal(yes(C('k', CREATE, EQUAL, { createRevision: 2 }, 'l')), false);
    assert.equal(yes(C('x', VERSION, EQUAL, {}, 'y')), true);
    assert.equal(yes(C('x', VALUE, NOT_EQUAL, { value: bytes('q') }, 'y')), false);
    assert.equal(yes(C('k1', VERSION, 9)), true);
    assert.equal(yes(C('k1', 9, EQUAL)), true);
    assert.equal(yes(C('k1', 9, GREATER)), false);
    assert.equal(brief(txn([])), '4 then');
  });

  it('executes in order under one revision', () => {
    fresh();
    put('k1');
    assert.equal(
      brief(txn([P('t1'), G('t1'), D('t2'), G('t1', '', { revision: 1 })])),
      '3 then put@3 get@3(t1) deleted@3(0) get@3()',
    );
    assert.equal(
      brief(txn([P('u1'), P('u2'), G('u', 'v'), D('k1'), G('k', 'l')])),
      '4 then put@4 put@4 get@4(u1 u2) deleted@4(1) get@4()',
    );
    assert.equal(brief(txn([G('u1'), D('nothing')])), '4 then get@4(u1) deleted@4(0)');
    assert.equal(brief(txn([D('u', 'v'), D('u1')])), '5 then deleted@5(2) deleted@5(0)');
    assert.equal(brief(txn([N([P('w')]), N([D('w')])])), '6 then [0 then put@6] [0 then deleted@6(1)]');
    assert.equal(
      brief(txn([P('n1'), N([P('yes')], [P('no')], [C('n1', VERSION, GREATER)])])),
      '7 then put@7 [0 else put@7]',
    );
  });

  it('a deletion open to the right is not seen to overlap', () => {
    fresh();
    put('d', 'old');
    put('e');
    assert.equal(brief(txn([D('a', '\0'), P('d', 'new')])), '4 then deleted@4(2) put@4');
    assert.equal(show(executeRange(store, getRequest('d')).kvs[0]), 'd create 4 mod 4 version 1 "new"');
    const changes = store.changes(4, 4, 10);
    assert.deepEqual(
      changes.map(({ type, key, sub, created }) => ({ type, key, sub, created })),
      [
        { type: 1, key: 'd', sub: 0, created: false },
        { type: 1, key: 'e', sub: 1, created: false },
        { type: 0, key: 'd', sub: 2, created: true },
      ],
    );
    assert.equal(brief(txn([D('a', '\0'), P('d', '', { ignoreValue: true })])), '5 then deleted@5(1) put@5');
    assert.equal(show(executeRange(store, getRequest('d')).kvs[0]), 'd create 5 mod 5 version 1 ""');
  });

  it('refuses double changes', () => {
    fresh();
    const refused: RequestOp[][] = [
      [P('d'), P('d')],
      [P('d'), D('d')],
      [D('d'), P('d')],
      [D('a', 'e'), P('d')],
      [P('d'), N([P('d')])],
      [P('d'), N([], [P('d')])],
      [D('a', 'e'), N([P('d')])],
      [N([D('w')]), N([P('w')])],
      [N([D('w')]), P('w')],
      [N([P('w')]), N([], [P('w')])],
      [N([N([P('w')])]), N([P('w')])],
    ];
    for (const ops of refused) {
      fails(() => txn(ops), 'DuplicateKey');
      fails(() => txn([], ops), 'DuplicateKey');
      fails(() => txn([N(ops)]), 'DuplicateKey');
    }
    const accepted: RequestOp[][] = [
      [D('a', 'd'), P('d')],
      [D('a', 'e'), D('d')],
      [N([P('d')], [P('d')])],
      [N([P('w')]), N([D('w')])],
      [G('d'), P('d'), G('d')],
      [D('z', 'a'), P('d')],
    ];
    for (const ops of accepted) checkTxn(TxnRequest.create({ success: ops }), MAX_OPS);
    checkTxn(TxnRequest.create({ success: [P('d')], failure: [P('d')] }), MAX_OPS);
  });

  it('checks before the first change, in the order of the operations', () => {
    fresh();
    put('k');
    const future = G('k', '', { revision: 3 });
    const noLease = P('a', '', { lease: 99n });
    const noKey = P('b', '', { ignoreValue: true });
    const table: [RequestOp[], string][] = [
      [[{}], 'KeyNotFound'],
      [[P('q1'), noLease], 'LeaseNotFound'],
      [[P('q1'), noKey], 'KeyNotFound'],
      [[P('q1'), future], 'FutureRev'],
      [[future, noLease], 'FutureRev'],
      [[noLease, future], 'LeaseNotFound'],
      [[noKey, noLease], 'KeyNotFound'],
      [[N([noLease]), future], 'LeaseNotFound'],
      [[future, N([noLease])], 'FutureRev'],
      [[P('b', '', { ignoreValue: true, lease: 99n })], 'LeaseNotFound'],
      [[G('k', '', { revision: -2 })], 'Compacted'],
    ];
    for (const [ops, code] of table) fails(() => txn(ops), code);
    assert.equal(store.currentRevision, 2);
    assert.equal(get('\0', '\0'), 'rev 2 count 1: k');
    assert.equal(brief(txn([G('k', '', { revision: -1 })])), '2 then get@2(k)');
  });

  it('limits operations', () => {
    fresh();
    const ops = (n: number): RequestOp[] => Array.from({ length: n }, (_, i) => P(`k${i}`));
    const compares = (n: number): Compare[] => Array.from({ length: n }, () => C('k', VERSION, EQUAL));
    const check = (success: RequestOp[], failure: RequestOp[] = [], compare: Compare[] = []): void =>
      checkTxn(TxnRequest.create({ success, failure, compare }), MAX_OPS);
    check(ops(128));
    fails(() => check(ops(129)), 'TooManyOps');
    fails(() => check([], [], compares(129)), 'TooManyOps');
    check(ops(128), ops(128), compares(128));
    check([...ops(126), N([G('x')])]);
    fails(() => check([...ops(126), N([G('x'), G('x')])]), 'TooManyOps');
    check([N(ops(127))]);
    fails(() => check([N(ops(128))]), 'TooManyOps');
    check([N(ops(126)), N(Array.from({ length: 126 }, (_, i) => P(`other${i}`)))]);
  });

  it('tells reads from writes', () => {
    const is = (success: RequestOp[], failure: RequestOp[] = []): [boolean, boolean] => {
      const request = TxnRequest.create({ success, failure });
      return [isReadOnly(request), isSerializable(request)];
    };
    const local = G('a', '', { serializable: true });
    assert.deepEqual(is([]), [true, true]);
    assert.deepEqual(is([local], [local]), [true, true]);
    assert.deepEqual(is([local], [G('a')]), [true, false]);
    assert.deepEqual(is([local], [P('a')]), [false, false]);
    assert.deepEqual(is([N([local])]), [false, false]);
    assert.deepEqual(is([D('a')])[0], false);
  });
});

describe('mvcc vectors: compaction', () => {
  const compact = (revision: number): void => runToEnd(store.compact(revision));

  it('checks revisions', () => {
    fresh();
    compact(0);
    fails(() => compact(0), 'Compacted');
    compact(1);
    for (let i = 2; i <= 10; i++) put('f', String(i));
    compact(8);
    assert.equal(store.currentRevision, 10);
    fails(() => compact(8), 'Compacted');
    fails(() => compact(15), 'FutureRev');
    fails(() => compact(0), 'Compacted');
    fails(() => compact(-3), 'Compacted');
    fails(() => get('f', '', { revision: 7 }), 'Compacted');
    assert.equal(get('f', '', { revision: 8 }), 'rev 10 count 1: f');
    fails(() => txn([G('f', '', { revision: -1 })]), 'Compacted');
  });

  const kept: [number, string][] = [
    [2, '2 3 5t 8'],
    [3, '3 5t 8'],
    [4, '3 5t 8'],
    [5, '5t 8'],
    [6, '8'],
    [7, '8'],
    [9, '8'],
  ];
  for (const [revision, expected] of kept) {
    it(`keeps ${expected} at ${revision}`, async () => {
      fresh();
      put('a');
      put('a');
      put('b');
      del('a');
      put('b');
      put('b');
      put('a');
      put('b');
      compact(revision);
      const stored = (): string =>
        store
          .changes(0, 100, 100)
          .filter(({ key }) => key === 'a')
          .map(({ revision, type }) => `${revision}${type === 1 ? 't' : ''}`)
          .join(' ');
      assert.equal(stored(), expected);
      await world.buffer.flush();
      assert.equal(stored(), expected);
    });
  }

  it('fails reads from the moment it is scheduled, and resumes after a crash', async () => {
    const backend = new MemoryBackend();
    world = openWorld(backend);
    store = world.store;
    for (let i = 0; i < 3000; i++) put(`k${i % 10}`, String(i));
    const work = store.compact(2900);
    fails(() => get('k1', '', { revision: 2899 }), 'Compacted');
    work.step();
    await world.buffer.flush();
    world = openWorld(backend.crash());
    store = world.store;
    assert.equal(store.compactRevision, 2900);
    fails(() => get('k1', '', { revision: 2899 }), 'Compacted');
    fails(() => compact(2900), 'Compacted');
    runToEnd(store.unfinishedCompaction()!);
    assert.equal(store.unfinishedCompaction(), undefined);
    await world.buffer.flush();
    const left = world.buffer.backend.scan({ bucket: 'key', limit: 10_000 });
    assert.equal(left.length, 101 + 10);
  });

  it('holds the revision of a compaction that is above all that is stored', async () => {
    const backend = new MemoryBackend();
    world = openWorld(backend);
    store = world.store;
    put('a');
    del('a');
    compact(3);
    put('b');
    del('b');
    compact(5);
    await world.buffer.flush();
    world = openWorld(backend.crash());
    assert.equal(world.store.currentRevision, 5);
    assert.equal(world.store.keyCount, 0);
  });
});

describe('mvcc vectors: HashKV', () => {
  const hash = (revision: number): string => {
    const { hash, compactRevision } = runToEnd(store.hashKV(revision));
    return `${hash} ${compactRevision}`;
  };
  const compact = (revision: number): void => runToEnd(store.compact(revision));

  it('hashes as etcd does', async () => {
    const backend = new MemoryBackend();
    world = openWorld(backend);
    store = world.store;
    put('a', '1');
    put('b', '');
    put('a', '2');
    del('a', 'c');
    put('a', '3');
    put('z', '9');
    assert.equal(hash(0), '3898896953 -1');
    assert.equal(hash(5), '2987953942 -1');
    assert.equal(hash(4), '1543627925 -1');
    assert.equal(hash(1), '1084519789 -1');
    assert.equal(hash(-7), '1084519789 -1');
    fails(() => hash(8), 'FutureRev');
    compact(5);
    assert.equal(hash(0), '1664506585 5');
    assert.equal(hash(6), '2639356955 5');
    assert.equal(hash(5), '2987953942 -1');
    fails(() => hash(4), 'Compacted');
    put('a', '4');
    put('a', '5');
    compact(8);
    assert.equal(hash(0), '1657723359 8');
    assert.equal(hash(8), '945964533 5');
    await world.buffer.flush();
    world = openWorld(backend.crash());
    store = world.store;
    assert.equal(hash(0), '1657723359 8');
    assert.equal(hash(8), '4274353609 8');
    fails(() => hash(5), 'Compacted');
  });

  it('remembers the hashes of ten compactions', () => {
    fresh();
    for (let i = 0; i < 12; i++) {
      put('a', String(i));
      compact(store.currentRevision);
    }
    assert.deepEqual(
      store.compactionHashes.map(({ revision }) => revision),
      [4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    );
  });

  it('begins again when a compaction is scheduled meanwhile', () => {
    fresh();
    for (let i = 0; i < 2500; i++) put(`k${i % 7}`, String(i));
    const at = store.currentRevision;
    const work = store.hashKV(at);
    assert.equal(work.step(), false);
    compact(at - 3);
    const { hash: found, compactRevision } = runToEnd(work);
    assert.equal(`${found} ${compactRevision}`, hash(at));
    for (let i = 0; i < 2500; i++) put(`k${i % 7}`, String(i));
    const late = store.hashKV(0);
    assert.equal(late.step(), false);
    put('x');
    compact(store.currentRevision);
    fails(() => runToEnd(late), 'Compacted');
  });
});
