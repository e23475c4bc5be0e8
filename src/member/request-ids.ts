/**
 * Ids of requests: 16 bits of the member, 40 of the time at which it started, 8 of a counter that carries into the time.
 * An id must not come twice: an entry of an earlier life that is applied late would answer a request of this one. The
 * clock of the machine may have been set back between the two lives, so the ids that the log holds count too, and some
 * way beyond: requests of the earlier life may be on their way that never came into this log, or have left it behind a
 * snapshot. Against a clock that shows the same time at every start only chance helps.
 */
import type { LogEntry } from '../core/ports/log-store.ts';
import { ConfChange, EntryType } from '../core/wire/gen/raft.ts';
import { Proposal, type RequestId, splitRequestId } from '../core/wire/proposal.ts';

const SEQUENCES = 2 ** 48;
const MS_RANGE = 2 ** 40;
const COUNTER_RANGE = 256;
/** As far beyond as chance may go: 4.6 hours of the clock. */
const MOST_BEYOND = 2 ** 32;
/** More than can be on their way at the same time: as many as a member has in 65 s at one each 1/256 ms. */
const ON_THEIR_WAY = 2 ** 24;

export interface RequestIdsOptions {
  readonly memberId: bigint;
  /** Milliseconds since the Unix epoch, as the machine believes. */
  readonly wallMs: number;
  /** What the log held at the start. */
  readonly entries: readonly LogEntry[];
  /** Uniform in [0, 1): how far beyond the first id is. */
  readonly chance?: number;
}

export class RequestIds {
  /** The part of the member in its ids. */
  readonly member: number;
  private sequence: number;

  constructor({ memberId, wallMs, entries, chance = 0 }: RequestIdsOptions) {
    this.member = Number(memberId & 0xffffn);
    const byClock = (Math.floor(wallMs) % MS_RANGE) * COUNTER_RANGE;
    const used = highestIn(entries, this.member);
    const first = used === undefined || byClock > used ? byClock : used + ON_THEIR_WAY;
    this.sequence = (first + Math.floor(chance * MOST_BEYOND)) % SEQUENCES;
  }

  next(): RequestId {
    this.sequence = (this.sequence + 1) % SEQUENCES;
    return { member: this.member, sequence: this.sequence };
  }
}

function highestIn(entries: readonly LogEntry[], member: number): number | undefined {
  let highest: number | undefined;
  for (const entry of entries) {
    const id = idIn(entry);
    if (id?.member === member && (highest === undefined || id.sequence > highest)) highest = id.sequence;
  }
  return highest;
}

/** An entry that can't be read is refused where it is applied. */
function idIn({ type, data }: LogEntry): RequestId | undefined {
  if (data.length === 0) return undefined;
  try {
    return type === EntryType.EntryNormal ? new Proposal(data) : splitRequestId(ConfChange.decode(data).id);
  } catch {
    return undefined;
  }
}
