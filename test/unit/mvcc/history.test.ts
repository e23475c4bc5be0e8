/** Random histories of everything a store can be asked, against the dumb twin, through flushes, crashes and restarts. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { KvError } from '../../../src/core/mvcc/errors.ts';
import { runToEnd, type SlicedWork } from '../../../src/core/mvcc/steps.ts';
import { checkTxn, executeDeleteRange, executePut, executeTxn } from '../../../src/core/mvcc/txn.ts';
import type { Backend } from '../../../src/core/ports/backend.ts';
import {
  Compare,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  type RequestOp,
  TxnRequest,
} from '../../../src/core/wire/gen/rpc.ts';
import type { StoredTxnResponse } from '../../../src/core/wire/gen/stored.ts';
import { LmdbBackend } from '../../../src/storage/lmdb/backend.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';
import { type Event, rowOf, Twin } from './twin.ts';
import { openWorld, type World } from './world.ts';

const LEASES = [7n, -3n];
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const key = fc.constantFrom('a', 'a\0', 'ab', 'b', 'c', 'd', '\xff').map(bytes);
const rangeEnd = fc.constantFrom('', '', '\0', 'b', 'd', 'zz', 'a').map(bytes);
const number = fc.integer({ min: -2, max: 24 });
const value = fc.constantFrom('', 'x', 'y', 'zz').map(bytes);
const lease = fc.constantFrom(0n, 0n, 0n, 7n, -3n, 99n);

const range = fc
  .record({
    key,
    rangeEnd,
    revision: fc.oneof(fc.constant(0), number),
    limit: fc.integer({ min: -1, max: 4 }),
    sortOrder: fc.integer({ min: 0, max: 2 }),
    sortTarget: fc.integer({ min: 0, max: 4 }),
    keysOnly: fc.boolean(),
    countOnly: fc.constantFrom(false, false, false, true),
    minModRevision: fc.constantFrom(0, 0, 3),
    maxModRevision: fc.constantFrom(0, 0, 9),
    minCreateRevision: fc.constantFrom(0, 0, 4),
    maxCreateRevision: fc.constantFrom(0, 0, 8),
  })
  .map((options) => RangeRequest.create(options));
const put = fc
  .record({
    key,
    value,
    lease,
    prevKv: fc.boolean(),
    ignoreValue: fc.constantFrom(false, false, true),
    ignoreLease: fc.constantFrom(false, false, true),
  })
  .map((o) =>
    PutRequest.create({
      ...o,
      value: o.ignoreValue ? bytes('') : o.value,
      lease: o.ignoreLease ? 0n : o.lease,
    }),
  );
const deletion = fc.record({ key, rangeEnd, prevKv: fc.boolean() }).map((o) => DeleteRangeRequest.create(o));
const compare = fc
  .record({
    key,
    rangeEnd,
    target: fc.integer({ min: 0, max: 4 }),
    result: fc.integer({ min: 0, max: 4 }),
    n: fc.integer({ min: 0, max: 6 }),
    value,
    lease,
    set: fc.boolean(),
  })
  .map(({ key, rangeEnd, target, result, n, value, lease, set }) => {
    const unions: Partial<Compare>[] = [
      { version: n },
      { createRevision: n },
      { modRevision: n },
      { value },
      { lease },
    ];
    return Compare.create({ key, rangeEnd, target, result, ...(set ? unions[target] : {}) });
  });
const { txn } = fc.letrec<{ txn: TxnRequest; op: RequestOp }>((tie) => ({
  txn: fc
    .record({
      compare: fc.array(compare, { maxLength: 2 }),
      success: fc.array(tie('op'), { maxLength: 4 }),
      failure: fc.array(tie('op'), { maxLength: 3 }),
    })
    .map((o) => TxnRequest.create(o)),
  op: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    put.map((requestPut): RequestOp => ({ requestPut })),
    range.map((requestRange): RequestOp => ({ requestRange })),
    deletion.map((requestDeleteRange): RequestOp => ({ requestDeleteRange })),
    tie('txn').map((requestTxn): RequestOp => ({ requestTxn })),
  ),
}));

type Command =
  | { readonly kind: 'put'; readonly request: PutRequest }
  | { readonly kind: 'delete'; readonly request: DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly request: TxnRequest }
  | { readonly kind: 'range'; readonly request: RangeRequest }
  | { readonly kind: 'compact'; readonly back: number; readonly atOnce: boolean }
  | { readonly kind: 'flush' | 'startFlush' | 'complete' | 'crash' | 'restart' | 'work' | 'hash' | 'look' };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: put.map((request) => ({ kind: 'put' as const, request })) },
  { weight: 3, arbitrary: deletion.map((request) => ({ kind: 'delete' as const, request })) },
  { weight: 5, arbitrary: txn.map((request) => ({ kind: 'txn' as const, request })) },
  { weight: 6, arbitrary: range.map((request) => ({ kind: 'range' as const, request })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('compact' as const),
      back: fc.integer({ min: -1, max: 8 }),
      atOnce: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('flush', 'crash', 'restart', 'work', 'hash', 'look')
      .map((kind) => ({ kind }) as Command),
  },
);

interface Disk {
  backend: Backend;
  /** Whether `cut` drops a commit under way. */
  readonly losesCommits: boolean;
  /** Lets the commit under way, if any, reach the disk. */
  complete(): Promise<void>;
  /** What a power cut leaves. */
  cut(): Promise<Backend>;
  restart(): Promise<Backend>;
}

class Run {
  private readonly disk: Disk;
  private world: World;
  private twin = new Twin();
  /** The twin as of the last flush. */
  private saved = new Twin();
  /** The twin as of the flush under way. */
  private committing: Twin | undefined;
  private works: SlicedWork<void>[] = [];

  constructor(disk: Disk) {
    this.disk = disk;
    this.world = openWorld(disk.backend, LEASES);
    for (const lease of LEASES) this.twin.leases.add(lease);
    this.saved = this.snapshotTwin();
  }

  private snapshotTwin(): Twin {
    const copy = this.twin.clone();
    for (const lease of LEASES) copy.leases.add(lease);
    return copy;
  }

  async do(command: Command): Promise<void> {
    switch (command.kind) {
      case 'put': {
        const { request } = command;
        this.write({ success: [{ requestPut: request }] }, (txn) => executePut(txn, request), 'put');
        break;
      }
      case 'delete': {
        const { request } = command;
        this.write(
          { success: [{ requestDeleteRange: request }] },
          (txn) => executeDeleteRange(txn, request),
          'delete',
        );
        break;
      }
      case 'txn':
        try {
          checkTxn(command.request, 128);
        } catch (error) {
          assert.ok(error instanceof KvError);
          return;
        }
        this.write(command.request, (txn) => executeTxn(txn, command.request), 'txn');
        break;
      case 'range':
        this.compareRange(command.request);
        break;
      case 'compact': {
        const revision = this.twin.revision - command.back;
        const refused = this.twin.compactTo(revision);
        if (refused) assert.throws(() => this.world.store.compact(revision), { code: refused });
        else this.works.push(this.world.store.compact(revision));
        if (command.atOnce) this.finishWorks();
        break;
      }
      case 'work':
        if (this.works[0]?.step()) this.finished();
        break;
      case 'flush':
        await this.flush();
        break;
      case 'startFlush':
        if (this.committing) break;
        this.committing = this.snapshotTwin();
        void this.world.buffer.flush();
        break;
      case 'complete':
        await this.complete();
        break;
      case 'crash':
        if (!this.disk.losesCommits) await this.complete();
        this.reopen(await this.disk.cut());
        break;
      case 'restart':
        await this.flush();
        this.reopen(await this.disk.restart());
        break;
      case 'hash':
        this.compareHash();
        break;
      case 'look':
        this.look();
        break;
    }
  }

  private async complete(): Promise<void> {
    await this.disk.complete();
    if (this.committing) this.saved = this.committing;
    this.committing = undefined;
  }

  private async flush(): Promise<void> {
    await this.complete();
    const done = this.world.buffer.flush();
    await this.disk.complete();
    await done;
    this.saved = this.snapshotTwin();
  }

  private finished(): void {
    this.works.shift();
    if (this.works.length === 0) this.twin.removeCompacted();
  }

  private finishWorks(): void {
    while (this.works.length > 0) {
      runToEnd(this.works[0]);
      this.finished();
    }
  }

  private reopen(backend: Backend): void {
    this.disk.backend = backend;
    this.committing = undefined;
    this.twin = this.saved;
    this.saved = this.snapshotTwin();
    this.world = openWorld(backend, LEASES);
    const unfinished = this.world.store.unfinishedCompaction();
    this.works = unfinished ? [unfinished] : [];
    this.look();
  }

  private write(
    request: Partial<TxnRequest>,
    execute: (txn: ReturnType<World['store']['beginWrite']>) => unknown,
    kind: string,
  ): void {
    const { store } = this.world;
    const expected = this.twin.txn(TxnRequest.create(request));
    const txn = store.beginWrite();
    if (typeof expected === 'string') {
      assert.throws(() => execute(txn), { code: expected });
      assert.equal(txn.changes.length, 0);
      return;
    }
    const answer = execute(txn);
    const { revision, changes } = txn.end();
    const events = this.twin.end();
    assert.equal(revision, this.twin.revision);
    this.assertEvents(changes, events);
    if (kind === 'txn') assert.deepEqual(plain(answer as StoredTxnResponse), expected);
  }

  private assertEvents(
    changes: ReturnType<World['store']['changes']> | readonly any[],
    events: readonly Event[],
  ): void {
    assert.deepEqual(
      changes.map(({ type, key, revision, sub, pair, created }) => ({
        type,
        key,
        revision,
        sub,
        row: rowOf(pair),
        created,
      })),
      events.map(({ main, sub, key, row }) => ({
        type: row ? 0 : 1,
        key,
        revision: main,
        sub,
        row: row ?? { key, create: 0, mod: main, version: 0, value: '', lease: 0n },
        created: row?.version === 1,
      })),
    );
  }

  private compareRange(request: RangeRequest): void {
    const { store } = this.world;
    const expected = this.twin.range(request);
    if (typeof expected === 'string') {
      assert.throws(() => store.range(request), { code: expected });
      return;
    }
    const { kvs, count, more, revision } = store.range(request);
    assert.deepEqual({ rows: kvs.map(rowOf), count, more }, expected);
    assert.equal(revision, this.twin.revision);
    const { kvs: again, ...rest } = runToEnd(store.rangeSliced(request));
    assert.deepEqual({ kvs: again.map(rowOf), ...rest }, { kvs: expected.rows, count, more, revision });
    const whole = this.twin.range({
      key: request.key,
      rangeEnd: request.rangeEnd,
      revision: request.revision,
    });
    if (typeof whole === 'string') return;
    const cursor = store.openRange(request.keysOnly ? { ...request, keysOnly: false } : request);
    for (let at = 0; ; at += 2) {
      assert.equal(cursor.remaining(), Math.max(whole.count - at, 0));
      const slice = cursor.next(2);
      assert.deepEqual(slice.map(rowOf), whole.rows.slice(at, at + 2));
      if (slice.length < 2) break;
    }
  }

  private compareHash(): void {
    const { store } = this.world;
    for (const back of [0, 1, 3]) {
      const revision = this.twin.revision - back;
      if (revision < this.twin.compact || revision <= 0) continue;
      if (store.compactionHashes.some((hash) => hash.revision === revision)) continue;
      const expected = this.twin.hash(revision);
      const found = runToEnd(store.hashKV(revision));
      assert.equal(found.compactRevision, this.twin.compact);
      assert.equal(found.hash, expected, `hash at ${revision}, compacted ${this.twin.compact}`);
    }
  }

  /** Everything that can be seen without asking for a particular range. */
  private look(): void {
    const { store, leases } = this.world;
    const { twin } = this;
    assert.equal(store.currentRevision, twin.revision);
    assert.equal(store.compactRevision, twin.compact);
    assert.equal(store.keyCount, twin.latest.size);
    const attached = [...twin.latest.values()].filter(({ lease }) => lease !== 0n);
    assert.deepEqual(new Map(leases.attached), new Map(attached.map(({ key, lease }) => [key, lease])));
    const from = Math.max(twin.compact, 0);
    if (this.works.length === 0)
      this.assertEvents(
        store.changes(from, twin.revision, 1000),
        twin.stored.filter(({ main }) => main >= from),
      );
    const later = twin.events.filter(({ main }) => main > from);
    this.assertEvents(store.changes(from + 1, twin.revision, 1000), later);
    const mains = [...new Set(later.map(({ main }) => main))];
    if (mains.length >= 3)
      this.assertEvents(
        store.changes(from + 1, twin.revision, 2),
        later.filter(({ main }) => main <= mains[1]),
      );
    for (const { key, main } of later.slice(-5)) {
      const before = main - 1 < twin.compact ? undefined : twin.states[main - 1].get(key);
      const found = store.before(key, main);
      assert.deepEqual(found && rowOf(found), before);
    }
  }

  end(): void {
    this.look();
    this.finishWorks();
    this.look();
    this.compareHash();
  }
}

/** A response without headers, pairs decoded. */
function plain(response: StoredTxnResponse): unknown {
  return {
    succeeded: response.succeeded,
    responses: response.responses.map((op) => {
      if (op.responseTxn) return plain(op.responseTxn);
      const range = op.responseRange;
      if (range)
        return {
          rows: range.kvs.map(rowOf),
          count: range.count,
          more: range.more,
          revision: range.header!.revision,
        };
      const gone = op.responseDeleteRange;
      if (gone)
        return { deleted: gone.deleted, previous: gone.prevKvs.map(rowOf), revision: gone.header!.revision };
      const { prevKv, header } = op.responsePut!;
      return { previous: prevKv && rowOf(prevKv), revision: header!.revision };
    }),
  };
}

describe('mvcc: random histories against the twin', () => {
  it('in memory, with power cuts', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60, size: 'max' }), async (commands) => {
        let queue: (() => void)[] = [];
        const disk: Disk = {
          backend: new MemoryBackend({ schedule: (complete) => queue.push(complete) }),
          losesCommits: true,
          async complete() {
            for (const complete of queue) complete();
            queue = [];
            await new Promise((resolve) => setImmediate(resolve));
          },
          async cut() {
            queue = [];
            return (disk.backend as MemoryBackend).crash();
          },
          async restart() {
            return (disk.backend as MemoryBackend).crash();
          },
        };
        const run = new Run(disk);
        for (const command of commands) await run.do(command);
        run.end();
      }),
      { numRuns: 400 },
    );
  });

  it('in LMDB, with restarts', async function () {
    this.timeout(60_000);
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-history-'));
    let n = 0;
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { maxLength: 40, size: 'max' }), async (commands) => {
          const path = join(directory, String(n++));
          const open = (): LmdbBackend => new LmdbBackend({ path });
          const disk: Disk = {
            backend: open(),
            // Commits are ordered: this one is done when the one under way is.
            complete: async () =>
              disk.backend.commit([{ bucket: 'alarm', key: bytes('x'), value: bytes('') }]),
            losesCommits: false,
            async cut() {
              await (disk.backend as LmdbBackend).close();
              return open();
            },
            async restart() {
              return disk.cut();
            },
          };
          try {
            const run = new Run(disk);
            for (const command of commands) await run.do(command);
            run.end();
          } finally {
            await (disk.backend as LmdbBackend).close();
          }
        }),
        { numRuns: 25 },
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
