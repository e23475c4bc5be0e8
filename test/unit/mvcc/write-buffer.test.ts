import assert from 'node:assert/strict';
import { mainOf } from '../../../src/core/mvcc/revision.ts';
import { WriteBuffer } from '../../../src/core/mvcc/write-buffer.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function setUp() {
  const commits: (() => void)[] = [];
  const backend = new MemoryBackend({ schedule: (complete) => commits.push(complete) });
  const buffer = new WriteBuffer({ backend });
  const mains = (): number[] =>
    buffer.scanRevisions({ from: { main: 0, sub: 0 }, to: 1000, limit: 100 }).map(({ key }) => mainOf(key));
  const entries = (): string[] =>
    buffer.entries('lease').map(({ key, value }) => `${Buffer.from(key)}=${Buffer.from(value)}`);
  return { backend, buffer, commits, mains, entries };
}

describe('write buffer', () => {
  it('reads through its generations, also between a commit and its promise', async () => {
    const { buffer, commits, mains } = setUp();
    buffer.appendRevision(2, 0, bytes('two'), false);
    const first = buffer.flush();
    buffer.appendRevision(3, 0, bytes('three'), false);
    buffer.appendRevision(3, 1, bytes('gone'), true);
    assert.deepEqual(mains(), [2, 3, 3]);
    commits.shift()!();
    assert.deepEqual(mains(), [2, 3, 3], 'in the backend and still in memory');
    await first;
    assert.deepEqual(mains(), [2, 3, 3]);
    const pairs = [buffer.pair(2, 0), buffer.pair(3, 0), buffer.pair(4, 0)].map(
      (pair) => pair && String(Buffer.from(pair)),
    );
    assert.deepEqual(pairs, ['two', 'three', undefined]);
  });

  it('lays puts and deletions over the backend, newest first', async () => {
    const { buffer, commits, entries } = setUp();
    const read = (key: string): string | undefined => {
      const value = buffer.get('lease', bytes(key));
      return value && String(Buffer.from(value));
    };
    for (const key of ['a', 'b', 'c']) buffer.put('lease', bytes(key), bytes('1'));
    const first = buffer.flush();
    commits.shift()!();
    await first;
    buffer.put('lease', bytes('b'), bytes('2'));
    buffer.delete('lease', bytes('c'));
    void buffer.flush();
    assert.deepEqual(entries(), ['a=1', 'b=2']);
    buffer.delete('lease', bytes('a'));
    buffer.put('lease', bytes('c'), bytes('3'));
    buffer.put('lease', bytes('B'), bytes('4'));
    assert.deepEqual(entries(), ['B=4', 'b=2', 'c=3']);
    assert.deepEqual(['a', 'b', 'c', 'B'].map(read), [undefined, '2', '3', '4']);
  });

  it('makes one commit of flushes asked for while one is under way', async () => {
    const { backend, buffer, commits } = setUp();
    buffer.put('meta', bytes('i'), bytes('1'));
    const first = buffer.flush();
    buffer.put('meta', bytes('i'), bytes('2'));
    const second = buffer.flush();
    buffer.put('meta', bytes('i'), bytes('3'));
    assert.equal(buffer.flush(), second);
    assert.equal(commits.length, 1);
    commits.shift()!();
    await first;
    assert.equal(String(Buffer.from(backend.get('meta', bytes('i'))!)), '1');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(commits.length, 1);
    commits.shift()!();
    await second;
    assert.equal(String(Buffer.from(backend.get('meta', bytes('i'))!)), '3');
    assert.equal(buffer.pendingWrites, 0);
  });

  it('asks once a flush for what belongs into every transaction', async () => {
    const backend = new MemoryBackend();
    let index = 0;
    const buffer = new WriteBuffer({
      backend,
      beforeFlush: (b) => b.put('meta', bytes('consistent_index'), bytes(String(++index))),
    });
    buffer.appendRevision(2, 0, bytes('x'), false);
    buffer.appendRevision(3, 0, bytes('y'), false);
    await buffer.flush();
    assert.equal(index, 1);
    assert.equal(String(Buffer.from(backend.get('meta', bytes('consistent_index'))!)), '1');
    assert.equal(backend.scan({ bucket: 'key', limit: 10 }).length, 2);
  });

  it('stays failed after a failed commit, and readable', async () => {
    const backend = new MemoryBackend();
    backend.commit = () => Promise.reject(new Error('no space'));
    const buffer = new WriteBuffer({ backend });
    buffer.appendRevision(2, 0, bytes('x'), false);
    await assert.rejects(buffer.flush(), /no space/);
    buffer.appendRevision(3, 0, bytes('y'), false);
    await assert.rejects(buffer.flush(), /no space/);
    assert.equal(String(Buffer.from(buffer.pair(2, 0)!)), 'x');
    assert.equal(String(Buffer.from(buffer.pair(3, 0)!)), 'y');
  });

  it('refuses revisions out of order', () => {
    const { buffer } = setUp();
    buffer.appendRevision(2, 0, bytes('x'), false);
    assert.throws(() => buffer.appendRevision(4, 0, bytes('x'), false), /follow/);
  });

  it('hides what is removed and not committed yet, and goes on behind it', () => {
    const { buffer, mains } = setUp();
    for (let main = 2; main < 10; main++) buffer.appendRevision(main, 0, bytes('x'), false);
    const all = buffer.scanRevisions({ from: { main: 0, sub: 0 }, to: 1000, limit: 100 });
    for (const { key } of all.slice(0, 5)) buffer.removeRevision(key);
    assert.deepEqual(mains(), [7, 8, 9]);
    const two = buffer.scanRevisions({ from: { main: 0, sub: 0 }, to: 1000, limit: 2 });
    assert.deepEqual(
      two.map(({ key }) => mainOf(key)),
      [7, 8],
    );
  });
});
