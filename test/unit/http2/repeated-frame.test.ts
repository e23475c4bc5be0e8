import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RepeatedFrame } from '../../../src/transport/grpc/repeated-frame.ts';

/** As every message was written before: header, prefix and pieces, one after the other. */
function plain(streamId: number, pieces: readonly Uint8Array[]): Buffer {
  const message = Buffer.concat(pieces);
  const frame = Buffer.alloc(9 + 5 + message.length);
  frame.writeUIntBE(5 + message.length, 0, 3);
  frame.writeUInt32BE(streamId, 5);
  frame.writeUInt32BE(message.length, 10);
  message.copy(frame, 14);
  return frame;
}

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

describe('a message that many are sent', () => {
  const firsts = [bytes(20, 1), bytes(20, 2), bytes(31, 3)];
  const lasts = [bytes(300, 4), bytes(300, 5), bytes(0, 6)];
  const middles = [bytes(2, 7), bytes(2, 8), bytes(3, 9), bytes(0, 10), bytes(40, 11)];

  it('has the bytes of one written by itself, whatever came before', () => {
    /** One event to some watchers. */
    const event = fc.tuple(
      fc.constantFrom(1, 3),
      fc.constantFrom(...firsts),
      fc.constantFrom(...lasts),
      fc.array(fc.constantFrom(...middles), { maxLength: 8 }),
    );
    let copies = 0;
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const repeated = new RepeatedFrame();
        const messages = events.flatMap(([streamId, first, last, ids]) =>
          ids.map((id) => ({ streamId, pieces: [first, id, last] })),
        );
        for (const { streamId, pieces } of messages) {
          const expected = plain(streamId, pieces);
          const buffer = Buffer.alloc(1000, 0xee);
          if (repeated.write(streamId, pieces, buffer, 7)) copies++;
          else {
            assert.ok(buffer.every((byte) => byte === 0xee));
            expected.copy(buffer, 7);
            repeated.remember(streamId, pieces, buffer, 7, 7 + expected.length);
          }
          assert.deepEqual(buffer.subarray(7, 7 + expected.length), expected);
          assert.ok(buffer.subarray(7 + expected.length).every((byte) => byte === 0xee));
          buffer.fill(0);
        }
      }),
    );
    assert.ok(copies > 0);
  });

  it('is copied from the third one on', () => {
    const repeated = new RepeatedFrame();
    const copied = middles
      .slice(0, 2)
      .concat(middles.slice(0, 2))
      .map((middle) => {
        const pieces = [firsts[0], middle, lasts[0]];
        const frame = plain(1, pieces);
        const buffer = Buffer.alloc(frame.length);
        if (repeated.write(1, pieces, buffer, 0)) return true;
        repeated.remember(1, pieces, frame, 0, frame.length);
        return false;
      });
    assert.deepEqual(copied, [false, false, true, true]);
  });
});
