/** What can be wrong with a database file. Each is found before anything of it is served. */
import type { Bucket } from '../../core/ports/backend.ts';

/** Damage, with the page that has it. */
export class DamagedDatabase extends Error {
  override name = 'DamagedDatabase';
  readonly page: number | undefined;
  readonly problem: string;

  constructor(problem: string, page?: number) {
    super(page === undefined ? `database: ${problem}` : `database page ${page}: ${problem}`);
    this.page = page;
    this.problem = problem;
  }
}

/** An entry is not what was written: its checksum says so. */
export class DamagedEntry extends DamagedDatabase {
  override name = 'DamagedEntry';
  readonly bucket: Bucket;
  readonly key: Uint8Array;

  constructor(bucket: Bucket, key: Uint8Array, problem: string) {
    super(`bucket ${bucket}, key ${Buffer.from(key).toString('hex')}: ${problem}`);
    this.bucket = bucket;
    this.key = key;
  }
}
