/**
 * The msgappv2 stream: appends only, with what the one before implies left out. Both sides keep (term, index), at first
 * (0, 0): where the next append starts if it just goes on.
 *
 *   0                                                        link heartbeat
 *   1 | u64 count | count x (u64 size | raftpb.Entry) | u64 commit     the log goes on at (term, index)
 *   2 | u64 size | raftpb.Message                            any other append
 *
 * All integers big endian. After 1 the index grows by count; after 2 the state is the message's term and last index.
 */
import type { Writer } from '../core/wire/codec.ts';
import { Entry, Message, MessageType } from '../core/wire/gen/raft.ts';
import { checkedLength, type Decoder, FrameError, readUint64 } from './frame-reader.ts';
import { MAX_MESSAGE_BYTES, type StreamEncoder, writeFramed, writeUint64 } from './message-stream.ts';

const Kind = { Heartbeat: 0, Entries: 1, Message: 2 } as const;
/** More entries than one append can carry: each takes 8 bytes of it at least. */
const MAX_ENTRIES = MAX_MESSAGE_BYTES / 8;

interface Position {
  term: number;
  index: number;
}

/** Where the log stands after a whole append. */
function follow(state: Position, m: Message): void {
  state.term = m.term;
  state.index = m.entries.length > 0 ? m.entries[m.entries.length - 1].index : m.index;
}

export class AppendEncoder implements StreamEncoder {
  private readonly state: Position = { term: 0, index: 0 };

  write(w: Writer, m: Message): void {
    const { state } = this;
    if (m.index === state.index && m.logTerm === state.term && m.logTerm === m.term) {
      this.entries(w, m);
      state.index += m.entries.length;
      return;
    }
    byte(w, Kind.Message);
    writeFramed(w, m, Message.write);
    follow(state, m);
  }

  heartbeat(w: Writer): void {
    byte(w, Kind.Heartbeat);
  }

  private entries(w: Writer, m: Message): void {
    byte(w, Kind.Entries);
    writeUint64(w, m.entries.length);
    for (const entry of m.entries) writeFramed(w, entry, Entry.write);
    writeUint64(w, m.commit);
  }
}

function byte(w: Writer, value: number): void {
  w.need(1);
  w.buf[w.pos++] = value;
}

/** @param ends who sends, and who receives: a short append doesn't say. */
export function* decodeAppends(
  ends: { readonly from: bigint; readonly to: bigint },
  receive: (message: Message) => void,
): Decoder {
  const state: Position = { term: 0, index: 0 };
  for (;;) {
    const kind = (yield 1)[0];
    if (kind === Kind.Heartbeat) continue;
    if (kind === Kind.Message) {
      const message = Message.decode(yield checkedLength(yield 8, MAX_MESSAGE_BYTES));
      follow(state, message);
      receive(message);
      continue;
    }
    if (kind !== Kind.Entries) throw new FrameError(`failed to parse type ${kind} in msgappv2 stream`);
    const count = checkedLength(yield 8, MAX_ENTRIES);
    const entries: Entry[] = [];
    for (let i = 0; i < count; i++)
      entries.push(Entry.decode(yield checkedLength(yield 8, MAX_MESSAGE_BYTES)));
    const commit = readUint64(yield 8);
    const { term, index } = state;
    state.index += count;
    receive(
      Message.create({
        type: MessageType.MsgApp,
        from: ends.from,
        to: ends.to,
        term,
        logTerm: term,
        index,
        entries,
        commit,
      }),
    );
  }
}
