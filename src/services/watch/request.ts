/** A create request, put in the terms of the hub. */
import { UNBOUNDED, type WatchSpec } from '../../core/watch/index.ts';
import { toLatin1 } from '../../core/wire/bytes.ts';
import { FilterType, type WatchCreateRequest } from '../../core/wire/gen/rpc.ts';

/** A range end of this one byte stands for "to the last key", a missing key for the first one. */
const NUL = '\0';

/**
 * No range end: the single key. `end` of the result is not checked against `key`. Unknown filters are ignored, as
 * enum values of a later release.
 */
export function watchSpec(request: WatchCreateRequest): WatchSpec {
  const { key, rangeEnd, filters } = request;
  const end = toLatin1(rangeEnd);
  return {
    key: key.length === 0 ? NUL : toLatin1(key),
    end: end === '' ? undefined : end === NUL ? UNBOUNDED : end,
    startRevision: request.startRevision,
    prevKv: request.prevKv,
    noPut: filters.includes(FilterType.NOPUT),
    noDelete: filters.includes(FilterType.NODELETE),
  };
}
