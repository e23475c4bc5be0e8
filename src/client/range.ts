/** Ranges as the command line names them. The empty end means one key, `\0` no end. */

export const NO_END: Uint8Array = Buffer.of(0);
const FIRST_KEY: Uint8Array = Buffer.of(0);

export interface KeySpan {
  readonly key: Uint8Array;
  /** Empty: this key only. One zero byte: no end. */
  readonly rangeEnd: Uint8Array;
}

export const isNoEnd = (rangeEnd: Uint8Array): boolean => rangeEnd.length === 1 && rangeEnd[0] === 0;

/** All keys that begin with `prefix`; all keys, if it is empty. */
export function prefixSpan(prefix: Uint8Array): KeySpan {
  return prefix.length === 0
    ? { key: FIRST_KEY, rangeEnd: NO_END }
    : { key: prefix, rangeEnd: prefixEnd(prefix) };
}

/** The end of the range of all keys that begin with `prefix`: its successor, or no end if it is all 0xff. */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i] === 0xff) continue;
    const end = Buffer.from(prefix.subarray(0, i + 1));
    end[i]++;
    return end;
  }
  return NO_END;
}
