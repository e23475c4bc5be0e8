import assert from 'node:assert/strict';
import { ReadTurns } from '../../../src/services/read-turns.ts';

/** Turns by hand; each read takes a millisecond. */
function world() {
  let time = 0;
  const ends: (() => void)[] = [];
  const turns: (() => void)[] = [];
  const reads = new ReadTurns({
    now: () => time,
    endOfTurn: (run) => ends.push(run),
    nextTurn: (run) => turns.push(run),
  });
  const seen: string[] = [];
  return {
    reads,
    seen,
    read: (name: string) => () => {
      time++;
      seen.push(name);
    },
    /** What was read in the turn that begins. */
    turn(): string {
      for (const run of ends.splice(0)) run();
      const before = seen.length;
      for (const run of turns.splice(0)) run();
      return seen.slice(before).join('');
    },
    idle: () => ends.length + turns.length === 0,
  };
}

describe('reads of a turn', () => {
  it('run at once while there is time, then in turns, in order', () => {
    const { reads, read, turn, seen } = world();
    for (const name of 'abcdefgh') reads.run(read(name));
    assert.equal(seen.join(''), 'abc');
    assert.equal(turn(), 'def');
    reads.run(read('i'));
    assert.equal(turn(), 'ghi');
    assert.equal(turn(), '');
  });

  it('begin anew with each turn', () => {
    const { reads, read, turn, seen, idle } = world();
    for (const name of 'abc') {
      reads.run(read(name));
      reads.run(read(name));
      turn();
    }
    assert.equal(seen.join(''), 'aabbcc');
    assert.ok(idle(), 'nothing wakes an idle member');
  });

  it('let others in between two slices', () => {
    const { reads, read, turn } = world();
    const long = (name: string, slices: number) => (): void => {
      read(name)();
      if (slices > 1) reads.later(long(name, slices - 1));
    };
    reads.run(long('a', 5));
    reads.run(long('b', 5));
    assert.equal(turn(), 'aba');
    reads.run(read('c'));
    assert.equal(turn(), 'bac');
    assert.equal(turn(), 'bab');
    assert.equal(turn(), 'b');
  });
});
