/** A client of a load: one operation at a time, on the connection that it shares with others. */
import { CODE_NAMES, Code } from '../../core/errors.ts';
import type { CallSink } from '../client/call.ts';
import type { LoadConnection } from '../client/connection.ts';

export interface FinishedSink {
  finished(client: LoadClient, failure: string | undefined): void;
}

export class LoadClient implements CallSink {
  readonly index: number;
  readonly connection: LoadConnection;
  /** The report that the operation under way belongs to. */
  series = 0;
  /** Times of the operation under way, as `performance.now()` has them. */
  due = 0;
  sent = 0;
  private readonly runner: FinishedSink;

  constructor(index: number, connection: LoadConnection, runner: FinishedSink) {
    this.index = index;
    this.connection = connection;
    this.runner = runner;
  }

  /** A unary request, message[0, length), that is the whole operation. */
  request(path: string, message: Buffer, length: number): void {
    this.connection.start(this.connection.template(path), message, length, this, true);
  }

  message(): void {
    // What is in the answer is of no interest; that it came and how it ended is.
  }

  ended(code: number, text: string): void {
    this.runner.finished(this, code === Code.OK ? undefined : `${CODE_NAMES[code] ?? code}: ${text}`);
  }

  /** Ends the operation under way. */
  finish(failure?: string): void {
    this.runner.finished(this, failure);
  }
}
