/**
 * Key ranges as watchers hold them: latin1 strings, so that `<` is byte order. An end of `undefined` stands for the
 * single key, `UNBOUNDED` for every key from the start on.
 */

/** Behind every key: no latin1 character is that large. */
export const UNBOUNDED = '\uffff';

export interface KeyRange {
  readonly key: string;
  /** undefined: `key` alone; `UNBOUNDED`: all keys >= `key`; else the keys in [key, end). */
  readonly end: string | undefined;
}
