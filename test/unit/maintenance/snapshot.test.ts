import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { encodePair } from '../../../src/core/mvcc/pair.ts';
import { encodeRevision } from '../../../src/core/mvcc/revision.ts';
import type { Backend, BackendSnapshot, BackendWrite } from '../../../src/core/ports/backend.ts';
import { crc32c } from '../../../src/core/wire/crc32c.ts';
import { SnapshotRequest, SnapshotResponse } from '../../../src/core/wire/gen/rpc.ts';
import { databaseUpkeep } from '../../../src/server/upkeep.ts';
import { type Encoded, type SendingCall, type Status, wholeMessage } from '../../../src/services/method.ts';
import { snapshotMethod } from '../../../src/services/snapshot.ts';
import { BoltFile, problemsOf } from '../../../src/storage/bbolt/index.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';
import { until } from '../../support/processes.ts';
import { contentOf, memoryFile } from '../bbolt/support.ts';

const VALUE = 3_000;
const KEYS = 400;

function puts(first: number, count: number): BackendWrite[] {
  return Array.from({ length: count }, (_, i) => {
    const main = first + i;
    const pair = encodePair(Buffer.from(`k${main}`), main, main, 1, Buffer.alloc(VALUE, main), 0n);
    return { bucket: 'key', key: encodeRevision(main, 0), value: pair };
  });
}

const text = (s: string): Uint8Array => Buffer.from(s);

/** A backend whose snapshots are counted. */
async function filled(): Promise<{ backend: Backend; open: () => number }> {
  const backend = new MemoryBackend();
  await backend.commit([
    ...puts(2, KEYS),
    { bucket: 'meta', key: text('consistent_index'), value: Buffer.alloc(8, 1) },
    { bucket: 'meta', key: text('storageVersion'), value: text('3.6.0') },
    { bucket: 'cluster', key: text('clusterVersion'), value: text('3.7.0') },
  ]);
  let open = 0;
  const counted = Object.create(backend, {
    snapshot: {
      value: (): BackendSnapshot => {
        open++;
        const state = backend.snapshot();
        return {
          get: (bucket, key) => state.get(bucket, key),
          scan: (options) => state.scan(options),
          close: () => {
            open--;
            state.close();
          },
        };
      },
    },
  }) as Backend;
  return { backend: counted, open: () => open };
}

/** A caller that takes `window` messages at a time, then waits until it is told to go on. */
class Caller implements SendingCall {
  readonly deadline = Number.POSITIVE_INFINITY;
  cancelled = false;
  readonly messages: SnapshotResponse[] = [];
  status: Status | undefined;
  readonly ended: Promise<void>;
  private finish = (): void => {};
  private drained: (() => void) | undefined;
  private cancelListener = (): void => {};
  private readonly window: number;

  constructor(window = Number.POSITIVE_INFINITY) {
    this.window = window;
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  metadata(): undefined {}

  onCancel(listener: () => void): void {
    this.cancelListener = listener;
  }

  sendEncoded(message: Encoded): boolean {
    this.messages.push(SnapshotResponse.decode(Buffer.from(wholeMessage(message))));
    return this.messages.length % this.window !== 0;
  }

  whenDrained(listener: () => void): void {
    this.drained = listener;
  }

  get isWaiting(): boolean {
    return this.drained !== undefined;
  }

  goOn(): void {
    const listener = this.drained;
    this.drained = undefined;
    listener?.();
  }

  cancel(): void {
    this.cancelled = true;
    this.cancelListener();
  }

  end(status?: Status): void {
    this.status = status;
    this.finish();
  }
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

function start(backend: Backend, caller: Caller): void {
  const upkeep = databaseUpkeep({ backend, flush: async () => {} });
  snapshotMethod(upkeep).handler(SnapshotRequest.create(), caller);
}

describe('Maintenance.Snapshot', () => {
  it('32 KiB a message, bytes to come on each, the SHA-256 as the last, the version on all', async () => {
    const { backend, open } = await filled();
    const caller = new Caller();
    start(backend, caller);
    await caller.ended;
    assert.equal(caller.status, undefined);
    const data = caller.messages.slice(0, -1);
    const hash = caller.messages[caller.messages.length - 1];
    const file = Buffer.concat(data.map(({ blob }) => blob));
    for (const { blob } of data.slice(0, -1)) assert.equal(blob.length, 32_768);
    let left = file.length;
    for (const { blob, remainingBytes, version } of data) {
      left -= blob.length;
      assert.equal(remainingBytes, left);
      assert.equal(version, '3.7.0');
    }
    assert.equal(left, 0);
    assert.equal(hash.remainingBytes, 0);
    assert.ok(createHash('sha256').update(file).digest().equals(hash.blob));
    const bolt = await BoltFile.open(memoryFile(file));
    assert.deepEqual(await problemsOf(bolt), []);
    const content = await contentOf(bolt);
    assert.equal(Object.keys(content['=key']).length, KEYS);
    assert.equal(content['=meta']['=storageVersion'], '3.7.0');
    assert.equal(open(), 0);
  });

  it('writes meanwhile are not in it', async () => {
    const { backend } = await filled();
    const caller = new Caller(2);
    start(backend, caller);
    for (let revision = 1000; caller.status === undefined; revision++) {
      await backend.commit(puts(revision, 1));
      await turns(1);
      caller.goOn();
      if (caller.messages.some(({ blob }) => blob.length === 32)) break;
    }
    caller.goOn();
    await caller.ended;
    const file = Buffer.concat(caller.messages.slice(0, -1).map(({ blob }) => blob));
    const content = await contentOf(await BoltFile.open(memoryFile(file)));
    assert.equal(Object.keys(content['=key']).length, KEYS);
  });

  it('a caller that takes nothing is sent no more, and cancelling lets go of the state', async () => {
    const { backend, open } = await filled();
    const caller = new Caller(3);
    start(backend, caller);
    await until(
      () => caller.isWaiting,
      5000,
      () => 'the caller was sent too little',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(caller.messages.length, 3);
    assert.ok(caller.isWaiting);
    assert.equal(open(), 1);
    caller.cancel();
    await turns(5);
    assert.equal(caller.messages.length, 3);
    assert.equal(open(), 0);
  });

  it('what fails ends the call with the reason', async () => {
    const { backend, open } = await filled();
    const broken = Object.create(backend, {
      snapshot: {
        value: () => ({ ...backend.snapshot(), get: () => undefined, scan: () => assert.fail('disk') }),
      },
    }) as Backend;
    const caller = new Caller();
    start(broken, caller);
    await caller.ended;
    assert.deepEqual(caller.status, { code: 13, message: 'etcdserver: snapshot failed: disk' });
    assert.equal(open(), 0);
  });
});

describe('Maintenance.Hash', () => {
  it('is over all buckets, but not over what members cannot agree on', async () => {
    const { backend } = await filled();
    const upkeep = databaseUpkeep({ backend, flush: async () => {} });
    const before = await upkeep.hash();
    await backend.commit([{ bucket: 'meta', key: text('consistent_index'), value: Buffer.alloc(8, 9) }]);
    assert.equal(await upkeep.hash(), before);
    await backend.commit([{ bucket: 'meta', key: text('confState'), value: text('{}') }]);
    assert.notEqual(await upkeep.hash(), before);
  });

  it('of an empty database: the names of the buckets', async () => {
    const upkeep = databaseUpkeep({ backend: new MemoryBackend(), flush: async () => {} });
    const names = 'alarm auth authRoles authUsers cluster key lease members members_removed meta'.split(' ');
    assert.equal(await upkeep.hash(), crc32c(text(names.join(''))));
  });
});
