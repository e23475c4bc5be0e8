import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Writer } from '../../../src/core/wire/codec.ts';
import { Entry, Message, MessageType } from '../../../src/core/wire/gen/raft.ts';
import { type Decoder, FrameError, FrameReader } from '../../../src/peer/frame-reader.ts';
import { decodeMessages, MessageEncoder, type StreamEncoder } from '../../../src/peer/message-stream.ts';
import { AppendEncoder, decodeAppends } from '../../../src/peer/msgapp-stream.ts';

const FROM = 0x1n;
const TO = 0x2n;

function encoded(encoder: StreamEncoder, messages: readonly (Message | 'heartbeat')[]): Buffer {
  const w = new Writer(16);
  for (const m of messages) {
    if (m === 'heartbeat') encoder.heartbeat(w);
    else encoder.write(w, m);
  }
  return Buffer.from(w.finish());
}

/** Feeds the bytes in pieces of the given sizes, around and around. */
function decoded(
  decoder: (receive: (m: Message) => void) => Decoder,
  bytes: Buffer,
  pieces: readonly number[],
): Message[] {
  const out: Message[] = [];
  const reader = new FrameReader(decoder((m) => out.push(m)));
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = pieces[i % pieces.length];
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  return out;
}

const entry = (term: number, index: number, text: string): Entry =>
  Entry.create({ term, index, data: Buffer.from(text) });

const append = (
  term: number,
  logTerm: number,
  index: number,
  texts: readonly string[],
  commit = 0,
): Message =>
  Message.create({
    type: MessageType.MsgApp,
    from: FROM,
    to: TO,
    term,
    logTerm,
    index,
    commit,
    entries: texts.map((text, i) => entry(term, index + 1 + i, text)),
  });

const appends = (receive: (m: Message) => void): Decoder => decodeAppends({ from: FROM, to: TO }, receive);

describe('message stream', () => {
  it('is a big-endian length and the message', () => {
    const message = Message.create({ type: MessageType.MsgVote, from: FROM, to: TO, term: 3 });
    const bytes = encoded(new MessageEncoder(), [message]);
    const body = Buffer.from(Message.encode(message));
    assert.equal(
      bytes.toString('hex'),
      `${body.length.toString(16).padStart(16, '0')}${body.toString('hex')}`,
    );
  });

  it('keeps link heartbeats to itself', () => {
    const beat = Message.create({ type: MessageType.MsgHeartbeat, from: FROM, to: TO, term: 3 });
    const bytes = encoded(new MessageEncoder(), ['heartbeat', beat, 'heartbeat']);
    assert.deepEqual(
      decoded(decodeMessages, bytes, [1]).map((m) => m.from),
      [FROM],
    );
  });

  it('refuses a length beyond the limit before it is read', () => {
    const reader = new FrameReader(decodeMessages(() => assert.fail('nothing is whole')));
    assert.throws(() => reader.push(Buffer.from('00000000200000010000', 'hex')), FrameError);
    const huge = new FrameReader(decodeMessages(() => assert.fail('nothing is whole')));
    assert.throws(() => huge.push(Buffer.from('ffffffffffffffff', 'hex')), FrameError);
  });
});

describe('msgappv2 stream', () => {
  it('has the bytes of the protocol', () => {
    const bytes = encoded(new AppendEncoder(), [
      'heartbeat',
      append(1, 0, 0, ['a']),
      append(1, 1, 1, ['bc'], 1),
      append(1, 1, 2, [], 2),
    ]);
    const whole = Buffer.from(Message.encode(append(1, 0, 0, ['a']))).toString('hex');
    const second = Buffer.from(Entry.encode(entry(1, 2, 'bc'))).toString('hex');
    const u64 = (n: number): string => n.toString(16).padStart(16, '0');
    assert.equal(
      bytes.toString('hex'),
      [
        '00',
        `02${u64(whole.length / 2)}${whole}`,
        `01${u64(1)}${u64(second.length / 2)}${second}${u64(1)}`,
        `01${u64(0)}${u64(2)}`,
      ].join(''),
    );
  });

  it('writes whole what does not follow the append before', () => {
    const kinds = (messages: Message[]): number[] => {
      const encoder = new AppendEncoder();
      return messages.map((m) => encoded(encoder, [m])[0]);
    };
    assert.deepEqual(kinds([append(1, 1, 5, ['a']), append(1, 1, 6, ['b'])]), [2, 1]);
    assert.deepEqual(kinds([append(1, 1, 5, ['a']), append(1, 1, 7, ['b'])]), [2, 2], 'a gap');
    assert.deepEqual(kinds([append(1, 1, 5, ['a']), append(2, 1, 6, ['b'])]), [2, 2], 'a new term');
    assert.deepEqual(kinds([append(2, 1, 5, ['a']), append(2, 2, 6, []), append(2, 2, 6, ['b'])]), [2, 1, 1]);
  });

  it('refuses an unknown type', () => {
    const reader = new FrameReader(appends(() => assert.fail('not a message')));
    assert.throws(() => reader.push(Buffer.from([3])), FrameError);
  });

  it('decodes whatever was encoded, however it is cut', () => {
    const step = fc.record({
      newTerm: fc.boolean(),
      jump: fc.constantFrom(0, 0, 0, 2),
      texts: fc.array(fc.string({ maxLength: 40 }), { maxLength: 4 }),
      commit: fc.integer({ min: 0, max: 1000 }),
      heartbeat: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        (steps, pieces) => {
          let [term, logTerm, index] = [1, 0, 0];
          const sent: Message[] = [];
          const encoder = new AppendEncoder();
          const chunks = steps.map((s) => {
            if (s.newTerm) term++;
            index += s.jump;
            const message = append(term, logTerm, index, s.texts, s.commit);
            sent.push(message);
            if (s.texts.length > 0) logTerm = term;
            index += s.texts.length;
            return encoded(encoder, s.heartbeat ? ['heartbeat', message] : [message]);
          });
          const plain = (m: Message): string => Buffer.from(Message.encode(m)).toString('hex');
          const got = decoded(appends, Buffer.concat(chunks), pieces);
          assert.deepEqual(got.map(plain), sent.map(plain));
        },
      ),
      { numRuns: 200 },
    );
  });
});
