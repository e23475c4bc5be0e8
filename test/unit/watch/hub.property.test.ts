/**
 * The hub against a twin that knows nothing but the rule: a watcher gets, in order, the events of the full history that
 * fall into its range and pass its filters, from its start on, and revisions are not torn apart. Puts, transactions,
 * compactions, blocked clients, catch-up rounds, cancellations and restored snapshots come in any order.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DELETE } from '../../../src/core/mvcc/types.ts';
import { KeyValue } from '../../../src/core/wire/gen/kv.ts';
import type { WatchResponse } from '../../../src/core/wire/gen/rpc.ts';
import { type Client, describeEvent, type Op, World } from './world.ts';

const KEYS = ['a', 'aa', 'ab', 'b', 'c'];
const key = fc.constantFrom(...KEYS);
const op = fc.tuple(key, fc.option(fc.constantFrom('x', 'y'), { nil: undefined })).map((pair): Op => pair);
const stream = fc.nat({ max: 2 });
const watch = fc.record({
  key,
  end: fc.constantFrom('', '\0', 'ab', 'b', 'zz'),
  /** Relative to now; 'now' is start revision 0. */
  start: fc.oneof(
    fc.constant('now' as const),
    fc.integer({ min: -30, max: 6 }),
    fc.integer({ min: -3000, max: 0 }),
  ),
  prevKv: fc.boolean(),
  fragment: fc.boolean(),
  filters: fc.subarray([0, 1]),
});

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('txn' as const),
      ops: fc.array(op, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), stream, watch }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('round' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('burst' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), stream, nth: fc.nat({ max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), back: fc.nat({ max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('block' as const), stream }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unblock' as const), stream }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('progress' as const), stream }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('snapshot' as const), ops: fc.array(op, { maxLength: 5 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Expectation {
  readonly client: Client;
  readonly id: bigint;
  readonly key: string;
  readonly end: string;
  readonly prevKv: boolean;
  readonly filters: readonly number[];
  readonly from: number;
  /** Revision at which the client cancelled it. */
  cancelledAt: number;
}

function inRange(text: string, { key, end }: Expectation): boolean {
  if (end === '') return text === key;
  return text >= key && (end === '\0' || text < end);
}

/** Everything the watch is entitled to up to revision `to`. */
function entitled(world: World, watch: Expectation, to: number): string[] {
  const events: string[] = [];
  const last = new Map<string, KeyValue>();
  for (const change of world.store.all) {
    const kv = KeyValue.decode(change.pair);
    const type = change.type;
    const prevKv = change.created ? undefined : last.get(change.key);
    last.set(change.key, kv);
    if (change.revision < watch.from || change.revision > to) continue;
    if (!inRange(change.key, watch) || watch.filters.includes(type === DELETE ? 1 : 0)) continue;
    events.push(describeEvent({ type, kv, prevKv: watch.prevKv ? prevKv : undefined }));
  }
  return events;
}

/** What a watch received, checked for the rules that concern single responses on the way. */
function received(responses: readonly WatchResponse[], id: bigint) {
  const events: string[] = [];
  let compacted = 0;
  let state: 'none' | 'open' | 'ended' = 'none';
  let lastRevision = 0;
  let fragment = false;
  for (const response of responses) {
    if (response.watchId !== id) continue;
    if (response.created) {
      assert.equal(state, 'none');
      state = 'open';
      continue;
    }
    // Cancelling a watch that compaction ended is answered once more.
    if (compacted > 0 && response.canceled && response.compactRevision === 0) continue;
    assert.equal(state, 'open', 'a watch gets nothing before it is created or after it ended');
    if (response.canceled) {
      state = 'ended';
      compacted = response.compactRevision;
      continue;
    }
    assert.ok(response.events.length > 0);
    const first = response.events[0].kv!.modRevision;
    assert.ok(fragment || first > lastRevision, 'a revision is in one response');
    for (const event of response.events) {
      events.push(describeEvent(event));
      lastRevision = event.kv!.modRevision;
    }
    assert.ok(response.header!.revision >= lastRevision);
    fragment = response.fragment;
  }
  return { events, compacted, ended: state === 'ended' };
}

/** Progress of a whole stream promises that everything up to its revision went out before. */
function checkProgress(
  world: World,
  responses: readonly WatchResponse[],
  watches: readonly Expectation[],
): void {
  responses.forEach((response, at) => {
    if (response.watchId !== -1n || response.created) return;
    const before = responses.slice(0, at);
    for (const watch of watches) {
      const { events, ended } = received(before, watch.id);
      const created = before.some(({ watchId, created }) => created && watchId === watch.id);
      if (!created || ended) continue;
      assert.deepEqual(strip(events), strip(entitled(world, watch, response.header!.revision)));
    }
  });
}

/** Previous pairs may be gone with a compaction. */
function strip(events: readonly string[]): string[] {
  return events.map((event) => event.split(' <- ')[0]);
}

class Run {
  readonly world = new World();
  readonly clients: Client[] = [];
  readonly watches: Expectation[] = [];

  constructor(fragmentLimit: number) {
    for (let i = 0; i < 3; i++)
      this.clients.push(
        this.world.connect({ maxRequestBytes: fragmentLimit - 512 * 1024, maxPendingResponses: 2 }),
      );
  }

  step(step: Step): void {
    const { world } = this;
    switch (step.do) {
      case 'txn':
        return world.txn(...distinct(step.ops));
      case 'burst':
        for (let i = 0; i < 600; i++) world.txn([KEYS[i % KEYS.length], `${i}`]);
        return;
      case 'create':
        return this.#create(this.clients[step.stream], step.watch);
      case 'round':
        world.hub.catchUp();
        return;
      case 'cancel': {
        const mine = this.watches.filter(({ client }) => client === this.clients[step.stream]);
        const watch = mine[step.nth];
        if (watch === undefined || watch.cancelledAt < Infinity) return;
        watch.cancelledAt = world.store.currentRevision;
        return watch.client.cancel(watch.id);
      }
      case 'compact': {
        const revision = world.store.currentRevision - step.back;
        if (revision > world.store.compactRevision && revision > 1) world.store.compact(revision);
        return;
      }
      case 'block':
        this.clients[step.stream].blocked = true;
        return;
      case 'unblock':
        return this.clients[step.stream].unblock();
      case 'progress':
        return this.clients[step.stream].progress();
      case 'snapshot':
        for (const op of step.ops) world.store.apply([op]);
        return world.hub.restored(world.store);
    }
  }

  #create(client: Client, watch: typeof WATCH): void {
    const { start, ...request } = watch;
    if (request.end !== '' && request.end !== '\0' && request.end <= request.key) return;
    const now = this.world.store.currentRevision;
    const startRevision = start === 'now' ? 0 : Math.max(1, now + start);
    const id = BigInt(this.watches.filter((other) => other.client === client).length);
    client.create({ ...request, startRevision });
    const from = startRevision === 0 ? now + 1 : startRevision;
    this.watches.push({ ...request, client, id, from, cancelledAt: Infinity });
  }

  check(): void {
    const { world, clients, watches } = this;
    for (const client of clients) client.unblock();
    world.settle();
    for (const client of clients) {
      const responses = client.take();
      const mine = watches.filter((watch) => watch.client === client);
      for (const watch of mine) this.#checkWatch(watch, responses);
      checkProgress(world, responses, mine);
    }
    const { synced, behind, parked } = world.hub.stats;
    assert.deepEqual([synced, behind, parked], [watches.length - this.#ended, 0, 0]);
    for (const client of clients) client.stream.close();
    assert.deepEqual(world.hub.stats, { synced: 0, behind: 0, parked: 0, ranges: 0 });
  }

  #ended = 0;

  #checkWatch(watch: Expectation, responses: readonly WatchResponse[]): void {
    const { world } = this;
    const got = received(responses, watch.id);
    if (got.ended) this.#ended++;
    const all = entitled(world, watch, world.store.currentRevision);
    if (!got.ended) assert.deepEqual(strip(got.events), strip(all));
    else {
      assert.deepEqual(strip(got.events), strip(all.slice(0, got.events.length)));
      // A cancelled watch may miss the end of its history, a compacted one what compaction took: nothing else.
      if (got.compacted === 0) assert.ok(watch.cancelledAt < Infinity);
      else assert.ok(watch.from < got.compacted);
    }
    got.events.forEach((event, i) => {
      const prev = all[i].split(' <- ')[1];
      assert.ok(
        event.split(' <- ')[1] === prev || (!event.includes(' <- ') && world.store.compactRevision > 0),
      );
    });
  }
}

declare const WATCH: typeof watch extends fc.Arbitrary<infer T> ? T : never;

/** A transaction touches a key once. */
function distinct(ops: readonly Op[]): Op[] {
  return [...new Map(ops.map((op) => [op[0], op])).values()];
}

describe('watch hub and its twin', () => {
  it('deliver the same, whatever the interleaving', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120, size: 'max' }),
        fc.constantFrom(120, 2_000_000),
        (steps, limit) => {
          const run = new Run(limit);
          for (const one of steps) run.step(one);
          run.check();
        },
      ),
      { numRuns: 150 },
    );
  });
});
