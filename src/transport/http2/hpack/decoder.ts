/**
 * The HPACK decoder (RFC 7541). One per connection and direction; blocks must come in the order of the wire, and
 * every block must be decoded, even one whose message is refused, or the two tables part.
 */
import { HpackError } from './error.ts';
import { fieldOverhead, HeaderField } from './field.ts';
import { huffmanDecode } from './huffman.ts';
import { DynamicTable, defaultTableBytes, staticTable } from './tables.ts';

export interface HpackDecoderOptions {
  /** What we announced as SETTINGS_HEADER_TABLE_SIZE, in bytes. */
  readonly maxTableBytes?: number;
  /** Fields beyond this many bytes (with 32 a field) are decoded and dropped; see `overflowed`. */
  readonly maxListBytes?: number;
}

export class HpackDecoder {
  readonly table: DynamicTable;
  /** The last block was larger than `maxListBytes`: its list is not complete. */
  overflowed = false;
  private readonly maxTableBytes: number;
  private readonly maxListBytes: number;
  private position = 0;

  constructor(options: HpackDecoderOptions = {}) {
    this.maxTableBytes = options.maxTableBytes ?? defaultTableBytes;
    this.maxListBytes = options.maxListBytes ?? Number.POSITIVE_INFINITY;
    this.table = new DynamicTable(this.maxTableBytes);
  }

  /** Decodes the block [start, end) of `block`. Throws {@link HpackError}; the decoder is of no use after that. */
  decode(block: Buffer, start: number, end: number): HeaderField[] {
    const fields: HeaderField[] = [];
    let listBytes = 0;
    this.overflowed = false;
    this.position = start;
    this.readSizeUpdates(block, end);
    while (this.position < end) {
      const field = this.readField(block, end);
      listBytes += field.name.length + field.value.length + fieldOverhead;
      if (listBytes > this.maxListBytes) this.overflowed = true;
      else fields.push(field);
    }
    return fields;
  }

  /** Dynamic table size updates stand at the beginning of a block only (section 4.2). */
  private readSizeUpdates(block: Buffer, end: number): void {
    while (this.position < end && (block[this.position] & 0xe0) === 0x20) {
      const size = this.readInteger(block, end, 0x1f);
      if (size > this.maxTableBytes)
        throw new HpackError(`table size ${size} above the limit ${this.maxTableBytes}`);
      this.table.resize(size);
    }
  }

  private readField(block: Buffer, end: number): HeaderField {
    const first = block[this.position];
    if (first & 0x80) return this.indexed(this.readInteger(block, end, 0x7f)); // 6.1
    if (first & 0x40) {
      const field = this.readLiteral(block, end, 0x3f); // 6.2.1
      this.table.insert(field);
      return field;
    }
    if (first & 0x20) throw new HpackError('table size update after a field');
    return this.readLiteral(block, end, 0x0f); // 6.2.2, 6.2.3
  }

  private readLiteral(block: Buffer, end: number, mask: number): HeaderField {
    const index = this.readInteger(block, end, mask);
    const name = index === 0 ? this.readString(block, end) : this.indexed(index).name;
    return new HeaderField(name, this.readString(block, end));
  }

  private indexed(index: number): HeaderField {
    if (index === 0) throw new HpackError('index 0');
    if (index <= staticTable.length) return staticTable[index - 1];
    const position = index - staticTable.length - 1;
    if (position >= this.table.length) throw new HpackError(`index ${index} beyond the table`);
    return this.table.at(position);
  }

  private readString(block: Buffer, end: number): string {
    if (this.position >= end) throw new HpackError('truncated string');
    const huffman = (block[this.position] & 0x80) !== 0;
    const start = this.readIntegerEnd(block, end);
    const stop = start + this.integer;
    if (stop > end) throw new HpackError('truncated string');
    this.position = stop;
    return huffman ? huffmanDecode(block, start, stop) : block.latin1Slice(start, stop);
  }

  private integer = 0;

  private readIntegerEnd(block: Buffer, end: number): number {
    this.integer = this.readInteger(block, end, 0x7f);
    return this.position;
  }

  /** An integer with a prefix (section 5.1), at most 28 bits after it. */
  private readInteger(block: Buffer, end: number, mask: number): number {
    let value = block[this.position++] & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.position >= end) throw new HpackError('truncated integer');
      const byte = block[this.position++];
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new HpackError('integer too large');
  }
}
