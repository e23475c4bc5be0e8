/** What can be wrong with a file that should be a bbolt database. */

export class BoltError extends Error {
  override name = 'BoltError';
}

/** Not a bbolt file at all, or none of its two meta pages is intact. The message is etcd's. */
export class InvalidDatabaseError extends BoltError {
  override name = 'InvalidDatabaseError';
  /** Why each meta page was refused. */
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super('invalid database');
    this.reasons = reasons;
  }
}

/** The file ends before the pages that its meta page says are in use. */
export class TruncatedFileError extends BoltError {
  override name = 'TruncatedFileError';
  readonly expectedBytes: number;
  readonly actualBytes: number;

  constructor(expectedBytes: number, actualBytes: number) {
    super(`database is truncated: its pages take ${expectedBytes} bytes, the file has ${actualBytes}`);
    this.expectedBytes = expectedBytes;
    this.actualBytes = actualBytes;
  }
}

/** One page that contradicts the format or the rest of the file. */
export class DamagedPageError extends BoltError {
  override name = 'DamagedPageError';
  readonly page: number;
  readonly problem: string;

  constructor(page: number, problem: string) {
    super(`page ${page}: ${problem}`);
    this.page = page;
    this.problem = problem;
  }
}
