import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FieldDescriptor, MessageCodec } from '../../../src/core/wire/codec.ts';
import * as rpc from '../../../src/core/wire/gen/rpc.ts';
import { readMessage } from '../../../src/transport/http1/gateway/json-reader.ts';
import { JsonScanner } from '../../../src/transport/http1/gateway/json-scanner.ts';
import { writeMessage } from '../../../src/transport/http1/gateway/json-writer.ts';

/** The values in `text`, given to the scanner in pieces that end at `cuts`. */
function scan(text: string, cuts: readonly number[] = []): string[] {
  const scanner = new JsonScanner(1_000_000);
  const found: string[] = [];
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts.filter((c) => c < bytes.length).sort((a, b) => a - b), bytes.length]) {
    scanner.push(bytes.subarray(from, cut), (value) => found.push(value));
    from = cut;
  }
  scanner.end((value) => found.push(value));
  return found;
}

const KINDS: Readonly<Record<FieldDescriptor['kind'], fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int32: fc.integer(),
  uint32: fc.nat({ max: 0xffff_ffff }),
  int64: fc.maxSafeInteger(),
  uint64: fc.maxSafeNat(),
  bigint64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  biguint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  string: fc.string({ unit: 'binary' }),
  bytes: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  enum: fc.constant(0),
  message: fc.constant(undefined),
};

/** Any message of a type, nested at most `depth` deep; at most one member of each oneof. */
function messageOf(codec: MessageCodec<unknown>, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const parts = codec.fields.map((field): fc.Arbitrary<[FieldDescriptor, unknown]> => {
    let one: fc.Arbitrary<unknown> = KINDS[field.kind];
    if (field.kind === 'enum') one = fc.constantFrom(...Object.values(field.enumValues!));
    if (field.kind === 'message')
      one = depth > 0 ? messageOf(field.message!(), depth - 1) : fc.constant(undefined);
    const many = field.kind === 'message' && depth === 0 ? fc.constant([]) : fc.array(one, { maxLength: 3 });
    return (field.repeated ? many : one).map((value) => [field, value]);
  });
  return fc.tuple(fc.infiniteStream(fc.nat()), ...parts).map(([picks, ...entries]) => {
    const message = codec.create() as Record<string, unknown>;
    const members = new Map<string, [FieldDescriptor, unknown][]>();
    for (const entry of entries) {
      const [field, value] = entry;
      if (field.oneof === undefined) {
        if (value !== undefined) message[field.property] = value;
      } else members.set(field.oneof, [...(members.get(field.oneof) ?? []), entry]);
    }
    for (const list of members.values()) {
      const pick = picks.next().value % (list.length + 1);
      if (pick < list.length && list[pick][1] !== undefined) message[list[pick][0].property] = list[pick][1];
    }
    return message;
  });
}

const TYPES: readonly MessageCodec<any>[] = [
  rpc.RangeRequest,
  rpc.RangeResponse,
  rpc.PutRequest,
  rpc.TxnRequest,
  rpc.TxnResponse,
  rpc.WatchRequest,
  rpc.WatchResponse,
  rpc.LeaseTimeToLiveResponse,
  rpc.MemberListResponse,
  rpc.StatusResponse,
  rpc.AlarmResponse,
  rpc.AuthRoleGetResponse,
];

describe('JSON of messages', () => {
  for (const codec of TYPES) {
    it(`${codec.typeName}: object to JSON to object`, () => {
      fc.assert(
        fc.property(messageOf(codec, 2), (message) => {
          const text = writeMessage(codec, message);
          const back = readMessage(codec, text);
          assert.deepEqual(codec.encode(back), codec.encode(message));
          assert.equal(writeMessage(codec, back), text);
          assert.deepEqual(scan(text), [text]);
        }),
        { numRuns: 40 },
      );
    });
  }

  it('prints names as in the .proto, wide numbers as strings, and leaves out what is zero', () => {
    const message = rpc.WatchResponse.create({
      header: rpc.ResponseHeader.create({ clusterId: 2n ** 64n - 1n, revision: 5 }),
      watchId: 0n,
      created: true,
      compactRevision: 7,
    });
    assert.equal(
      writeMessage(rpc.WatchResponse, message),
      '{"header":{"cluster_id":"18446744073709551615","revision":"5"},"created":true,"compact_revision":"7"}',
    );
  });

  it('prints a member of a oneof also when it is zero, and an empty message that is there', () => {
    assert.equal(
      writeMessage(rpc.Compare, rpc.Compare.create({ target: 0, key: Buffer.from('a'), version: 0 })),
      '{"key":"YQ==","version":"0"}',
    );
    assert.equal(writeMessage(rpc.RequestOp, { requestTxn: rpc.TxnRequest.create() }), '{"request_txn":{}}');
  });

  it('takes names in both forms, numbers in both forms, bytes in both alphabets', () => {
    const read = (text: string) => readMessage(rpc.RangeRequest, text);
    assert.equal(read('{"range_end":"YQ=="}').rangeEnd.toString(), 'a');
    assert.equal(read('{"rangeEnd":"YQ"}').rangeEnd.toString(), 'a');
    assert.deepEqual([...read('{"key":"_-8="}').key], [255, 239]);
    assert.deepEqual([...read('{"key":"/+8="}').key], [255, 239]);
    for (const limit of ['5', '"5"', '5.0', '"5e0"', '50e-1', '0.5e1'])
      assert.equal(read(`{"limit":${limit}}`).limit, 5);
    assert.equal(read('{"sort_order":"DESCEND"}').sortOrder, 2);
    assert.equal(read('{"sort_order":2}').sortOrder, 2);
    assert.equal(read('{"sort_order":"WHAT"}').sortOrder, 0);
    assert.equal(read('{"nothing":[{"a":"]"}],"limit":null,"serializable":true}').serializable, true);
    assert.equal(readMessage(rpc.LeaseTimeToLiveResponse, '{"grantedTTL":"7"}').grantedTTL, 7);
  });

  /** As etcd 3.7.1 answers. */
  const refused: readonly [string, string][] = [
    ['{"limit":"abc"}', 'proto: (line 1:10): invalid value for int64 field limit: "abc"'],
    ['{"limit":1.5}', 'proto: (line 1:10): invalid value for int64 field limit: 1.5'],
    ['{"limit":{}}', 'proto: (line 1:10): invalid value for int64 field limit: {'],
    [
      '{"limit":9223372036854775808}',
      'proto: (line 1:10): invalid value for int64 field limit: 9223372036854775808',
    ],
    ['{"limit":""}', 'proto: (line 1:10): invalid value for int64 field limit: ""'],
    ['{"key":5}', 'proto: (line 1:8): invalid value for bytes field key: 5'],
    ['{"key":"***"}', 'proto: (line 1:8): invalid value for bytes field key: "***"'],
    ['{\n "key":\n   5}', 'proto: (line 3:4): invalid value for bytes field key: 5'],
    ['{"é":1,"limit":"z"}', 'proto: (line 1:16): invalid value for int64 field limit: "z"'],
    ['{"sort_order":true}', 'proto: (line 1:15): invalid value for enum field sortOrder: true'],
    ['{"serializable":"true"}', 'proto: (line 1:17): invalid value for bool field serializable: "true"'],
    ['{"key":"YQ==","key":"YQ=="}', 'proto: (line 1:15): duplicate field "key"'],
    ['{"range_end":"","rangeEnd":""}', 'proto: (line 1:17): duplicate field "rangeEnd"'],
    ['[1]', 'proto: syntax error (line 1:1): unexpected token ['],
    ['null', 'proto: syntax error (line 1:1): unexpected token null'],
  ];
  for (const [text, message] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => readMessage(rpc.RangeRequest, text), { name: 'ProtoJsonError', message });
    });
  }

  it('refuses two members of a oneof, and lists and messages that are none', () => {
    const txn = (text: string) => () => readMessage(rpc.TxnRequest, text);
    assert.throws(txn('{"success":[{"request_put":{},"request_range":{}}]}'), {
      message:
        'proto: (line 1:31): error parsing "request_range", oneof etcdserverpb.RequestOp.request is already set',
    });
    assert.throws(txn('{"success":{}}'), { message: 'proto: syntax error (line 1:12): unexpected token {' });
    assert.throws(txn('{"success":[5]}'), { message: 'proto: syntax error (line 1:13): unexpected token 5' });
  });

  it('refuses nesting that would exhaust the stack', () => {
    const deep = '{"success":[{"request_txn":'.repeat(5000) + '{}' + '}]}'.repeat(5000);
    assert.throws(() => readMessage(rpc.TxnRequest, deep), { name: 'ProtoJsonError' });
  });
});

describe('JSON scanner', () => {
  it('finds values wherever the pieces are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat({ max: 200 })), (values, cuts) => {
        const texts = values.map((value) => JSON.stringify(value));
        assert.deepEqual(scan(texts.join('\n'), cuts), texts);
      }),
    );
  });

  it('gives up on a value that never ends', () => {
    const scanner = new JsonScanner(1000);
    const piece = Buffer.from(`"${'x'.repeat(300)}`);
    scanner.push(piece, () => {});
    assert.throws(
      () => {
        for (let i = 0; i < 3; i++) scanner.push(piece.subarray(1), () => {});
      },
      { name: 'JsonTooLargeError', size: 1201 },
    );
  });

  it('needs nothing between objects', () =>
    assert.deepEqual(scan('{"a":1}{"b":[]}[2]'), ['{"a":1}', '{"b":[]}', '[2]']));

  it('agrees with JSON.parse on what is JSON', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0019.eE+-tfn rulsa') });
    fc.assert(
      fc.property(soup, (text) => {
        const accepts = (check: () => void): boolean => {
          try {
            check();
            return true;
          } catch {
            return false;
          }
        };
        // In an array, so that several values in a row are not accepted.
        const wrapped = `[${text}]`;
        assert.equal(
          accepts(() => assert.equal(scan(wrapped).length, 1)),
          accepts(() => JSON.parse(wrapped)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  /** As Go's encoding/json says it. */
  const broken: readonly [string, string][] = [
    ['{', 'unexpected EOF'],
    ['"', 'unexpected EOF'],
    ['{b', "invalid character 'b' looking for beginning of object key string"],
    ['{"key" x', "invalid character 'x' after object key"],
    ['{"key":"" x', "invalid character 'x' after object key:value pair"],
    ['[1 x', "invalid character 'x' after array element"],
    ['{"key":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"key":"\\q"}', "invalid character 'q' in string escape code"],
    ['{"key":"\\u12x"}', "invalid character 'x' in \\u hexadecimal character escape"],
    ['{"limit":01}', "invalid character '1' after object key:value pair"],
    ['{"limit":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"limit":1ex}', "invalid character 'x' in exponent of numeric literal"],
    ['{"limit":-}', "invalid character '}' in numeric literal"],
    ['x', "invalid character 'x' looking for beginning of value"],
    ["'", "invalid character '\\'' looking for beginning of value"],
    ['{"key":"a\nb"}', "invalid character '\\n' in string literal"],
  ];
  for (const [text, message] of broken) {
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      assert.throws(() => scan(text), { name: 'JsonSyntaxError', message });
    });
  }
});
