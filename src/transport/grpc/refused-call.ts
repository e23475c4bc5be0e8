/** A request that no method takes: answered when its stream opens; its body is of no interest. */
import { type Http2Connection, Http2Stream, type OutgoingField } from '../http2/index.ts';

export class RefusedCall extends Http2Stream {
  private readonly fields: readonly OutgoingField[];

  constructor(connection: Http2Connection, id: number, fields: readonly OutgoingField[]) {
    super(connection, id);
    this.fields = fields;
  }

  override opened(): void {
    this.sendTrailers(this.fields);
  }

  receiveData(): void {}
  receiveEnd(): void {}
  aborted(): void {}
}
