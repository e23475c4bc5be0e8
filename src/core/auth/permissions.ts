/**
 * Who may touch which keys. Keys are latin1 strings, whose order is that of the bytes. A range is [start, end); without
 * an end it has none: every key from its start on.
 */
import { toLatin1 } from '../wire/bytes.ts';
import type { Permission } from '../wire/gen/auth.ts';

export interface KeyRange {
  readonly start: string;
  readonly end: string | undefined;
}

export type Access = 'read' | 'write';

const PERM_TYPE: Readonly<Record<Access, number>> = { read: 0, write: 1 };
const READ_WRITE = 2;

/** range_end empty: the key alone; one zero byte: no end. */
export function keyRange(key: Uint8Array, rangeEnd: Uint8Array): KeyRange {
  const start = toLatin1(key);
  if (rangeEnd.length === 0) return { start, end: `${start}\0` };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return { start, end: undefined };
  return { start, end: toLatin1(rangeEnd) };
}

/** Whether the permissions, taken together, cover all of `wanted`: neighbours count as one. */
export function covers(permissions: readonly Permission[], access: Access, wanted: KeyRange): boolean {
  const given = permissions
    .filter(({ permType }) => permType === PERM_TYPE[access] || permType === READ_WRITE)
    .map(({ key, rangeEnd }) => keyRange(key, rangeEnd))
    .sort((a, b) => (a.start < b.start ? -1 : 1));
  let reached = wanted.start;
  for (const { start, end } of given) {
    if (start > reached) return false;
    if (end === undefined) return true;
    if (end > reached) reached = end;
    if (wanted.end !== undefined && reached >= wanted.end) return true;
  }
  return wanted.end !== undefined && reached >= wanted.end;
}
