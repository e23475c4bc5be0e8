import assert from 'node:assert/strict';
import { PairCache } from '../../../src/core/mvcc/pair-cache.ts';
import { WriteBuffer } from '../../../src/core/mvcc/write-buffer.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';

const pairOf = (main: number, bytes: number): Buffer => Buffer.alloc(bytes, main & 0xff);
const PAIR_BYTES = 1000;
/** More than both generations hold. */
const MANY = 30_000;

describe('pair cache', () => {
  it('gives back copies of what was put, each revision its own', () => {
    const cache = new PairCache();
    const source = Buffer.from('first');
    cache.put(5, 0, source);
    cache.put(5, 1, Buffer.from('second'));
    source.fill(0);
    assert.equal(String(cache.get(5, 0)), 'first');
    assert.equal(String(cache.get(5, 1)), 'second');
    assert.equal(cache.get(6, 0), undefined);
    assert.equal(cache.get(4, 1024), undefined);
  });

  it('hands on what it does not keep', () => {
    const cache = new PairCache();
    const large = Buffer.alloc(16 * 1024 + 1);
    assert.equal(cache.put(1, 0, large), large);
    const late = Buffer.from('the 1,025th write of a transaction');
    assert.equal(cache.put(1, 1024, late), late);
    const far = Buffer.from('a revision that leaves no room for another number');
    assert.equal(cache.put(Number.MAX_SAFE_INTEGER, 0, far), far);
    assert.deepEqual(
      [cache.get(1, 0), cache.get(1, 1024), cache.get(2, 0)],
      [undefined, undefined, undefined],
    );
  });

  it('lets go of what nobody asks for, and of nothing that somebody does', () => {
    const cache = new PairCache();
    cache.put(1, 0, pairOf(1, PAIR_BYTES));
    for (let main = 2; main < MANY; main++) {
      cache.put(main, 0, pairOf(main, PAIR_BYTES));
      assert.ok(cache.get(1, 0) !== undefined, `after ${main}`);
    }
    const kept = Array.from({ length: MANY }, (_, main) => cache.get(main, 0)).filter(
      (pair) => pair !== undefined,
    );
    assert.ok(kept.length > 1000 && kept.length * PAIR_BYTES < 17 * 1024 * 1024, `${kept.length} kept`);
  });

  it('counts small pairs for more than their bytes', () => {
    const cache = new PairCache();
    for (let main = 0; main < 300_000; main++) cache.put(main, 0, pairOf(main, 10));
    let kept = 0;
    for (let main = 0; main < 300_000; main++) if (cache.get(main, 0) !== undefined) kept++;
    assert.ok(kept < 110_000, `${kept} kept`);
  });
});

describe('pairs that were read', () => {
  it('are not asked of the backend again, until another database takes its place', async () => {
    const backend = new MemoryBackend();
    let asked = 0;
    const get = backend.get.bind(backend);
    backend.get = (bucket, key) => {
      asked++;
      return get(bucket, key);
    };
    const buffer = new WriteBuffer({ backend });
    buffer.appendRevision(2, 0, Buffer.from('pair'), false);
    await buffer.flush();
    assert.equal(String(buffer.pair(2, 0)), 'pair');
    assert.equal(String(buffer.pair(2, 0)), 'pair');
    assert.equal(asked, 1);
    assert.equal(buffer.pair(3, 0), undefined);
    buffer.appendRevision(3, 0, Buffer.from('new'), false);
    assert.equal(String(buffer.pair(3, 0)), 'new');
    buffer.discard();
    buffer.pair(2, 0);
    assert.equal(asked, 3);
  });
});
