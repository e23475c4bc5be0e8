import assert from 'node:assert/strict';
import { REVOKES_IN_FLIGHT, RevokeQueue } from '../../../src/core/lease/index.ts';

function takeAll(queue: RevokeQueue): bigint[] {
  const taken: bigint[] = [];
  for (let id = queue.take(); id !== undefined; id = queue.take()) taken.push(id);
  return taken;
}

describe('revoke queue', () => {
  it('lets 16 revocations go at once, in order, and the next as one is answered', () => {
    const queue = new RevokeQueue();
    queue.add(Array.from({ length: 20 }, (_, i) => BigInt(i + 1)));
    const first = takeAll(queue);
    assert.deepEqual(
      first,
      Array.from({ length: REVOKES_IN_FLIGHT }, (_, i) => BigInt(i + 1)),
    );
    queue.done(3n);
    assert.deepEqual(takeAll(queue), [17n]);
    for (const id of first) queue.done(id);
    assert.deepEqual(takeAll(queue), [18n, 19n, 20n]);
  });

  it('proposes a lease once, however often it is found expired', () => {
    const queue = new RevokeQueue();
    queue.add([1n, 2n]);
    assert.equal(queue.take(), 1n);
    queue.add([1n, 2n, 3n]);
    assert.deepEqual(takeAll(queue), [2n, 3n]);
    queue.done(1n);
    queue.add([1n]);
    assert.deepEqual(takeAll(queue), [1n]);
  });

  it('proposes nothing more once leadership is lost', () => {
    const queue = new RevokeQueue();
    queue.add([1n, 2n]);
    queue.clear();
    assert.equal(queue.take(), undefined);
  });
});
