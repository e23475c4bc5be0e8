/**
 * A header list that a connection sends with every message. Encoding it leaves the dynamic table alone from the
 * second time on, and then its block is a few constant bytes: kept here for as long as the table stands still.
 */
import { HpackEncoder, type OutgoingField } from './hpack/index.ts';

export class HeaderTemplate {
  readonly fields: readonly OutgoingField[];
  private readonly encoder: HpackEncoder;
  private readonly scratch: Buffer;
  private block: Buffer;
  private generation = -1;

  /** One per connection: `encoder` is the connection's. */
  constructor(encoder: HpackEncoder, fields: readonly OutgoingField[]) {
    this.encoder = encoder;
    this.fields = fields;
    this.scratch = Buffer.allocUnsafe(HpackEncoder.bound(fields));
    this.block = this.scratch;
  }

  /** No block of this template is longer. */
  get boundBytes(): number {
    return this.scratch.length;
  }

  /** The block to send now. Must be sent, and before any other block is encoded. Valid until the next call. */
  encode(): Buffer {
    const encoder = this.encoder;
    const before = encoder.table.generation;
    if (this.generation === before && !encoder.sizeUpdatePending) return this.block;
    const updated = encoder.sizeUpdatePending;
    this.block = this.scratch.subarray(0, encoder.encode(this.fields, this.scratch, 0));
    this.generation = !updated && encoder.table.generation === before ? before : -1;
    return this.block;
  }
}
