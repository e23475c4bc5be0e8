import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { type FieldDescriptor, type MessageCodec, WireError } from '../../../src/core/wire/codec.ts';
import * as internal from '../../../src/core/wire/gen/internal.ts';
import * as kv from '../../../src/core/wire/gen/kv.ts';
import * as raft from '../../../src/core/wire/gen/raft.ts';
import * as rpc from '../../../src/core/wire/gen/rpc.ts';
import * as stored from '../../../src/core/wire/gen/stored.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const hex = (b: Uint8Array): string => Buffer.from(b).toString('hex');
const bytes = (s: string): Uint8Array => Buffer.from(s, 'latin1');

function codecs(module: object): MessageCodec<any>[] {
  return Object.values(module).filter((v): v is MessageCodec<any> => typeof v?.typeName === 'string');
}

/** A random value for a message, from its own descriptor. */
function arbitrary(codec: MessageCodec<any>, depth = 0): fc.Arbitrary<any> {
  const shape: Record<string, fc.Arbitrary<unknown>> = {};
  const oneofs = new Set<string>();
  for (const f of codec.fields) {
    if (f.oneof) {
      if (oneofs.has(f.oneof)) continue;
      oneofs.add(f.oneof);
    }
    shape[f.property] = field(f, depth);
  }
  return fc.record(shape, { requiredKeys: Object.keys(shape) }).map((v) => codec.create(v));
}

function field(f: FieldDescriptor, depth: number): fc.Arbitrary<unknown> {
  const single = scalar(f, depth);
  if (f.repeated) return fc.array(single, { maxLength: depth > 2 ? 0 : 3 });
  return f.kind === 'message' || f.oneof ? fc.option(single, { nil: undefined }) : single;
}

function scalar(f: FieldDescriptor, depth: number): fc.Arbitrary<unknown> {
  switch (f.kind) {
    case 'bool':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...Object.values(f.enumValues!));
    case 'int32':
      return fc.integer();
    case 'uint32':
      return fc.nat(0xffffffff);
    case 'int64':
      return fc.maxSafeInteger();
    case 'uint64':
      return fc.maxSafeNat();
    case 'bigint64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'biguint64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case 'string':
      return fc.string({ unit: 'binary' });
    case 'bytes':
      return fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b));
    case 'message':
      return depth > 3
        ? fc.constant(f.message!().create())
        : arbitrary(f.message!() as MessageCodec<any>, depth + 1);
  }
}

/** The same message through protobufjs' reflection: an independent codec to compare with. */
const reflection = new protobuf.Root();
for (const file of ['kv', 'auth', 'rpc', 'membership', 'internal', 'raft']) {
  protobuf.parse(readFileSync(join(root, 'proto', `${file}.proto`), 'utf8'), reflection, { keepCase: true });
}

describe('wire codecs', () => {
  const all = [...codecs(rpc), ...codecs(kv), ...codecs(internal), ...codecs(raft)];

  it('give back what they wrote, for every message', () => {
    for (const codec of all) {
      fc.assert(
        fc.property(arbitrary(codec), (message) => {
          assert.deepEqual(codec.decode(codec.encode(message)), message);
        }),
        { numRuns: 20 },
      );
    }
  });

  it('write what protobufjs reads and writes again to the same bytes', () => {
    for (const codec of all) {
      const peer = reflection.lookupType(codec.typeName);
      fc.assert(
        fc.property(arbitrary(codec), (message) => {
          const ours = codec.encode(message);
          assert.deepEqual(codec.decode(peer.encode(peer.decode(ours)).finish()), message);
        }),
        { numRuns: 10 },
      );
    }
  });

  it('write the bytes that etcd stores for a pair', () => {
    const pair = kv.KeyValue.create({
      key: bytes('a'),
      createRevision: 2,
      modRevision: 2,
      version: 1,
      value: bytes('1'),
    });
    assert.equal(hex(kv.KeyValue.encode(pair)), '0a01611002180220012a0131');
  });

  it('write zero scalars of the consensus messages, as releases before 3.7 do', () => {
    assert.equal(hex(raft.HardState.encode(raft.HardState.create())), '080010001800');
    assert.equal(hex(raft.Entry.encode(raft.Entry.create())), '080010001800');
  });

  it('clamp numbers beyond 64 bits and keep the order of those beyond 2^53', () => {
    const huge = rpc.Compare.create({ modRevision: 2 ** 63 });
    const back = rpc.Compare.decode(rpc.Compare.encode(huge));
    assert.equal(back.modRevision, 2 ** 63);
    assert.equal(hex(rpc.Compare.encode(huge)), '30ffffffffffffffff7f');
    assert.equal(
      rpc.RangeRequest.decode(rpc.RangeRequest.encode(rpc.RangeRequest.create({ revision: -5 }))).revision,
      -5,
    );
  });

  it('keep unknown enum numbers and skip unknown fields', () => {
    const request = rpc.RangeRequest.decode(Buffer.from('28095a0161', 'hex'));
    assert.equal(request.sortOrder, 9);
    assert.equal(rpc.PutRequest.decode(Buffer.from('0a0161f2ff0703787878', 'hex')).key.toString(), 'a');
  });

  it('take a known field with another wire type for an unknown one, groups included, as etcd 3.7 does', () => {
    // "a" and limit 3, around: key as varint, as fixed64, as fixed32, limit as bytes, a group with a group in it.
    const odd = ['0805', '090102030405060708', '0d01020304', '1a0131', '0b130805140c'];
    for (const field of odd) {
      const request = rpc.RangeRequest.decode(Buffer.from(`0a0161${field}1803`, 'hex'));
      assert.deepEqual([request.key.toString(), request.limit], ['a', 3], field);
    }
    for (const bad of ['0b', '0b0805', '0b14', '0c', `${'0b'.repeat(200)}${'0c'.repeat(200)}`])
      assert.throws(() => rpc.RangeRequest.decode(Buffer.from(bad, 'hex')), WireError, bad);
  });

  it('stored forms carry encoded pairs through untouched', () => {
    const pair = kv.KeyValue.encode(
      kv.KeyValue.create({ key: bytes('k'), value: bytes('v'), modRevision: 7 }),
    );
    const out = stored.StoredRangeResponse.encode(
      stored.StoredRangeResponse.create({ kvs: [pair], count: 1 }),
    );
    const back = rpc.RangeResponse.decode(out);
    assert.equal(back.kvs[0].modRevision, 7);
    assert.equal(back.count, 1);
  });

  it('refuse what is not a message', () => {
    const bad = ['0a', '0a05', '0a0561', '08', '08ffffffffffffffffffff01', '0b', '07', '00', 'ff'];
    for (const input of bad)
      assert.throws(() => rpc.PutRequest.decode(Buffer.from(input, 'hex')), WireError, input);
    let nested = rpc.TxnRequest.create();
    for (let i = 0; i < 200; i++)
      nested = rpc.TxnRequest.create({ success: [rpc.RequestOp.create({ requestTxn: nested })] });
    assert.throws(() => rpc.TxnRequest.decode(rpc.TxnRequest.encode(nested)), /nested deeper/);
  });

  it('never throw anything else on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
        for (const codec of [
          rpc.TxnRequest,
          rpc.WatchRequest,
          rpc.PutRequest,
          internal.InternalRaftRequest,
          raft.Message,
        ]) {
          try {
            codec.decode(input);
          } catch (error) {
            assert(error instanceof WireError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are what scripts/wire.mjs makes of proto/', async () => {
    const { generate } = (await import(join(root, 'scripts/wire.mjs'))) as {
      generate(): Map<string, string>;
    };
    for (const [name, text] of generate()) {
      assert.equal(
        readFileSync(join(root, 'src/core/wire/gen', `${name}.ts`), 'utf8'),
        text,
        `gen/${name}.ts: run npm run wire`,
      );
    }
  });
});
