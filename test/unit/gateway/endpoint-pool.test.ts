import assert from 'node:assert/strict';
import { EndpointPool, type GatewayEndpoint } from '../../../src/gateway/index.ts';

function endpoint(host: string, priority = 0, weight = 0): GatewayEndpoint {
  return { address: `${host}:1`, host, port: 1, priority, weight };
}

/** A draw of so many equal steps through [0, 1). */
function evenly(steps: number): () => number {
  let step = 0;
  return () => (step++ % steps) / steps;
}

function shares(pool: EndpointPool, picks: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < picks; i++) {
    const { host } = pool.pick(new Set())!;
    counts[host] = (counts[host] ?? 0) + 1;
  }
  return counts;
}

describe('EndpointPool', () => {
  it('takes turns without weights', () => {
    const pool = new EndpointPool([endpoint('a'), endpoint('b'), endpoint('c')], Math.random);
    const picked = Array.from({ length: 6 }, () => pool.pick(new Set())!.host);
    assert.deepEqual(picked, ['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('takes the lowest priority alone, and the next one when nothing of it is left', () => {
    const [first, second, backup] = [endpoint('a', 1), endpoint('b', 1), endpoint('c', 2)];
    const pool = new EndpointPool([backup, first, second], Math.random);
    assert.deepEqual(shares(pool, 10), { a: 5, b: 5 });
    pool.deactivate(first);
    assert.deepEqual(shares(pool, 10), { b: 10 });
    pool.deactivate(second);
    assert.deepEqual(shares(pool, 10), { c: 10 });
    pool.activate(first);
    assert.deepEqual(shares(pool, 10), { a: 10 });
  });

  it('draws in proportion to the weights; a weight of 0 still gets about one in a hundred', () => {
    const pool = new EndpointPool(
      [endpoint('a', 0, 60), endpoint('b', 0, 40), endpoint('c', 0, 0)],
      evenly(1010),
    );
    assert.deepEqual(shares(pool, 1010), { a: 600, b: 400, c: 10 });
  });

  it('leaves out what was tried, and says when nothing is left', () => {
    const [one, other] = [endpoint('a'), endpoint('b')];
    const pool = new EndpointPool([one, other], Math.random);
    assert.equal(pool.pick(new Set([one])), other);
    assert.equal(pool.pick(new Set([one, other])), undefined);
  });

  it('says once that an endpoint is out', () => {
    const one = endpoint('a');
    const pool = new EndpointPool([one], Math.random);
    assert.deepEqual([pool.deactivate(one), pool.deactivate(one), pool.inactive], [true, false, [one]]);
    pool.activate(one);
    assert.equal(pool.deactivate(one), true);
  });
});
