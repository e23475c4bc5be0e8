/**
 * What a request to the store can fail with. The apply layer maps the code to the error catalogue; texts here are
 * for logs only.
 */
export type KvErrorCode =
  | 'Compacted'
  | 'FutureRev'
  | 'EmptyKey'
  | 'KeyNotFound'
  | 'LeaseNotFound'
  | 'DuplicateKey'
  | 'TooManyOps'
  | 'ValueProvided'
  | 'LeaseProvided'
  | 'InvalidSortOption';

export class KvError extends Error {
  override name = 'KvError';
  readonly code: KvErrorCode;

  constructor(code: KvErrorCode) {
    super(`mvcc: ${code}`);
    this.code = code;
  }
}
