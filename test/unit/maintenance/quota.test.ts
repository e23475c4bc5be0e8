import assert from 'node:assert/strict';
import { growthOf, Quota, quotaLayer } from '../../../src/core/apply/quota.ts';
import { ERR } from '../../../src/core/errors.ts';
import { LeaseGrantRequest, PutRequest, type RequestOp, TxnRequest } from '../../../src/core/wire/gen/rpc.ts';
import { Op } from '../../../src/core/wire/proposal.ts';

const put = (key: number, value: number): PutRequest =>
  PutRequest.create({ key: Buffer.alloc(key, 1), value: Buffer.alloc(value, 2) });
const putOp = (key: number, value: number): RequestOp => ({ requestPut: put(key, value) });
const txn = (success: RequestOp[], failure: RequestOp[] = []): TxnRequest =>
  TxnRequest.create({ success, failure });

describe('what requests cost', () => {
  const nested = txn([{ requestTxn: txn([putOp(1, 1)], [putOp(5, 5), putOp(5, 5)]) }, putOp(2, 2)]);
  const cases: readonly [string, number, unknown, number][] = [
    ['a put', Op.Put, put(10, 100), 366],
    ['an empty put', Op.Put, put(1, 0), 257],
    ['a lease', Op.LeaseGrant, LeaseGrantRequest.create({}), 64],
    ['a deletion', Op.DeleteRange, {}, 0],
    ['a compaction', Op.Compaction, {}, 0],
    ['an alarm', Op.Alarm, {}, 0],
    ['the larger branch of a transaction', Op.Txn, txn([putOp(1, 1)], [putOp(1, 1), putOp(1, 2)]), 517],
    ['a transaction that only reads', Op.Txn, txn([{}]), 0],
    ['a transaction in a transaction', Op.Txn, nested, 532 + 260],
  ];
  for (const [what, op, request, bytes] of cases)
    it(`${what}: ${bytes} bytes`, () => assert.equal(growthOf(op, request), bytes));
});

describe('the quota', () => {
  function made(limitBytes: number, inUse: number) {
    const state = { inUse, uncommitted: 0, near: [] as number[], exceeded: [] as number[] };
    const quota = new Quota({
      limitBytes,
      sizes: () => ({ allocated: 10 * limitBytes, inUse: state.inUse }),
      uncommittedBytes: () => state.uncommitted,
      onNear: (used) => state.near.push(used),
      onExceeded: (used) => state.exceeded.push(used),
    });
    return { state, quota };
  }

  it('counts what is alive and what waits to be committed, and leaves the last byte free', () => {
    const { state, quota } = made(1000, 500);
    assert.ok(quota.admits(Op.Put, put(1, 242)));
    assert.ok(!quota.admits(Op.Put, put(1, 243)));
    state.uncommitted = 200;
    assert.ok(!quota.admits(Op.Put, put(1, 43)));
    assert.ok(quota.admits(Op.DeleteRange, {}));
    assert.deepEqual(state.exceeded, [500, 700]);
  });

  it('has room again when the committed data has shrunk', () => {
    const { state, quota } = made(1000, 900);
    assert.ok(!quota.admits(Op.Put, put(1, 1)));
    state.inUse = 300;
    assert.ok(!quota.admits(Op.Put, put(1, 1)), 'before it was measured');
    quota.measure();
    assert.ok(quota.admits(Op.Put, put(1, 1)));
  });

  it('warns once at 80 %, and again only after it was over', () => {
    const { state, quota } = made(1000, 0);
    for (const inUse of [799, 800, 900, 760, 810, 749, 800]) {
      state.inUse = inUse;
      quota.measure();
    }
    assert.deepEqual(state.near, [800, 800]);
  });

  it('none: everything fits', () => {
    const { state, quota } = made(Number.POSITIVE_INFINITY, 2 ** 50);
    quota.measure();
    assert.ok(quota.admits(Op.Put, put(1, 1)));
    assert.deepEqual(state.near, []);
  });

  it('at apply: what does not fit is written all the same, and answered with NoSpace', () => {
    const { quota } = made(1000, 990);
    const applied: number[] = [];
    const apply = quotaLayer(quota, (op) => applied.push(op));
    assert.throws(() => apply(Op.Put, put(1, 1)), ERR.NoSpace);
    apply(Op.DeleteRange, {});
    assert.deepEqual(applied, [Op.Put, Op.DeleteRange]);
  });
});
