import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NUMBER_BYTES, numberAt } from '../../../src/bench/loads/watch/numbered-puts.ts';

describe('bench: numbered puts', () => {
  it('read the number that Buffer writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.nat(9), (number, at) => {
        const value = Buffer.alloc(at + NUMBER_BYTES, 255);
        value.writeUIntBE(number, at, NUMBER_BYTES);
        assert.equal(numberAt(value, at), number);
      }),
    );
  });
});
