import assert from 'node:assert/strict';
import { BulkWriter, ConflictError, type ExistingKeys } from '../../../../src/client/walk/bulk.ts';
import { KeyValue } from '../../../../src/core/wire/gen/kv.ts';
import {
  RangeResponse,
  ResponseOp,
  type TxnRequest,
  TxnResponse,
} from '../../../../src/core/wire/gen/rpc.ts';
import { bytes, latin1 } from './keys-in-memory.ts';

/** Does what BulkWriter asks for: absence of all keys compared, puts, ranges of one key. */
class Store {
  readonly values: Map<string, string>;
  readonly sizes: number[] = [];

  constructor(contents: Readonly<Record<string, string>> = {}) {
    this.values = new Map(Object.entries(contents));
  }

  readonly transact = async (request: Partial<TxnRequest>): Promise<TxnResponse> => {
    const { compare = [], success = [], failure = [] } = request;
    const succeeded = compare.every(({ key }) => !this.values.has(latin1(key)));
    const chosen = succeeded ? success : failure;
    this.sizes.push(success.length);
    const responses = chosen.map(({ requestPut, requestRange }) => {
      if (requestPut !== undefined) this.values.set(latin1(requestPut.key), latin1(requestPut.value));
      if (requestRange === undefined) return ResponseOp.create();
      const value = this.values.get(latin1(requestRange.key));
      const kvs =
        value === undefined ? [] : [KeyValue.create({ key: requestRange.key, value: bytes(value) })];
      return ResponseOp.create({ responseRange: RangeResponse.create({ kvs }) });
    });
    return TxnResponse.create({ succeeded, responses });
  };
}

const writer = (
  store: Store,
  existing: ExistingKeys,
  more: { maxOperations?: number; dryRun?: boolean } = {},
) => new BulkWriter({ existing, maxOperations: 3, dryRun: false, transact: store.transact, ...more });

async function putAll(bulk: BulkWriter, contents: readonly (readonly [string, string])[]): Promise<void> {
  for (const [key, value] of contents) await bulk.put({ key: bytes(key), value: bytes(value), lease: 0n });
  await bulk.flush();
}

const NEW = [
  ['a', '1'],
  ['b', '2'],
  ['c', '3'],
  ['d', '4'],
] as const;
const ALL = Object.fromEntries(NEW);

describe('many puts', () => {
  it('are as few transactions as may be', async () => {
    const store = new Store();
    const bulk = writer(store, 'refuse');
    await putAll(bulk, NEW);
    assert.deepEqual(Object.fromEntries(store.values), ALL);
    assert.deepEqual(store.sizes, [3, 1]);
    assert.deepEqual(bulk.totals, { written: 4, writtenBytes: 8, unchanged: 0, skipped: 0, transactions: 2 });
  });

  it('stay below a size', async () => {
    const store = new Store();
    const large = 'x'.repeat(600_000);
    await putAll(writer(store, 'refuse'), [
      ['a', large],
      ['b', large],
      ['c', 'x'.repeat(1_400_000)],
      ['d', ''],
    ]);
    assert.deepEqual(store.sizes, [1, 1, 1, 1]);
  });

  it('of one key twice are two transactions', async () => {
    const store = new Store();
    await putAll(writer(store, 'overwrite'), [
      ['a', '1'],
      ['a', '2'],
    ]);
    assert.deepEqual(store.sizes, [1, 1]);
    assert.equal(store.values.get('a'), '2');
  });

  it('refuse a key with another value before any of its transaction is done', async () => {
    const store = new Store({ d: 'other', e: '5', f: 'other' });
    const bulk = writer(store, 'refuse');
    const conflict = putAll(bulk, [...NEW, ['e', '5'], ['f', '6']]);
    await assert.rejects(conflict, (error: ConflictError) => {
      assert.ok(error instanceof ConflictError);
      assert.deepEqual(error.keys.map(latin1), ['d', 'f']);
      return true;
    });
    assert.equal(bulk.totals.written, 3);
    assert.equal(store.values.get('d'), 'other');
  });

  const CHOICES: readonly (readonly [ExistingKeys, Record<string, string>, Partial<BulkWriter['totals']>])[] =
    [
      ['refuse', { b: '2' }, { written: 3, unchanged: 1, skipped: 0 }],
      ['skip', { b: 'other' }, { written: 3, unchanged: 0, skipped: 1 }],
      ['overwrite', { b: 'other' }, { written: 4, unchanged: 0, skipped: 0 }],
    ];
  for (const [existing, before, expected] of CHOICES) {
    it(`${existing}: keys that are there`, async () => {
      const store = new Store(before);
      const bulk = writer(store, existing);
      await putAll(bulk, NEW);
      const { written, unchanged, skipped } = bulk.totals;
      assert.deepEqual({ written, unchanged, skipped }, expected);
      const after = existing === 'skip' ? { ...ALL, ...before } : ALL;
      assert.deepEqual(Object.fromEntries([...store.values].sort()), after);
    });

    it(`${existing}: a dry run tells the same, and writes nothing`, async () => {
      const store = new Store(before);
      const bulk = writer(store, existing, { dryRun: true });
      await putAll(bulk, NEW);
      const { written, unchanged, skipped } = bulk.totals;
      assert.deepEqual({ written, unchanged, skipped }, expected);
      assert.deepEqual(Object.fromEntries(store.values), before);
    });
  }
});
