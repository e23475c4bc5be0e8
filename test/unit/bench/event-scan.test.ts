import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scanResponse } from '../../../src/bench/loads/watch/event-scan.ts';
import { expectedEvents } from '../../../src/bench/loads/watch/watch-run.ts';
import { Event, KeyValue } from '../../../src/core/wire/gen/kv.ts';
import { ResponseHeader, WatchResponse } from '../../../src/core/wire/gen/rpc.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const revision = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const pair = fc
  .record({
    key: bytes,
    value: bytes,
    modRevision: revision,
    lease: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  })
  .map((partial) => KeyValue.create(partial));
const event = fc
  .record({ type: fc.constantFrom(0, 1), kv: pair, prevKv: fc.option(pair, { nil: undefined }) })
  .map((partial) => Event.create(partial));
const response = fc
  .record({
    header: revision.map((at) => ResponseHeader.create({ clusterId: 2n ** 64n - 1n, revision: at })),
    watchId: fc.bigInt({ min: -1n, max: 2n ** 40n }),
    created: fc.boolean(),
    canceled: fc.boolean(),
    cancelReason: fc.string(),
    events: fc.array(event, { maxLength: 5 }),
  })
  .map((partial) => WatchResponse.create(partial));

describe('event scan', () => {
  it('sees what the generated codec sees', () => {
    fc.assert(
      fc.property(response, (message) => {
        const seen: string[] = [];
        const encoded = Buffer.concat([Buffer.alloc(7), WatchResponse.encode(message), Buffer.alloc(3)]);
        scanResponse(encoded, 7, encoded.length - 3, {
          created: () => seen.push('created'),
          canceled: (reason) => seen.push(`canceled ${reason}`),
          event: (buffer, start, end) => seen.push(buffer.toString('hex', start, end)),
        });
        const decoded = WatchResponse.decode(WatchResponse.encode(message));
        const values = decoded.events
          .map(({ kv }) => Buffer.from(kv!.value).toString('hex'))
          .filter((value) => value !== '');
        const end = decoded.canceled
          ? [`canceled ${decoded.cancelReason}`]
          : decoded.created
            ? ['created']
            : [];
        assert.deepEqual(seen, [...values, ...end]);
      }),
    );
  });

  it('a reason that begins behind the end is none', () => {
    const seen: string[] = [];
    const cut = Buffer.from([4 << 3, 1, (6 << 3) | 2, 0x80]);
    scanResponse(cut, 0, cut.length, {
      created: () => assert.fail(),
      canceled: (reason) => seen.push(reason),
      event: () => assert.fail(),
    });
    assert.deepEqual(seen, ['']);
  });

  it('comes to an end over noise, and never looks behind it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        const nothing = (): void => {};
        const event = (_: Buffer, start: number, end: number): void => {
          assert.ok(start <= end && end <= noise.length);
        };
        scanResponse(Buffer.from(noise), 0, noise.length, { created: nothing, canceled: nothing, event });
      }),
      { numRuns: 5000 },
    );
  });

  it('puts that take the keys in turn make so many events', () => {
    assert.equal(expectedEvents(10, [100]), 1000);
    assert.equal(expectedEvents(5, [1, 10]), 3 * 1 + 2 * 10);
    assert.equal(expectedEvents(0, [1, 10]), 0);
  });
});
