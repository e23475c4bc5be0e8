import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HeaderTemplate } from '../../../src/transport/http2/header-template.ts';
import {
  type DynamicTable,
  type HeaderField,
  HpackDecoder,
  HpackEncoder,
  HpackError,
  huffmanDecode,
  huffmanEncode,
  huffmanLength,
  type OutgoingField,
} from '../../../src/transport/http2/hpack/index.ts';

function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s/g, ''), 'hex');
}

function decode(decoder: HpackDecoder, block: Buffer): string[] {
  return decoder.decode(block, 0, block.length).map((field) => `${field.name}: ${field.value}`);
}

function tableOf(table: DynamicTable): string[] {
  return Array.from({ length: table.length }, (_, i): HeaderField => table.at(i)).map(
    (f) => `${f.name}: ${f.value}`,
  );
}

function encode(
  encoder: HpackEncoder,
  lines: readonly string[],
  indexing: OutgoingField['indexing'],
): string {
  const fields = lines.map((line): OutgoingField => {
    const colon = line.indexOf(': ', 1);
    return { name: line.slice(0, colon), value: line.slice(colon + 2), indexing };
  });
  const target = Buffer.alloc(HpackEncoder.bound(fields));
  return target.subarray(0, encoder.encode(fields, target, 0)).toString('hex');
}

/** RFC 7541, appendix C. `table` is the dynamic table after the block, newest first; `bytes` its size. */
interface Example {
  readonly block: string;
  readonly fields: readonly string[];
  readonly table: readonly string[];
  readonly bytes: number;
}

const custom = ['custom-key: custom-value'];
const firstRequest = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
const requests: readonly Omit<Example, 'block'>[] = [
  { fields: firstRequest, table: [':authority: www.example.com'], bytes: 57 },
  {
    fields: [...firstRequest, 'cache-control: no-cache'],
    table: ['cache-control: no-cache', ':authority: www.example.com'],
    bytes: 110,
  },
  {
    fields: [
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      ...custom,
    ],
    table: [...custom, 'cache-control: no-cache', ':authority: www.example.com'],
    bytes: 164,
  },
];
const at21 = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
const at22 = 'date: Mon, 21 Oct 2013 20:13:22 GMT';
const location = 'location: https://www.example.com';
const cookie = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const responses: readonly Omit<Example, 'block'>[] = [
  {
    fields: [':status: 302', 'cache-control: private', at21, location],
    table: [location, at21, 'cache-control: private', ':status: 302'],
    bytes: 222,
  },
  {
    fields: [':status: 307', 'cache-control: private', at21, location],
    table: [':status: 307', location, at21, 'cache-control: private'],
    bytes: 222,
  },
  {
    fields: [':status: 200', 'cache-control: private', at22, location, 'content-encoding: gzip', cookie],
    table: [cookie, 'content-encoding: gzip', at22],
    bytes: 215,
  },
];

const sequences = [
  {
    section: 'C.3',
    huffman: false,
    tableBytes: 4096,
    examples: requests,
    blocks: [
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '8286 84be 5808 6e6f 2d63 6163 6865',
      '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    ],
  },
  {
    section: 'C.4',
    huffman: true,
    tableBytes: 4096,
    examples: requests,
    blocks: [
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ],
  },
  {
    section: 'C.5',
    huffman: false,
    tableBytes: 256,
    examples: responses,
    blocks: [
      `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d
       546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
      '4803 3330 37c1 c0bf',
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
       6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
       2076 6572 7369 6f6e 3d31`,
    ],
  },
  {
    section: 'C.6',
    huffman: true,
    tableBytes: 256,
    examples: responses,
    blocks: [
      `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7
       8f0b 97c8 e9ae 82ae 43d3`,
      '4883 640e ffc1 c0bf',
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
       dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
    ],
  },
];

describe('HPACK: RFC 7541, appendix C', () => {
  for (const [section, block, fields, bytes] of [
    [
      'C.2.1 literal, indexed',
      '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      ['custom-key: custom-header'],
      55,
    ],
    ['C.2.2 literal, not indexed', '040c 2f73 616d 706c 652f 7061 7468', [':path: /sample/path'], 0],
    ['C.2.3 literal, never indexed', '1008 7061 7373 776f 7264 0673 6563 7265 74', ['password: secret'], 0],
    ['C.2.4 indexed', '82', [':method: GET'], 0],
  ] as const) {
    it(section, () => {
      const decoder = new HpackDecoder();
      assert.deepEqual(decode(decoder, hex(block)), fields);
      assert.equal(decoder.table.byteLength, bytes);
    });
  }

  for (const { section, huffman, tableBytes, examples, blocks } of sequences) {
    it(`${section} decodes, block after block`, () => {
      const decoder = new HpackDecoder({ maxTableBytes: tableBytes });
      for (const [i, example] of examples.entries()) {
        assert.deepEqual(decode(decoder, hex(blocks[i])), example.fields);
        assert.deepEqual(tableOf(decoder.table), example.table);
        assert.equal(decoder.table.byteLength, example.bytes);
      }
    });

    it(`${section} encodes to the same bytes`, () => {
      const encoder = new HpackEncoder({ huffman });
      encoder.setMaxTableBytes(tableBytes);
      const sizeUpdate = tableBytes === 4096 ? '' : '3fe101';
      for (const [i, example] of examples.entries()) {
        const block = encode(encoder, example.fields, 'repeated');
        assert.equal(block, (i === 0 ? sizeUpdate : '') + hex(blocks[i]).toString('hex'));
      }
    });
  }

  // C.1: integers. A prefix of 5 bits is a table size update, one of 7 an index.
  for (const [section, block, size] of [
    ['C.1.1', '2a', 10],
    ['C.1.2', '3f9a0a', 1337],
  ] as const) {
    it(`${section} integer ${size}`, () => {
      const decoder = new HpackDecoder();
      decode(decoder, hex(block));
      assert.equal(decoder.table.maxByteLength, size);
    });
  }
});

describe('HPACK: blocks that must not be taken', () => {
  for (const [what, block] of [
    ['6.1: index 0', '80'],
    ['2.3.3: index beyond the tables', 'be'],
    ['2.3.3: name index beyond the tables', '7f00 00'],
    ['4.2: size update above the limit', '3fe21f'],
    ['4.2: size update after a field', '8220'],
    ['5.1: integer that never ends', '7fffffffffffffffffff01'],
    ['5.1: integer cut short', 'ff80'],
    ['5.2: string cut short', '400a6162'],
    ['5.2: no string at all', '40'],
    ['5.2: padding longer than 7 bits', '4001 6182 1fff'],
    ['5.2: padding that is not all ones', '4001 6181 18'],
    ['5.2: EOS in a string', '4001 6184 ffff ffff'],
  ] as const) {
    it(what, () => {
      assert.throws(() => decode(new HpackDecoder(), hex(block)), HpackError);
    });
  }

  it('counts, but does not keep, more than the header list may hold', () => {
    const decoder = new HpackDecoder({ maxListBytes: 100 });
    const block = hex('400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572 be be');
    assert.deepEqual(decode(decoder, block), ['custom-key: custom-header']);
    assert.equal(decoder.overflowed, true);
    assert.equal(decoder.table.length, 1);
    decode(decoder, hex('be'));
    assert.equal(decoder.overflowed, false);
  });
});

describe('HPACK: properties', () => {
  const latin1 = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  const field = fc.record({
    name: fc.oneof(fc.constantFrom('content-type', ':path', 'grpc-status', 'x-a'), latin1),
    value: fc.oneof(fc.constantFrom('application/grpc', '/', '0'), latin1),
    indexing: fc.constantFrom('repeated' as const, 'once' as const, 'secret' as const),
  });

  it('a Huffman string comes back', () => {
    fc.assert(
      fc.property(latin1, (text) => {
        const target = Buffer.alloc(huffmanLength(text));
        assert.equal(huffmanEncode(text, target, 0), target.length);
        assert.equal(huffmanDecode(target, 0, target.length), text);
      }),
    );
  });

  it('what one end encodes the other decodes, through table resizes', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ fields: fc.array(field, { maxLength: 6 }) }) },
      { weight: 1, arbitrary: fc.record({ tableBytes: fc.integer({ min: 0, max: 6000 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder();
        for (const one of steps) {
          if ('tableBytes' in one) {
            encoder.setMaxTableBytes(one.tableBytes);
            continue;
          }
          const target = Buffer.alloc(HpackEncoder.bound(one.fields));
          const end = encoder.encode(one.fields, target, 0);
          const decoded = decoder.decode(target, 0, end).map(({ name, value }) => ({ name, value }));
          assert.deepEqual(
            decoded,
            one.fields.map(({ name, value }) => ({ name, value })),
          );
          assert.deepEqual(tableOf(decoder.table), tableOf(encoder.table));
        }
      }),
    );
  });

  it('a template sends the same list whether its block is remembered or not', () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    const fields: OutgoingField[] = [
      { name: ':status', value: '200', indexing: 'once' },
      { name: 'content-type', value: 'application/grpc', indexing: 'repeated' },
    ];
    const template = new HeaderTemplate(encoder, fields);
    const lengths: number[] = [];
    for (let i = 0; i < 6; i++) {
      if (i === 3) encode(encoder, [`x-${i}: y`], 'once');
      if (i === 4) encoder.setMaxTableBytes(0);
      const block = Buffer.from(template.encode());
      lengths.push(block.length);
      assert.deepEqual(decode(decoder, block), [':status: 200', 'content-type: application/grpc']);
    }
    assert.deepEqual(lengths.slice(1, 4), [2, 2, 2]);
    assert.ok(lengths[5] > 2, 'with no table the field is a literal again');
  });
});
