/**
 * The HPACK encoder (RFC 7541). The caller says for each field whether it is worth a place in the dynamic table:
 * fields that every message repeats are, values that change with every message are not, and secrets never are.
 */
import { HeaderField } from './field.ts';
import { huffmanEncode, huffmanLength } from './huffman.ts';
import { DynamicTable, defaultTableBytes, staticTable } from './tables.ts';

/** `repeated`: insert, and index from then on. `once`: literal. `secret`: never indexed, by no hop (section 7.1.3). */
export type Indexing = 'repeated' | 'once' | 'secret';

export interface OutgoingField {
  readonly name: string;
  /** latin1 */
  readonly value: string;
  readonly indexing: Indexing;
}

const staticFields = new Map<string, number>();
const staticNames = new Map<string, number>();
for (const [position, field] of staticTable.entries()) {
  staticFields.set(fieldKey(field.name, field.value), position + 1);
  if (!staticNames.has(field.name)) staticNames.set(field.name, position + 1);
}

function fieldKey(name: string, value: string): string {
  return `${name}\0${value}`;
}

export class HpackEncoder {
  readonly table = new DynamicTable(defaultTableBytes);
  /** Insertion number of each field that is, or was, in the dynamic table. */
  private readonly places = new Map<string, number>();
  /** Size updates that the next block has to begin with: the smallest limit since the last block, then the last. */
  private pendingSmallest = -1;
  private readonly huffman: boolean;

  constructor(options: { readonly huffman?: boolean } = {}) {
    this.huffman = options.huffman ?? true;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. We never use more than the 4096 bytes that connections start with. */
  setMaxTableBytes(announced: number): void {
    const bytes = Math.min(announced, defaultTableBytes);
    if (bytes === this.table.maxByteLength) return;
    this.pendingSmallest = this.pendingSmallest < 0 ? bytes : Math.min(this.pendingSmallest, bytes);
    this.table.resize(bytes);
  }

  /** The next block begins with a size update, so it is unlike the ones after it. */
  get sizeUpdatePending(): boolean {
    return this.pendingSmallest >= 0;
  }

  /** An upper bound, in bytes, of what {@link encode} writes for these fields. */
  static bound(fields: readonly OutgoingField[]): number {
    let bytes = 12; // two size updates
    for (const field of fields) bytes += 12 + field.name.length + field.value.length;
    return bytes;
  }

  /** Writes one block at `at`; returns the offset after it. The caller made room by {@link HpackEncoder.bound}. */
  encode(fields: readonly OutgoingField[], target: Buffer, at: number): number {
    at = this.writeSizeUpdates(target, at);
    for (const field of fields) at = this.writeField(field, target, at);
    return at;
  }

  private writeSizeUpdates(target: Buffer, at: number): number {
    if (this.pendingSmallest < 0) return at;
    const last = this.table.maxByteLength;
    if (this.pendingSmallest < last) at = writeInteger(target, at, 0x20, 0x1f, this.pendingSmallest);
    this.pendingSmallest = -1;
    return writeInteger(target, at, 0x20, 0x1f, last);
  }

  private writeField(field: OutgoingField, target: Buffer, at: number): number {
    const key = fieldKey(field.name, field.value);
    if (field.indexing !== 'secret') {
      const index = staticFields.get(key) ?? this.dynamicIndex(key);
      if (index !== undefined) return writeInteger(target, at, 0x80, 0x7f, index);
    }
    const insert = field.indexing === 'repeated';
    const nameIndex = staticNames.get(field.name) ?? 0;
    if (insert) at = writeInteger(target, at, 0x40, 0x3f, nameIndex);
    else at = writeInteger(target, at, field.indexing === 'secret' ? 0x10 : 0, 0x0f, nameIndex);
    if (nameIndex === 0) at = this.writeString(field.name, target, at);
    at = this.writeString(field.value, target, at);
    if (insert) this.insert(field, key);
    return at;
  }

  private insert(field: OutgoingField, key: string): void {
    this.table.insert(new HeaderField(field.name, field.value));
    this.places.set(key, this.table.inserted - 1);
    // Evicted fields leave their keys behind: forget all of them before they outgrow the table itself.
    if (this.places.size > 2 * this.table.length + 64) {
      for (const [old, place] of this.places) if (!this.isLive(place)) this.places.delete(old);
    }
  }

  private isLive(place: number): boolean {
    return place >= this.table.inserted - this.table.length;
  }

  private dynamicIndex(key: string): number | undefined {
    const place = this.places.get(key);
    if (place === undefined || !this.isLive(place)) return undefined;
    return staticTable.length + this.table.inserted - place;
  }

  private writeString(text: string, target: Buffer, at: number): number {
    const packed = this.huffman ? huffmanLength(text) : Number.POSITIVE_INFINITY;
    if (packed <= text.length && packed > 0) {
      at = writeInteger(target, at, 0x80, 0x7f, packed);
      return huffmanEncode(text, target, at);
    }
    at = writeInteger(target, at, 0, 0x7f, text.length);
    return at + target.write(text, at, 'latin1');
  }
}

function writeInteger(target: Buffer, at: number, pattern: number, mask: number, value: number): number {
  if (value < mask) {
    target[at] = pattern | value;
    return at + 1;
  }
  target[at++] = pattern | mask;
  value -= mask;
  while (value >= 0x80) {
    target[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  target[at] = value;
  return at + 1;
}
