/** What a request to the lessor can fail with; codes are names of the error catalogue (core/errors.ts). */
export type LeaseErrorCode = 'LeaseNotFound' | 'LeaseExist' | 'LeaseTTLTooLarge' | 'NotPrimary';

export class LeaseError extends Error {
  override name = 'LeaseError';
  readonly code: LeaseErrorCode;

  constructor(code: LeaseErrorCode) {
    super(`lease: ${code}`);
    this.code = code;
  }
}
