/** Ranges as the command line names them. The empty end means one key, `\0` no end. */

export const NO_END: Uint8Array = Buffer.of(0);

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
