import {
  type ConfState,
  type Entry,
  MemoryStorage,
  type Message,
  type RawNode,
  type Snapshot,
} from '../../../src/core/raft/index.ts';
import type { Replica } from './properties.ts';

/** What applying an entry to a state gives: equal only for equal histories. */
export function chain(state: number, entry: Entry): number {
  let h = Math.imul(state ^ entry.index, 0x01000193) ^ Math.imul(entry.term, 0x85ebca6b) ^ entry.type;
  for (const byte of entry.data) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

export function encodeState(state: number): Uint8Array {
  return Buffer.from(String(state));
}

export function decodeState(data: Uint8Array): number {
  return data.length === 0 ? 0 : Number(Buffer.from(data).toString());
}

/**
 * Sends what is applied now, not the snapshot that was stored last: that may be older than the change which added the
 * follower, who would refuse it and be sent it again, as fast as the network goes.
 */
export class SimStorage extends MemoryStorage {
  current: (() => Snapshot) | undefined;

  override snapshot(): Snapshot {
    return this.current?.() ?? this.stored();
  }

  stored(): Snapshot {
    return super.snapshot();
  }
}

/** What survives a crash is `storage`; all else is lost. */
export interface SimNode extends Replica {
  readonly storage: SimStorage;
  raw: RawNode | undefined;
  appendWork: Message[];
  applyWork: Message[];
  applied: number;
  confState: ConfState | undefined;
}
