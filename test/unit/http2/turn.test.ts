import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { atEndOfTurn, flushAtEndOfTurn } from '../../../src/transport/http2/turn.ts';

describe('the end of a turn', () => {
  it('lets answers out, then closes batches and those that come of them, then lets their answers out', async () => {
    const seen: string[] = [];
    const answer = (name: string) => flushAtEndOfTurn({ flush: () => seen.push(`flush ${name}`) });
    atEndOfTurn(() => {
      seen.push('reads');
      atEndOfTurn(() => {
        seen.push('raft');
        answer('read');
      });
    });
    atEndOfTurn(() => seen.push('proposals'));
    answer('put');
    assert.deepEqual(seen, []);
    await turn();
    assert.deepEqual(seen, ['flush put', 'reads', 'proposals', 'raft', 'flush read']);
  });

  it('goes on in later turns with batches that lead to others without end', async () => {
    let closed = 0;
    const again = (): void => {
      if (++closed < 100) atEndOfTurn(again);
    };
    again();
    await turn();
    const first = closed;
    assert.ok(first > 1 && first < 20, `${first} in one turn`);
    for (let turns = 0; closed < 100; turns++) {
      assert.ok(turns < 100);
      await turn();
    }
  });

  it('does not forget the others when one throws', async () => {
    const seen: string[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => seen.push(error.message));
    try {
      atEndOfTurn(() => {
        throw new Error('broken');
      });
      atEndOfTurn(() => seen.push('other'));
      flushAtEndOfTurn({ flush: () => seen.push('flush') });
      for (let turns = 0; turns < 10 && seen.length < 3; turns++) await turn();
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
    assert.deepEqual(seen.sort(), ['broken', 'flush', 'other']);
  });
});
