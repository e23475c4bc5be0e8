import assert from 'node:assert/strict';
import {
  ConfChange,
  ConfChangeV2,
  describeConfState,
  describeEntry,
  describeHardState,
  describeMessage,
  describeReady,
  describeSoftState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  MessageType,
  message,
  quote,
  State,
} from '../../../src/core/raft/index.ts';

const NOTHING = new Uint8Array(0);

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

describe('raft: texts', () => {
  const quoted: readonly [string | Uint8Array, string][] = [
    ['', '""'],
    ['plain text', '"plain text"'],
    ['say "hi" \\', '"say \\"hi\\" \\\\"'],
    ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\x00\x1f\x7f', '"\\x00\\x1f\\x7f"'],
    ['größe 日本 🚀', '"größe 日本 🚀"'],
    ['\u00a0\u200b', '"\\u00a0\\u200b"'],
    [bytes(0xff, 0x61, 0xc3), '"\\xffa\\xc3"'],
    [bytes(0xc0, 0x80), '"\\xc0\\x80"'],
    [bytes(0xed, 0xa0, 0x80), '"\\xed\\xa0\\x80"'],
    [bytes(0xf4, 0x90, 0x80, 0x80), '"\\xf4\\x90\\x80\\x80"'],
    [bytes(0xe6, 0x97, 0xa5), '"日"'],
  ];
  for (const [value, text] of quoted) {
    it(`quotes as ${text}`, () => {
      assert.equal(quote(typeof value === 'string' ? Buffer.from(value) : value), text);
    });
  }

  it('of entries', () => {
    const v1 = ConfChange.encode({ id: 7n, type: 3, nodeId: 0x2an, context: NOTHING });
    const changes = [
      { type: 0, nodeId: 1n },
      { type: 1, nodeId: 2n },
      { type: 2, nodeId: 3n },
    ];
    const v2 = ConfChangeV2.encode({ transition: 2, changes, context: NOTHING });
    assert.equal(describeEntry({ type: 0, term: 1, index: 2, data: NOTHING }), '1/2 EntryNormal ""');
    assert.equal(describeEntry({ type: 1, term: 1, index: 3, data: v1 }), '1/3 EntryConfChange l42');
    assert.equal(describeEntry({ type: 2, term: 1, index: 4, data: v2 }), '1/4 EntryConfChangeV2 v1 r2 u3');
    assert.equal(describeEntry({ type: 2, term: 1, index: 5, data: NOTHING }), '1/5 EntryConfChangeV2');
  });

  it('of states', () => {
    assert.equal(describeHardState({ term: 3, vote: 0n, commit: 4 }), 'Term:3 Commit:4');
    assert.equal(describeHardState({ term: 3, vote: 12n, commit: 4 }), 'Term:3 Vote:12 Commit:4');
    assert.equal(
      describeSoftState({ lead: 11n, state: State.PreCandidate }),
      'Lead:11 State:StatePreCandidate',
    );
    const conf = {
      voters: [1n, 2n],
      votersOutgoing: [3n],
      learners: [],
      learnersNext: [4n],
      autoLeave: true,
    };
    assert.equal(
      describeConfState(conf),
      'Voters:[1 2] VotersOutgoing:[3] Learners:[] LearnersNext:[4] AutoLeave:true',
    );
  });

  const messages: readonly [Partial<Message> & Pick<Message, 'type'>, string][] = [
    [{ type: MessageType.MsgHup }, 'None->None MsgHup Term:0 Log:0/0'],
    [
      {
        type: MessageType.MsgAppResp,
        from: 0xabn,
        to: 1n,
        term: 5,
        index: 7,
        logTerm: 2,
        reject: true,
        rejectHint: 6,
      },
      'ab->1 MsgAppResp Term:5 Log:2/7 Rejected (Hint: 6)',
    ],
    [
      { type: MessageType.MsgStorageAppend, from: 1n, to: LOCAL_APPEND_THREAD, term: 1, commit: 3, vote: 2n },
      '1->AppendThread MsgStorageAppend Term:1 Log:0/0 Commit:3 Vote:2',
    ],
    [
      { type: MessageType.MsgStorageApplyResp, from: LOCAL_APPLY_THREAD, to: 1n },
      'ApplyThread->1 MsgStorageApplyResp Term:0 Log:0/0',
    ],
    [
      { type: MessageType.MsgReadIndex, from: 1n, to: 2n, context: bytes(1, 2) },
      '1->2 MsgReadIndex Term:0 Log:0/0',
    ],
  ];
  for (const [fields, text] of messages) {
    it(`of a message: ${text}`, () => {
      assert.equal(describeMessage(message(fields)), text);
    });
  }

  it('of messages within messages are indented', () => {
    const entry = (index: number) => ({ type: 0, term: 1, index, data: Buffer.from('x') });
    const inner = message({ type: MessageType.MsgApp, from: 1n, to: 2n, entries: [entry(1), entry(2)] });
    const outer = message({
      type: MessageType.MsgStorageApply,
      from: 1n,
      to: LOCAL_APPLY_THREAD,
      responses: [inner],
    });
    assert.equal(
      describeMessage(outer),
      [
        '1->ApplyThread MsgStorageApply Term:0 Log:0/0 Responses:[',
        '  1->2 MsgApp Term:0 Log:0/0 Entries:[',
        '    1/1 EntryNormal "x"',
        '    1/2 EntryNormal "x"',
        '  ]',
        ']',
      ].join('\n'),
    );
  });

  it('of a Ready name only what is there', () => {
    const empty = {
      softState: undefined,
      hardState: undefined,
      readStates: [],
      entries: [],
      snapshot: undefined,
      committedEntries: [],
      messages: [],
      mustSync: false,
    };
    assert.equal(describeReady(empty), '<empty Ready>');
    const readStates = [
      { index: 7, requestCtx: bytes(1, 255) },
      { index: 8, requestCtx: NOTHING },
    ];
    assert.equal(
      describeReady({ ...empty, readStates }),
      'Ready MustSync=false:\nReadStates [{7 [1 255]} {8 []}]\n',
    );
  });
});
