import assert from 'node:assert/strict';
import { WriteBuffer } from '../../../src/core/mvcc/write-buffer.ts';
import { Flusher } from '../../../src/member/flusher.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';

describe('the first flushes', () => {
  it('are small, and twice as large each time, up to the limit', async () => {
    const backend = new MemoryBackend();
    const commit = backend.commit.bind(backend);
    const sizes: number[] = [];
    backend.commit = (writes) => {
      sizes.push(writes.length);
      return commit(writes);
    };
    const buffer = new WriteBuffer({ backend });
    const flusher = new Flusher({
      clock: new VirtualClock(),
      buffer,
      intervalMs: 100,
      maxWrites: 1000,
      onFlushed() {},
      onFatal: assert.fail,
    });
    for (let i = 0; i < 4000; i++) {
      buffer.put('key', Buffer.from(`${i}`), Buffer.from('v'));
      flusher.written();
      if (buffer.pendingWrites === 0) await settle();
    }
    assert.deepEqual(sizes, [128, 256, 512, 1000, 1000, 1000]);
    await flusher.stop();
  });
});

describe('a flush that fails', () => {
  function world() {
    const backend = new MemoryBackend();
    let broken = true;
    const commit = backend.commit.bind(backend);
    backend.commit = (writes) => (broken ? Promise.reject(new Error('disk')) : commit(writes));
    const buffer = new WriteBuffer({ backend });
    const fatal: string[] = [];
    const flusher = new Flusher({
      clock: new VirtualClock(),
      buffer,
      intervalMs: 100,
      maxWrites: 10,
      onFlushed() {},
      onFatal: (error) => fatal.push(error.message),
    });
    buffer.put('meta', Buffer.from('k'), Buffer.from('v'));
    return { flusher, fatal, mend: () => (broken = false) };
  }

  it('is told once, and nobody who waits goes on as if it were durable', async () => {
    const { flusher, fatal, mend } = world();
    const wentOn: string[] = [];
    void flusher.flush().then(() => wentOn.push('first'));
    void flusher.flush().then(() => wentOn.push('second'));
    await settle();
    mend();
    void flusher.flush().then(() => wentOn.push('later'));
    await settle();
    assert.deepEqual([fatal, wentOn], [['disk'], []]);
  });

  it('does not keep a member from stopping', async () => {
    const { flusher, fatal } = world();
    await flusher.stop();
    await flusher.stop();
    assert.deepEqual(fatal, ['disk']);
  });
});
