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
import { crc32c } from '../../core/wire/crc32c.ts';
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
  private readonly fileSize: number;
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
    const low = buffer.readUInt32LE(at);
    const high = buffer.readUInt32LE(at + 4);
    if (low === 0 && high === 0) return 'end';
    const size = low + (high & 0xffffff) * 4294967296;
    const padding = high >>> 31 ? (high >>> 24) & 7 : 0;
    const frame = FRAME_HEADER_BYTES + size + padding;
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
    if (step === 'end') return { end: reader.offset, crc: reader.crc, torn: undefined };
    if ('needBytes' in step) {
      await reader.fill(step.needBytes);
      continue;
    }
    if (!options.last) throw reader.corrupt(`wal: ${step.torn}`);
    return { end: reader.offset, crc: reader.crc, torn: step.torn };
  }
}
