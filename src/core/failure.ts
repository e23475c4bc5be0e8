/** Expected failures of the core, as services answer them. */
import { ERR, EtcdError } from './errors.ts';
import { LeaseError } from './lease/errors.ts';
import { KvError } from './mvcc/errors.ts';

/** The expected failure of `check`, if it fails; anything unexpected is thrown on. */
export function attempt(check: () => void): EtcdError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return expected(error);
  }
}

export function expected(error: unknown): EtcdError {
  if (error instanceof EtcdError) return error;
  if (error instanceof KvError || error instanceof LeaseError) return ERR[error.code];
  throw error;
}
