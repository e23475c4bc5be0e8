import type { ErrorCode } from './constants.ts';

/**
 * The peer broke a rule that ends the connection (RFC 9113, section 5.4.1). Thrown by whatever reads frames, caught
 * in one place, answered with GOAWAY. `debug` goes out as GOAWAY's debug data.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, debug: string) {
    super(debug);
    this.code = code;
  }
}
