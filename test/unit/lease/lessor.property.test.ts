/**
 * The lessor against a twin that keeps a list and looks at every lease each time. The twin knows exact expiries; the
 * lessor may hand a lease out up to one slot of its wheel later, never earlier.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LeaseError, Lessor } from '../../../src/core/lease/index.ts';
import { SLOT_MS } from '../../../src/core/lease/timing-wheel.ts';

const RETRY_MS = 3000;
const EXTEND_MS = 1000;
const id = fc.bigInt({ min: 1n, max: 6n });
const key = fc.constantFrom('a', 'b', 'c', 'd');

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('grant' as const), id, ttl: fc.integer({ min: 0, max: 8 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revoke' as const), id }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('renew' as const), id }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('attach' as const), id, key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('detach' as const), id, key }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('scan' as const), revoke: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('checkpoint' as const),
      id,
      left: fc.integer({ min: 0, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface TwinLease {
  readonly ttl: number;
  remainingTtl: number;
  /** Infinity: not the primary. */
  expiry: number;
  /** Handed out at, if it was. */
  handedOut: number | undefined;
  readonly keys: Set<string>;
}

class Run {
  readonly lessor = new Lessor({ minTtlSeconds: 2, revokeRetryMs: RETRY_MS });
  readonly twin = new Map<bigint, TwinLease>();
  now = 5000;
  primary = true;
  waiting = 0;
  settled = 0;

  constructor() {
    this.lessor.promote({ now: this.now, extendMs: EXTEND_MS });
  }

  step(step: Step): void {
    switch (step.do) {
      case 'grant': {
        const error = outcome(() => this.lessor.grant(step.id, step.ttl));
        assert.equal(error, this.twin.has(step.id) ? 'LeaseExist' : undefined);
        if (error !== undefined) return;
        const ttl = Math.max(2, step.ttl);
        const expiry = this.primary ? this.now + ttl * 1000 : Infinity;
        this.twin.set(step.id, { ttl, remainingTtl: 0, expiry, handedOut: undefined, keys: new Set() });
        // The twin counts from here, so the lessor must be told the time here too.
        if (this.primary) this.lessor.timeToLive(step.id, this.now);
        return;
      }
      case 'revoke':
        return this.#revoke(step.id);
      case 'renew':
        return this.#renew(step.id);
      case 'attach':
        if (!this.twin.has(step.id)) return;
        for (const { keys } of this.twin.values()) keys.delete(step.key);
        this.twin.get(step.id)!.keys.add(step.key);
        return this.lessor.attach(step.key, step.id);
      case 'detach':
        this.twin.get(step.id)?.keys.delete(step.key);
        return this.lessor.detach(step.key, step.id);
      case 'wait':
        this.now += step.ms;
        return;
      case 'scan':
        return this.#scan(step.revoke);
      case 'checkpoint': {
        this.lessor.checkpoint(step.id, step.left);
        const lease = this.twin.get(step.id);
        if (lease !== undefined) lease.remainingTtl = step.left;
        return;
      }
      case 'move':
        return this.#move();
    }
  }

  #revoke(id: bigint): void {
    const lease = this.twin.get(id);
    let keys: string[] = [];
    const error = outcome(() => {
      keys = this.lessor.revoke(id);
    });
    assert.equal(error, lease === undefined ? 'LeaseNotFound' : undefined);
    if (lease !== undefined) assert.deepEqual(keys, [...lease.keys].sort());
    this.twin.delete(id);
  }

  #renew(id: bigint): void {
    const lease = this.twin.get(id);
    const error = outcome(() => {
      const renewal = this.lessor.renew(id, this.now);
      if (renewal.kind === 'expired') {
        assert.ok(lease!.expiry <= this.now);
        this.waiting++;
        renewal.settled(() => this.settled++);
        return;
      }
      assert.ok(lease!.expiry > this.now, 'an expired lease is not renewed');
      assert.equal(renewal.clearCheckpoint, lease!.remainingTtl > 0);
      lease!.expiry = this.now + lease!.ttl * 1000;
      lease!.remainingTtl = 0;
    });
    if (!this.primary) assert.equal(error, 'NotPrimary');
    else assert.equal(error, lease === undefined ? 'LeaseNotFound' : undefined);
  }

  #scan(revoke: boolean): void {
    const found = new Set(this.lessor.expired(this.now));
    for (const [id, lease] of this.twin) {
      const due = lease.handedOut === undefined ? lease.expiry : lease.handedOut + RETRY_MS;
      if (found.has(id)) assert.ok(due <= this.now, `lease ${id} handed out too early`);
      else assert.ok(due + SLOT_MS > this.now, `lease ${id} forgotten`);
    }
    for (const id of found) {
      const lease = this.twin.get(id);
      assert.ok(lease !== undefined);
      lease.handedOut = this.now;
      if (revoke) this.#revoke(id);
    }
  }

  #move(): void {
    this.primary = !this.primary;
    if (this.primary) this.lessor.promote({ now: this.now, extendMs: EXTEND_MS });
    else this.lessor.demote();
    for (const lease of this.twin.values()) {
      const left = (lease.remainingTtl || lease.ttl) * 1000;
      lease.expiry = this.primary ? this.now + EXTEND_MS + left : Infinity;
      lease.handedOut = undefined;
    }
  }

  check(): void {
    const { lessor, twin, now } = this;
    assert.equal(lessor.size, twin.size);
    for (const [id, lease] of twin) {
      assert.deepEqual(lessor.keys(id).sort(), [...lease.keys].sort());
      for (const key of lease.keys) assert.equal(lessor.leaseOf(key), id);
      if (!this.primary) continue;
      const left = lessor.timeToLive(id, now)!;
      assert.equal(left.granted, lease.ttl);
      if (lease.expiry > now) assert.equal(left.remaining, Math.ceil((lease.expiry - now) / 1000) - 1);
      else assert.ok(left.remaining <= 0);
    }
    const order = lessor.leases().map((id) => twin.get(id)!.expiry);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => (a === b ? 0 : a - b)),
    );
    lessor.demote();
    for (const id of twin.keys()) lessor.revoke(id);
    assert.equal(this.settled, this.waiting, 'whoever waits is answered');
  }
}

function outcome(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof LeaseError) return error.code;
    throw error;
  }
}

describe('lessor and its twin', () => {
  it('agree, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        const run = new Run();
        for (const one of steps) run.step(one);
        run.check();
      }),
      { numRuns: 500 },
    );
  });
});
