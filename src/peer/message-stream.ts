/**
 * The message stream: raft messages of every kind, one behind the other.
 *
 *   repeated:  u64 length | raftpb.Message          integers big endian
 *
 * When nothing is to be said, an all-zero heartbeat keeps the link alive; it is not a message of raft.
 */
import type { Writer } from '../core/wire/codec.ts';
import { Message, MessageType } from '../core/wire/gen/raft.ts';
import { checkedLength, type Decoder } from './frame-reader.ts';

/** Longest message accepted, in bytes (as in etcd). */
export const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;
const LENGTH_BYTES = 8;
const TWO_32 = 4294967296;

const LINK_HEARTBEAT: Message = Message.create({ type: MessageType.MsgHeartbeat });

export function isLinkHeartbeat(m: Message): boolean {
  return m.type === MessageType.MsgHeartbeat && m.from === 0n && m.to === 0n;
}

/** Writes `write(w, value)` behind its length. */
export function writeFramed<T>(w: Writer, value: T, write: (w: Writer, value: T) => void): void {
  w.need(LENGTH_BYTES);
  const mark = w.pos;
  w.pos += LENGTH_BYTES;
  write(w, value);
  const length = w.pos - mark - LENGTH_BYTES;
  w.buf.writeUInt32BE(Math.floor(length / TWO_32), mark);
  w.buf.writeUInt32BE(length >>> 0, mark + 4);
}

export function writeUint64(w: Writer, value: number): void {
  w.need(LENGTH_BYTES);
  w.buf.writeUInt32BE(Math.floor(value / TWO_32), w.pos);
  w.buf.writeUInt32BE(value >>> 0, w.pos + 4);
  w.pos += LENGTH_BYTES;
}

/** What a stream writer needs of an encoding. */
export interface StreamEncoder {
  write(w: Writer, message: Message): void;
  heartbeat(w: Writer): void;
}

export class MessageEncoder implements StreamEncoder {
  write(w: Writer, message: Message): void {
    writeFramed(w, message, Message.write);
  }

  heartbeat(w: Writer): void {
    writeFramed(w, LINK_HEARTBEAT, Message.write);
  }
}

export function* decodeMessages(receive: (message: Message) => void): Decoder {
  for (;;) {
    const length = checkedLength(yield LENGTH_BYTES, MAX_MESSAGE_BYTES);
    const message = Message.decode(yield length);
    if (!isLinkHeartbeat(message)) receive(message);
  }
}
