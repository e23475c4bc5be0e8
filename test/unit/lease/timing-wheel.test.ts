import assert from 'node:assert/strict';
import { TimingWheel } from '../../../src/core/lease/timing-wheel.ts';

function takeAll(wheel: TimingWheel<string>, now: number): string[] {
  const items: string[] = [];
  for (let item = wheel.take(now); item !== undefined; item = wheel.take(now)) items.push(item);
  return items;
}

describe('timing wheel', () => {
  it('gives items out at the end of their slot, never before their time', () => {
    const wheel = new TimingWheel<string>();
    wheel.reset(0);
    for (const time of [100, 101, 199.5, 200, 5000]) wheel.add(time, `${time}`);
    assert.deepEqual(takeAll(wheel, 99), []);
    assert.deepEqual(takeAll(wheel, 100), ['100']);
    assert.deepEqual(takeAll(wheel, 199), []);
    assert.deepEqual(takeAll(wheel, 200).sort(), ['101', '199.5', '200']);
    assert.deepEqual(takeAll(wheel, 1e6), ['5000']);
    assert.equal(wheel.size, 0);
  });

  it('gives out at the next slot what is added late', () => {
    const wheel = new TimingWheel<string>();
    wheel.reset(0);
    takeAll(wheel, 1000);
    wheel.add(500, 'late');
    assert.deepEqual(takeAll(wheel, 1099), []);
    assert.deepEqual(takeAll(wheel, 1100), ['late']);
  });

  it('forgets what a sweep refuses', () => {
    const wheel = new TimingWheel<string>();
    wheel.reset(0);
    for (const item of ['keep', 'drop']) wheel.add(150, item);
    wheel.add(900, 'drop');
    wheel.sweep((item) => item === 'keep');
    assert.equal(wheel.size, 1);
    assert.deepEqual(takeAll(wheel, 1000), ['keep']);
  });
});
