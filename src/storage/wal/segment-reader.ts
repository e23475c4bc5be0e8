/**
 * Walks the frames of one segment. The file is read in windows, so a preallocated segment with little in it costs one
 * read, and records are handed out as views of the window: whoever keeps data copies it.
 *
 * Every record ends in one of four ways: it is good; it is the zero frame that ends the segment; it is torn, as a power cut
 * leaves the end of the last segment; or it is corrupt. Torn is only what a lost sector explains (`isTorn`).
 */
import type { DiskFile } from '../../core/ports/disk.ts';
import { LogStoreError } from '../../core/ports/log-store.ts';
import { asBuffer } from '../../core/wire/bytes.ts';
import { Reader } from '../../core/wire/codec.ts';
import { crc32c } from '../../core/wire/crc32c.ts';
import { HardState } from '../../core/wire/gen/raft.ts';
import { Record } from '../../core/wire/gen/wal.ts';
import { FRAME_HEADER_BYTES, RecordType, SECTOR_BYTES } from './format.ts';

const WINDOW_BYTES = 1024 * 1024;

/** `data` is a view; `offset` is where the frame starts in the file. Throws LogStoreError if it makes no sense. */
export type RecordVisitor = (type: number, data: Uint8Array, offset: number) => void;

export interface SegmentScan {
  /** Where the next frame would start. */
  readonly end: number;
  /** The running crc there. */
  readonly crc: number;
  /** Why reading stopped before the end, if it did. */
  readonly torn: string | undefined;
}

interface Window {
  buffer: Buffer;
  /** Offset in the file of `buffer[0]`. */
  start: number;
  /** Bytes of `buffer` that came from the file. */
  filled: number;
}

type Step = 'record' | 'end' | { readonly needBytes: number } | { readonly torn: string };

class SegmentReader {
  private readonly file: DiskFile;
  readonly fileSize: number;
  private readonly window: Window = { buffer: Buffer.alloc(0), start: 0, filled: 0 };
  offset = 0;
  crc: number;

  constructor(file: DiskFile, fileSize: number, crc: number) {
    this.file = file;
    this.fileSize = fileSize;
    this.crc = crc;
  }

  /** Reads on so that at least `bytes` from `offset` are in the window. */
  async fill(bytes: number): Promise<void> {
    const { window } = this;
    const size = Math.min(Math.max(bytes, WINDOW_BYTES), this.fileSize - this.offset);
    // A fresh buffer each time: views of the last one may still be in use.
    const buffer = Buffer.allocUnsafeSlow(size);
    window.filled = await this.file.read(buffer, this.offset);
    window.buffer = buffer;
    window.start = this.offset;
    if (window.filled < bytes) throw this.corrupt('wal: file got shorter while it was read');
  }

  step(visit: RecordVisitor): Step {
    const { buffer, start, filled } = this.window;
    const remaining = this.fileSize - this.offset;
    if (remaining <= 0) return 'end';
    if (remaining < FRAME_HEADER_BYTES) return { torn: 'frame is cut off by the end of the file' };
    const at = this.offset - start;
    if (at < 0 || at + FRAME_HEADER_BYTES > filled) return { needBytes: FRAME_HEADER_BYTES };
    const header = readFrame(buffer, at);
    // Eight bytes in one sector: they are written together, or not at all.
    if (header === undefined) throw this.corrupt('wal: damaged frame header');
    const { size, frame } = header;
    if (frame === 0) return 'end';
    if (frame > remaining) return { torn: 'record is cut off by the end of the file' };
    if (at + frame > filled) return { needBytes: frame };
    const record = buffer.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + size);
    const flaw = this.take(record, visit);
    if (flaw !== undefined) {
      if (isTorn(record, this.offset + FRAME_HEADER_BYTES)) return { torn: flaw };
      throw this.corrupt(flaw);
    }
    this.offset += frame;
    return 'record';
  }

  /** Goes on behind the frame at `offset`, unread. */
  async skip(): Promise<void> {
    this.offset += (await this.frame()).frame;
  }

  /** Believes the record at `offset`: the next one is held to its crc. */
  async believe(): Promise<void> {
    const { size, frame } = await this.frame();
    const record = this.window.buffer.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + size);
    this.crc = Record.decode(record).crc;
    this.offset += frame;
  }

  /** The whole frame at `offset` is at the beginning of the window. */
  private async frame(): Promise<{ size: number; frame: number }> {
    await this.fill(FRAME_HEADER_BYTES);
    const header = readFrame(this.window.buffer, 0);
    if (header === undefined || header.frame === 0) throw this.corrupt('wal: damaged frame header');
    await this.fill(header.frame);
    return header;
  }

  corrupt(flaw: string): LogStoreError {
    const where = { path: this.file.path, offset: this.offset };
    return new LogStoreError('corrupt', `${flaw} in ${where.path} at offset ${where.offset}`, where);
  }

  /** Checks a record and hands it out; the result says what is wrong with it. */
  private take(bytes: Uint8Array, visit: RecordVisitor): string | undefined {
    let record: Record;
    try {
      record = Record.decode(bytes);
    } catch (error) {
      return `wal: malformed record (${(error as Error).message})`;
    }
    if (record.type === RecordType.Crc) {
      if (this.crc !== 0 && this.crc !== record.crc) return 'wal: crc mismatch';
      this.crc = record.crc;
      visit(record.type, record.data, this.offset);
      return undefined;
    }
    const crc = crc32c(record.data, this.crc);
    if (crc !== record.crc) return 'wal: crc mismatch';
    this.crc = crc;
    visit(record.type, record.data, this.offset);
    return undefined;
  }
}

/** Lengths of the record and of all of its frame; 0: no frame. undefined: its padding is not what its length asks for. */
function readFrame(buffer: Buffer, at: number): { size: number; frame: number } | undefined {
  const low = buffer.readUInt32LE(at);
  const high = buffer.readUInt32LE(at + 4);
  if (low === 0 && high === 0) return { size: 0, frame: 0 };
  const size = low + (high & 0xffffff) * 4294967296;
  const padding = (8 - (size % 8)) % 8;
  if (high >>> 24 !== (padding === 0 ? 0 : 0x80 | padding)) return undefined;
  return { size, frame: FRAME_HEADER_BYTES + size + padding };
}

/**
 * A bad record is torn when some sector of it never reached the disk, that is, holds only zeros: segments are zero
 * before they are written. `fileOffset` says where the record lies, because sectors are those of the file.
 */
function isTorn(record: Uint8Array, fileOffset: number): boolean {
  const bytes = asBuffer(record);
  let at = 0;
  while (at < bytes.length) {
    const end = Math.min(bytes.length, at + SECTOR_BYTES - ((fileOffset + at) % SECTOR_BYTES));
    let zero = true;
    for (let i = at; i < end && zero; i++) zero = bytes[i] === 0;
    if (zero) return true;
    at = end;
  }
  return false;
}

/** Longest header of a record: type, crc and the length of its data. */
const RECORD_HEAD_BYTES = 20;

/**
 * Whether a good record lies where the frame says there is none, or another one: then a bit of the frame's header has
 * changed, which no checksum covers, and no write was cut short. A record says its own length, and its crc is known.
 */
async function isHeaderDamaged(file: DiskFile, { offset, crc, fileSize }: SegmentReader): Promise<boolean> {
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  const start = offset + FRAME_HEADER_BYTES;
  // In a sector of its own the header can have been lost alone.
  if (start % SECTOR_BYTES === 0) return false;
  const read = await file.read(head, start);
  const found = recordHead(head.subarray(0, read));
  if (found === undefined || found.dataBytes === 0 || start + found.at + found.dataBytes > fileSize)
    return false;
  const data = Buffer.allocUnsafeSlow(found.dataBytes);
  if ((await file.read(data, start + found.at)) < data.length) return false;
  return crc32c(data, crc) === found.crc;
}

/** What a record begins with: 08 type, 10 crc, 1a length, data. */
function recordHead(bytes: Buffer): { crc: number; dataBytes: number; at: number } | undefined {
  const reader = new Reader(bytes);
  try {
    if (reader.tag() !== 0x08 || reader.uint64() > RecordType.Snapshot || reader.tag() !== 0x10)
      return undefined;
    const crc = reader.uint64();
    if (reader.tag() !== 0x1a) return undefined;
    const dataBytes = reader.uint64();
    return { crc, dataBytes, at: reader.pos };
  } catch {
    return undefined;
  }
}

/**
 * The highest commit index in what follows a record that looks torn at `end`. Of what follows, only the first record is
 * believed; the others are held to its crc. A write is synced before the next one begins, so when an entry was committed
 * in a later write, its own was whole.
 */
export async function commitBehind(file: DiskFile, end: number): Promise<number> {
  const reader = new SegmentReader(file, await file.size(), 0);
  reader.offset = end;
  let commit = 0;
  try {
    await reader.skip();
    await reader.believe();
    for (;;) {
      const step = reader.step((type, data) => {
        if (type === RecordType.State) commit = Math.max(commit, HardState.decode(data).commit);
      });
      if (step === 'record') continue;
      if (step === 'end' || !('needBytes' in step)) return commit;
      await reader.fill(step.needBytes);
    }
  } catch {
    // Nothing behind it makes sense: it is the end.
    return commit;
  }
}

/**
 * Reads `file` from its beginning to the end, the zero frame, or the first torn record.
 * @param options.crc the running crc of the segment before, 0 for the first one read
 * @param options.last only the last segment can be torn; in another one a torn record is corruption
 * @throws LogStoreError corrupt, with file and offset
 */
export async function scanSegment(
  file: DiskFile,
  options: { crc: number; last: boolean },
  visit: RecordVisitor,
): Promise<SegmentScan> {
  const reader = new SegmentReader(file, await file.size(), options.crc);
  for (;;) {
    const step = reader.step(visit);
    if (step === 'record') continue;
    const mayBeDamaged = step === 'end' ? options.last : !('needBytes' in step);
    if (mayBeDamaged && (await isHeaderDamaged(file, reader)))
      throw reader.corrupt('wal: damaged frame header');
    if (step === 'end') return { end: reader.offset, crc: reader.crc, torn: undefined };
    if ('needBytes' in step) {
      await reader.fill(step.needBytes);
      continue;
    }
    if (!options.last) throw reader.corrupt(`wal: ${step.torn}`);
    return { end: reader.offset, crc: reader.crc, torn: step.torn };
  }
}
