import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IntervalSet } from '../../../src/core/mvcc/interval-set.ts';
import {
  encodeBarePair,
  encodeDeletion,
  encodePair,
  PairReader,
  tombstonePair,
} from '../../../src/core/mvcc/pair.ts';
import { decodeRevision, encodeRevision } from '../../../src/core/mvcc/revision.ts';
import { KeyValue } from '../../../src/core/wire/gen/kv.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const number = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.maxSafeNat().map((n) => n + 1),
);

describe('pairs', () => {
  it('have the layout of the field', () => {
    const pair = encodePair(Buffer.from('a'), 2, 2, 1, Buffer.from('1'), 0n);
    assert.equal(hex(pair), '0a01611002180220012a0131');
  });

  it('equal what the generated codec writes, and are read back', () => {
    const lease = fc.oneof(fc.constant(0n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    const value = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(70_000)));
    fc.assert(
      fc.property(
        bytes,
        number,
        number,
        number,
        value,
        lease,
        (key, createRevision, modRevision, version, value, lease) => {
          const kv = { key, createRevision, modRevision, version, value, lease };
          const pair = encodePair(key, createRevision, modRevision, version, value, lease);
          assert.equal(hex(pair), hex(KeyValue.encode(kv)));
          const reader = new PairReader().load(pair);
          assert.equal(reader.keyText, Buffer.from(key).toString('latin1'));
          assert.deepEqual(
            [
              reader.createRevision,
              reader.modRevision,
              reader.version,
              hex(reader.value),
              reader.lease,
              reader.hasLease,
            ],
            [createRevision, modRevision, version, hex(value), lease, lease !== 0n],
          );
          assert.equal(hex(reader.withoutValue()), hex(KeyValue.encode({ ...kv, value: new Uint8Array() })));
          const bare = encodeBarePair(reader.keyText, createRevision, modRevision, version);
          assert.equal(hex(bare), hex(KeyValue.encode({ ...kv, value: new Uint8Array(), lease: 0n })));
        },
      ),
    );
  });

  it('of a deletion hold key and revision, and the tombstone is their beginning', () => {
    fc.assert(
      fc.property(bytes, number, (key, modRevision) => {
        const deletion = encodeDeletion(Buffer.from(key).toString('latin1'), modRevision);
        assert.equal(hex(deletion), hex(KeyValue.encode(KeyValue.create({ key, modRevision }))));
        assert.equal(
          hex(tombstonePair(deletion, modRevision)),
          hex(KeyValue.encode(KeyValue.create({ key }))),
        );
      }),
    );
  });

  it('may hold fields of a later release', () => {
    const pair = Buffer.concat([
      encodePair(Buffer.from('k'), 2, 300, 1, Buffer.from('v'), 9n),
      Buffer.from([0x9a, 0x06, 2, 1, 2]),
    ]);
    const reader = new PairReader().load(pair);
    assert.deepEqual([reader.modRevision, hex(reader.value), reader.lease], [300, '76', 9n]);
  });
});

describe('revisions as keys', () => {
  it('are 17 bytes, 18 for a tombstone', () => {
    assert.equal(hex(encodeRevision(2, 0)), '00000000000000025f0000000000000000');
    assert.equal(hex(encodeRevision(2 ** 40 + 3, 7, true)), '00000100000000035f000000000000000774');
  });

  it('keep the order of revisions and come back', () => {
    const revision = fc.record({ main: fc.maxSafeNat(), sub: fc.nat(), tombstone: fc.boolean() });
    fc.assert(
      fc.property(revision, revision, (a, b) => {
        const [x, y] = [a, b].map(({ main, sub, tombstone }) => encodeRevision(main, sub, tombstone));
        assert.deepEqual(decodeRevision(x), { ...a });
        const order = a.main - b.main || a.sub - b.sub || Number(a.tombstone) - Number(b.tombstone);
        assert.equal(Math.sign(Buffer.compare(x, y)), Math.sign(order));
      }),
    );
  });
});

describe('interval set', () => {
  it('equals a list of intervals', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 2 });
    fc.assert(
      fc.property(fc.array(fc.tuple(key, key), { maxLength: 12 }), fc.array(key), (intervals, keys) => {
        const set = new IntervalSet();
        for (const [start, end] of intervals) set.add(start, end);
        for (const k of keys)
          assert.equal(
            set.has(k),
            intervals.some(([start, end]) => k >= start && k < end),
          );
      }),
    );
  });
});
