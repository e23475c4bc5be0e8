/**
 * The format of write-ahead log segments, as etcd 3.4 to 3.7 write and read it.
 *
 * A segment is a file `<sequence, 16 hex digits>-<index, 16 hex digits>.wal`: sequences have no holes, and `index` is the
 * first raft index that may be in it. It is preallocated; zeros follow the last frame.
 *
 *   frame   8 bytes, little endian   bits 0-55 n, the length of the record; bits 56-58 padding; bit 63 set if padding
 *           n bytes                  record: type (varint field 1), crc (varint field 2), data (bytes field 3)
 *           0-7 bytes                zeros, so that every frame starts at a multiple of 8
 *
 * `crc` is a CRC-32C that runs over the data of all records from the first segment on and is never reset; framing and
 * type are not covered. A frame whose first eight bytes are zero ends the segment.
 *
 *   first segment   crc 0, metadata, snapshot {0, 0}
 *   later ones      crc (running value), metadata, hard state (unless empty)
 *   then            entries, hard states and snapshots in any order
 */
import { LogStoreError } from '../../core/ports/log-store.ts';

/** etcd's limit, in decimal megabytes. The record that crosses it is the last of its segment. */
export const SEGMENT_BYTES = 64_000_000;
/** A sync slower than this is worth a line in the log. */
export const SLOW_SYNC_MS = 1000;
export const FRAME_HEADER_BYTES = 8;
export const SECTOR_BYTES = 512;

export const RecordType = { Metadata: 1, Entry: 2, State: 3, Crc: 4, Snapshot: 5 } as const;

export interface SegmentName {
  readonly name: string;
  readonly sequence: number;
  readonly index: number;
}

const SEGMENT_NAME = /^([0-9a-f]{16})-([0-9a-f]{16})\.wal$/;

export function segmentName(sequence: number, index: number): string {
  return `${hex16(sequence)}-${hex16(index)}.wal`;
}

export function hex16(value: number): string {
  return value.toString(16).padStart(16, '0');
}

/** undefined when it is not the name of a segment. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const match = SEGMENT_NAME.exec(name);
  if (!match) return undefined;
  return { name, sequence: Number.parseInt(match[1], 16), index: Number.parseInt(match[2], 16) };
}

/** The segments among the names of a directory, in order. */
export function segmentsAmong(names: readonly string[]): SegmentName[] {
  return names
    .map(parseSegmentName)
    .filter((segment) => segment !== undefined)
    .sort((a, b) => a.sequence - b.sequence);
}

/**
 * The segments to read from on for entries behind `index`.
 * @throws LogStoreError missing
 */
export function segmentsFrom(all: readonly SegmentName[], index: number, directory: string): SegmentName[] {
  const first = all.findLastIndex((segment) => segment.index <= index);
  if (first < 0) throw new LogStoreError('missing', 'wal: file not found', { path: directory });
  const chosen = all.slice(first);
  for (let i = 1; i < chosen.length; i++) {
    if (chosen[i].sequence !== chosen[i - 1].sequence + 1) {
      const path = `${directory}/${chosen[i].name}`;
      throw new LogStoreError('missing', `wal: segment before ${chosen[i].name} is missing`, { path });
    }
  }
  return chosen;
}
