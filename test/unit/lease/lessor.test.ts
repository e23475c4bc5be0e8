import assert from 'node:assert/strict';
import {
  LeaseError,
  Lessor,
  MAX_TTL_SECONDS,
  REVOKES_PER_SCAN,
  SPREAD_PER_SECOND,
} from '../../../src/core/lease/index.ts';
import { Lease as StoredLease } from '../../../src/core/wire/gen/lease.ts';

const MIN_TTL_SECONDS = 2;
const RETRY_MS = 7000;
const EXTEND_MS = 1000;

function lessor({ checkpoints = false, primary = true } = {}): Lessor {
  const fresh = new Lessor({ minTtlSeconds: MIN_TTL_SECONDS, revokeRetryMs: RETRY_MS, checkpoints });
  if (primary) fresh.promote({ now: 0, extendMs: EXTEND_MS });
  return fresh;
}

function fails(code: LeaseError['code'], run: () => unknown): void {
  assert.throws(run, (error) => error instanceof LeaseError && error.code === code);
}

/** Everything that is handed out for revocation until `end`, looked for every 500 ms as the shell does. */
function scanUntil(lease: Lessor, end: number, from = 0): { id: bigint; at: number }[] {
  const found: { id: bigint; at: number }[] = [];
  for (let now = from; now <= end; now += 500) {
    for (const id of lease.expired(now)) {
      found.push({ id, at: now });
      lease.revoke(id);
    }
  }
  return found;
}

describe('lessor: what is replicated', () => {
  for (const ttl of [1, 0, -10, 2]) {
    it(`grants TTL ${ttl} as ${MIN_TTL_SECONDS}`, () => {
      assert.equal(lessor().grant(1n, ttl).ttl, MIN_TTL_SECONDS);
    });
  }

  it('refuses an id in use, the id 0, and a TTL beyond the largest', () => {
    const leases = lessor();
    leases.grant(-7n, MAX_TTL_SECONDS);
    fails('LeaseExist', () => leases.grant(-7n, 10));
    fails('LeaseTTLTooLarge', () => leases.grant(-7n, MAX_TTL_SECONDS + 1));
    fails('LeaseNotFound', () => leases.grant(0n, 10));
    assert.deepEqual(leases.leases(), [-7n]);
  });

  it('refuses to revoke what is not there', () => {
    fails('LeaseNotFound', () => lessor().revoke(5n));
    fails('LeaseNotFound', () => lessor().revoke(0n));
  });

  it('gives the keys of a revoked lease in byte order, detached', () => {
    const leases = lessor();
    leases.grant(1n, 10);
    for (const key of ['lz', 'ly', 'l\xff', 'lb', 'l']) leases.attach(key, 1n);
    assert.deepEqual(leases.revoke(1n), ['l', 'lb', 'ly', 'lz', 'l\xff']);
    assert.equal(leases.leaseOf('lb'), 0n);
    assert.equal(leases.has(1n), false);
    leases.grant(1n, 10);
    assert.deepEqual(leases.revoke(1n), []);
  });

  it('moves a key to the lease it was attached to last, and detaches it from that one only', () => {
    const leases = lessor();
    leases.grant(1n, 10);
    leases.grant(2n, 10);
    leases.attach('k', 1n);
    leases.attach('k', 1n);
    leases.attach('k', 2n);
    assert.deepEqual([leases.leaseOf('k'), leases.keys(1n), leases.keys(2n)], [2n, [], ['k']]);
    leases.detach('k', 1n);
    assert.equal(leases.leaseOf('k'), 2n);
    leases.detach('k', 2n);
    assert.deepEqual([leases.leaseOf('k'), leases.keys(2n)], [0n, []]);
    leases.attach('k', 99n);
    assert.equal(leases.leaseOf('k'), 0n);
    assert.deepEqual(leases.keys(99n), []);
  });

  it('is stored as leasepb.Lease under its id in 8 bytes, and comes back', () => {
    const first = lessor();
    const lease = first.grant(-2n, 100);
    first.checkpoint(-2n, 40);
    assert.equal(Buffer.from(first.storedKey(-2n)).toString('hex'), 'fffffffffffffffe');
    assert.equal(Buffer.from(first.storedKey(258n)).toString('hex'), '0000000000000102');
    assert.deepEqual(StoredLease.decode(first.storedValue(lease)), { ID: -2n, TTL: 100, RemainingTTL: 40 });
    const second = lessor();
    second.grant(9n, 10);
    second.attach('gone', 9n);
    second.restore([first.storedValue(lease), StoredLease.encode({ ID: 3n, TTL: 1, RemainingTTL: 0 })]);
    assert.deepEqual(second.leases().sort(), [-2n, 3n].sort());
    assert.equal(second.leaseOf('gone'), 0n);
    assert.equal(second.isPrimary, false);
    second.promote({ now: 0, extendMs: 0 });
    assert.deepEqual(second.timeToLive(-2n, 0), { granted: 100, remaining: 39 });
    assert.deepEqual(second.timeToLive(3n, 0), { granted: 2, remaining: 1 });
  });
});

describe('lessor: time', () => {
  it('tells whole seconds left, rounded down: 99 right after a grant of 100', () => {
    const leases = lessor();
    leases.grant(1n, 100);
    assert.deepEqual(leases.timeToLive(1n, 0), { granted: 100, remaining: 99 });
    assert.deepEqual(leases.timeToLive(1n, 1), { granted: 100, remaining: 99 });
    assert.deepEqual(leases.timeToLive(1n, 1000), { granted: 100, remaining: 98 });
    assert.deepEqual(leases.timeToLive(1n, 99_999), { granted: 100, remaining: 0 });
    assert.deepEqual(leases.timeToLive(1n, 100_000), { granted: 100, remaining: 0 });
    assert.deepEqual(leases.timeToLive(1n, 102_500), { granted: 100, remaining: -2 });
    assert.equal(leases.timeToLive(2n, 0), undefined);
  });

  it('lists leases by the time they have left', () => {
    const leases = lessor();
    leases.grant(1n, 30);
    leases.grant(2n, 10);
    leases.grant(3n, 20);
    leases.expired(0);
    assert.deepEqual(leases.leases(), [2n, 3n, 1n]);
    leases.renew(2n, 25_000 - 20_000);
    leases.renew(3n, 25_000 - 10_001);
    assert.deepEqual(leases.leases(), [2n, 1n, 3n]);
  });

  it('counts a grant from the time handed in next: never shorter than its TTL', () => {
    const leases = lessor();
    leases.expired(10_000);
    leases.grant(1n, 5);
    assert.deepEqual(leases.expired(10_400), []);
    assert.deepEqual(leases.expired(15_399), []);
    assert.deepEqual(leases.expired(15_500), [1n]);
  });

  it('expires a lease once its TTL is over, within a scan', () => {
    const leases = lessor();
    leases.grant(1n, 2);
    assert.deepEqual(scanUntil(leases, 10_000), [{ id: 1n, at: 2000 }]);
  });

  it('keeps a lease that is renewed, however often, and expires it after the last renewal', () => {
    const leases = lessor();
    leases.grant(1n, 2);
    for (let now = 0; now <= 20_000; now += 500) {
      assert.deepEqual(leases.expired(now), []);
      if (now <= 18_000)
        assert.deepEqual(leases.renew(1n, now), { kind: 'renewed', ttl: 2, clearCheckpoint: false });
      else if (now >= 19_500) break;
    }
    assert.deepEqual(leases.expired(19_999), []);
    assert.deepEqual(leases.expired(20_100), [1n]);
  });

  it('hands a lease out again if it is still there after the retry time', () => {
    const leases = lessor();
    leases.grant(1n, 2);
    const at: number[] = [];
    for (let now = 0; now <= 20_000; now += 500) if (leases.expired(now).length > 0) at.push(now);
    assert.deepEqual(at, [2000, 9000, 16_000]);
  });

  it('hands out at most 500 leases a scan and 1,000 a second', () => {
    const leases = lessor();
    for (let i = 1n; i <= 3000n; i++) leases.grant(i, 2);
    leases.expired(0);
    const perScan: number[] = [];
    for (let now = 2500; now < 6000; now += 250) perScan.push(leases.expired(now).length);
    assert.equal(perScan[0], REVOKES_PER_SCAN);
    assert.deepEqual(perScan.slice(1, 11), new Array(10).fill(250));
    assert.equal(
      perScan.reduce((a, b) => a + b),
      3000,
    );
    assert.equal(leases.expired(6000, 3).length, 0);
  });

  it('takes a caller’s smaller limit', () => {
    const leases = lessor();
    for (let i = 1n; i <= 10n; i++) leases.grant(i, 2);
    leases.expired(0);
    assert.equal(leases.expired(3000, 3).length, 3);
    assert.equal(leases.expired(3000).length, 7);
  });
});

describe('lessor: leadership', () => {
  it('expires nothing and answers nothing about time on a member that is not the primary', () => {
    const leases = lessor({ primary: false, checkpoints: true });
    leases.grant(1n, 2);
    assert.deepEqual(leases.expired(1e12), []);
    assert.deepEqual(leases.dueCheckpoints(1e12), []);
    fails('NotPrimary', () => leases.renew(1n, 0));
    fails('NotPrimary', () => leases.timeToLive(1n, 0));
    assert.deepEqual(leases.leases(), [1n]);
  });

  it('starts every lease anew when it is promoted, with the election timeout on top', () => {
    const leases = lessor({ primary: false });
    leases.grant(1n, 20);
    leases.promote({ now: 1_000_000, extendMs: EXTEND_MS });
    assert.deepEqual(leases.timeToLive(1n, 1_000_000), { granted: 20, remaining: 20 });
    leases.demote();
    assert.deepEqual(leases.expired(2_000_000), []);
    leases.promote({ now: 2_000_000, extendMs: EXTEND_MS });
    assert.deepEqual(scanUntil(leases, 2_030_000, 2_000_000), [{ id: 1n, at: 2_021_000 }]);
  });

  it('starts a lease from its last checkpoint, unless it was renewed since', () => {
    const leases = lessor({ primary: false });
    for (const id of [1n, 2n, 3n]) leases.grant(id, 1000);
    assert.equal(leases.checkpoint(1n, 400)?.remainingTtl, 400);
    leases.checkpoint(2n, 400);
    leases.checkpoint(2n, 0);
    assert.equal(leases.checkpoint(99n, 400), undefined);
    leases.promote({ now: 0, extendMs: 0 });
    assert.deepEqual(
      [1n, 2n, 3n].map((id) => leases.timeToLive(id, 0)?.remaining),
      [399, 999, 999],
    );
    assert.deepEqual(leases.renew(1n, 0), { kind: 'renewed', ttl: 1000, clearCheckpoint: true });
    assert.deepEqual(leases.renew(1n, 0), { kind: 'renewed', ttl: 1000, clearCheckpoint: false });
  });

  it('spreads the expiries of 1,000 leases and more: no second holds more than 750', () => {
    for (const [count, spread] of [
      [999, false],
      [5000, true],
    ] as const) {
      const leases = lessor({ primary: false });
      for (let i = 1; i <= count; i++) leases.grant(BigInt(i), 10 + (i % 2));
      leases.promote({ now: 0, extendMs: 0 });
      const expiries: number[] = [];
      for (let now = 0; now <= 40_000; now += 100) {
        for (const id of leases.expired(now)) {
          expiries.push(now);
          leases.revoke(id);
        }
      }
      assert.equal(expiries.length, count);
      assert.ok(expiries[0] >= 10_000);
      const seconds = new Map<number, number>();
      for (const at of expiries)
        seconds.set(Math.ceil(at / 1000), (seconds.get(Math.ceil(at / 1000)) ?? 0) + 1);
      if (spread) assert.ok(Math.max(...seconds.values()) <= SPREAD_PER_SECOND, JSON.stringify([...seconds]));
      assert.ok(expiries.at(-1)! <= (spread ? 10_000 + (count / SPREAD_PER_SECOND) * 1000 + 100 : 11_100));
    }
  });
});

describe('lessor: old bugs', () => {
  it('renewal granted on revoked lease: an expired lease waits for its revocation and gets LeaseNotFound', () => {
    const leases = lessor();
    leases.grant(1n, 2);
    leases.expired(0);
    const outcomes: string[] = [];
    for (const now of [2000, 2001]) {
      const renewal = leases.renew(1n, now);
      assert.equal(renewal.kind, 'expired');
      if (renewal.kind === 'expired') renewal.settled((error) => outcomes.push(error.code));
    }
    assert.deepEqual(leases.expired(2100), [1n], 'the attempt did not save it');
    assert.deepEqual(outcomes, []);
    leases.revoke(1n);
    assert.deepEqual(outcomes, ['LeaseNotFound', 'LeaseNotFound']);
    fails('LeaseNotFound', () => leases.renew(1n, 2200));
    leases.grant(1n, 2);
    assert.equal(leases.renew(1n, 2200).kind, 'renewed');
  });

  it('renewal granted on revoked lease: nobody may renew once leadership is lost', () => {
    const leases = lessor();
    leases.grant(1n, 2);
    leases.expired(0);
    const renewal = leases.renew(1n, 3000);
    const outcomes: string[] = [];
    if (renewal.kind === 'expired') renewal.settled((error) => outcomes.push(error.code));
    leases.demote();
    assert.deepEqual(outcomes, ['NotPrimary']);
    fails('NotPrimary', () => leases.renew(1n, 3000));
  });

  it('a lease granted, revoked and granted again expires by its second grant', () => {
    const leases = lessor();
    leases.grant(1n, 2);
    leases.expired(0);
    leases.revoke(1n);
    leases.grant(1n, 100);
    assert.deepEqual(scanUntil(leases, 90_000, 500), []);
    assert.equal(leases.has(1n), true);
  });

  it('leases that come and go long before their TTL leave nothing behind', () => {
    const leases = lessor({ checkpoints: true });
    for (let i = 1n; i <= 100_000n; i++) {
      leases.grant(i, MAX_TTL_SECONDS);
      if (i % 10n === 0n) leases.expired(0);
      leases.revoke(i);
    }
    assert.equal(leases.size, 0);
    assert.ok(leases.queued <= 2000, `${leases.queued}`);
  });
});

describe('lessor: checkpoints', () => {
  const MINUTE = 60_000;

  function due(leases: Lessor, now: number): string[] {
    return leases.dueCheckpoints(now).map(({ ID, remainingTTL }) => `${ID}:${remainingTTL}`);
  }

  it('come every five minutes for what has more than five minutes left', () => {
    const leases = lessor({ checkpoints: true });
    leases.grant(1n, 1000);
    leases.grant(2n, 300);
    leases.grant(3n, 400);
    leases.expired(0);
    assert.deepEqual(due(leases, 5 * MINUTE - 1), []);
    assert.deepEqual(due(leases, 5 * MINUTE).sort(), ['1:700', '3:100']);
    assert.deepEqual(due(leases, 10 * MINUTE), ['1:400']);
    leases.renew(1n, 14 * MINUTE);
    assert.deepEqual(due(leases, 15 * MINUTE), ['1:940']);
    leases.revoke(1n);
    assert.deepEqual(due(leases, 20 * MINUTE), []);
  });

  it('start again with a renewal of a lease that was nearly over', () => {
    const leases = lessor({ checkpoints: true });
    leases.grant(1n, 400);
    leases.expired(0);
    assert.deepEqual(due(leases, 5 * MINUTE), ['1:100']);
    leases.renew(1n, 6 * MINUTE);
    assert.deepEqual(due(leases, 10 * MINUTE), []);
    assert.deepEqual(due(leases, 11 * MINUTE), ['1:100']);
  });

  it('fill at most one entry, the rest comes next time', () => {
    const leases = lessor({ checkpoints: true });
    for (let i = 1n; i <= 1500n; i++) leases.grant(i, 1000);
    leases.expired(0);
    assert.deepEqual(
      [due(leases, 301_000).length, due(leases, 301_000).length, due(leases, 301_000).length],
      [1000, 500, 0],
    );
  });

  it('leave out what has just been renewed, and what has expired', () => {
    const leases = lessor({ checkpoints: true });
    leases.grant(1n, 400);
    leases.grant(2n, 400);
    leases.expired(0);
    leases.renew(1n, 8 * MINUTE - 100_000);
    assert.deepEqual(due(leases, 8 * MINUTE), ['1:300']);
    leases.renew(1n, 9 * MINUTE);
    assert.deepEqual(due(leases, 14 * MINUTE), ['1:100']);
    leases.grant(3n, 400);
    leases.renew(3n, 14 * MINUTE);
    leases.renew(3n, 19 * MINUTE);
    assert.deepEqual(due(leases, 19 * MINUTE), []);
    assert.deepEqual(due(leases, 24 * MINUTE), ['3:100']);
  });

  it('go on after leadership was lost and won again', () => {
    const leases = lessor({ checkpoints: true });
    leases.grant(1n, 1000);
    leases.expired(0);
    leases.demote();
    leases.promote({ now: MINUTE, extendMs: 0 });
    assert.deepEqual(due(leases, 6 * MINUTE), ['1:700']);
  });

  it('are not made without the gate', () => {
    const leases = lessor();
    leases.grant(1n, 1000);
    leases.expired(0);
    assert.deepEqual(due(leases, 6 * MINUTE), []);
  });
});

describe('lessor: a clock with fractions', () => {
  it('does not give a second more than there is', () => {
    // The float sum of these is more than 100,000 apart.
    const now = Array.from({ length: 1000 }, (_, i) => 70_000 + i * 1.1).find(
      (at) => at + 100_000 - at > 100_000,
    );
    assert.ok(now !== undefined);
    const lessor = new Lessor({ minTtlSeconds: 1, revokeRetryMs: 1000 });
    lessor.promote({ now: 0, extendMs: 0 });
    lessor.grant(8n, 100);
    assert.equal(lessor.timeToLive(8n, now)?.remaining, 99);
  });
});
