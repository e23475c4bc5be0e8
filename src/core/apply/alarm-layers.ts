/**
 * The two outermost layers. With a CORRUPT alarm nothing that goes through consensus touches the data any more; with a
 * NOSPACE alarm nothing makes it grow. CORRUPT lies outside: when both are up, it is the answer.
 */
import { ERR } from '../errors.ts';
import type { RequestOp, TxnRequest } from '../wire/gen/rpc.ts';
import { AlarmType } from '../wire/gen/rpc.ts';
import { Op } from '../wire/proposal.ts';
import type { Alarms } from './alarms.ts';
import type { Apply } from './applier.ts';

const BARRED_BY_CORRUPTION: ReadonlySet<number> = new Set([
  Op.Put,
  Op.DeleteRange,
  Op.Txn,
  Op.Compaction,
  Op.LeaseGrant,
  Op.LeaseRevoke,
]);

export function corruptLayer(alarms: Alarms, next: Apply): Apply {
  return (op, request) => {
    if (BARRED_BY_CORRUPTION.has(op) && alarms.isActive(AlarmType.CORRUPT)) throw ERR.Corrupt;
    return next(op, request);
  };
}

export function cappedLayer(alarms: Alarms, next: Apply): Apply {
  return (op, request) => {
    if (grows(op, request) && alarms.isActive(AlarmType.NOSPACE)) throw ERR.NoSpace;
    return next(op, request);
  };
}

function grows(op: number, request: unknown): boolean {
  if (op === Op.Put || op === Op.LeaseGrant) return true;
  return op === Op.Txn && hasPut(request as TxnRequest);
}

/** A put in either branch counts, whichever is taken; nested transactions included. */
function hasPut({ success, failure }: TxnRequest): boolean {
  const puts = (op: RequestOp): boolean =>
    op.requestPut !== undefined || (op.requestTxn !== undefined && hasPut(op.requestTxn));
  return success.some(puts) || failure.some(puts);
}
