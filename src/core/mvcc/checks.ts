/**
 * What can be said of a request without looking at the data: required fields, limits, and keys that one transaction
 * would change twice. A request that fails here is never proposed.
 */
import { toLatin1 } from '../wire/bytes.ts';
import type { DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '../wire/gen/rpc.ts';
import { SortOrder, SortTarget } from '../wire/gen/rpc.ts';
import { KvError } from './errors.ts';
import { IntervalSet } from './interval-set.ts';

/** @throws KvError EmptyKey, InvalidSortOption */
export function checkRange({ key, sortOrder, sortTarget }: RangeRequest): void {
  if (key.length === 0) throw new KvError('EmptyKey');
  if (sortOrder < SortOrder.NONE || sortOrder > SortOrder.DESCEND) throw new KvError('InvalidSortOption');
  if (sortTarget < SortTarget.KEY || sortTarget > SortTarget.VALUE) throw new KvError('InvalidSortOption');
}

/** @throws KvError EmptyKey, ValueProvided, LeaseProvided */
export function checkPut(request: PutRequest): void {
  if (request.key.length === 0) throw new KvError('EmptyKey');
  if (request.ignoreValue && request.value.length !== 0) throw new KvError('ValueProvided');
  if (request.ignoreLease && request.lease !== 0n) throw new KvError('LeaseProvided');
}

/** @throws KvError EmptyKey */
export function checkDeleteRange(request: DeleteRangeRequest): void {
  if (request.key.length === 0) throw new KvError('EmptyKey');
}

/**
 * `maxOps` limits each of the three lists; a nested transaction gets what the longest list of its parent leaves.
 * @throws KvError TooManyOps, EmptyKey, KeyNotFound (an operation that names none), DuplicateKey, and what the
 * operations' own checks throw
 */
export function checkTxn(request: TxnRequest, maxOps: number): void {
  checkOps(request, maxOps);
  changedKeys(request.success);
  changedKeys(request.failure);
}

function checkOps(request: TxnRequest, maxOps: number): void {
  const { compare, success, failure } = request;
  const longest = Math.max(compare.length, success.length, failure.length);
  if (longest > maxOps) throw new KvError('TooManyOps');
  for (const { key } of compare) if (key.length === 0) throw new KvError('EmptyKey');
  for (const op of success) checkOp(op, maxOps - longest);
  for (const op of failure) checkOp(op, maxOps - longest);
}

function checkOp(op: RequestOp, maxNestedOps: number): void {
  if (op.requestRange) checkRange(op.requestRange);
  else if (op.requestPut) checkPut(op.requestPut);
  else if (op.requestDeleteRange) checkDeleteRange(op.requestDeleteRange);
  else if (op.requestTxn) checkOps(op.requestTxn, maxNestedOps);
  else throw new KvError('KeyNotFound');
}

interface ChangedKeys {
  readonly puts: Set<string>;
  readonly deletes: IntervalSet;
}

/**
 * The keys a list of operations puts and deletes. No key may be put twice, or put after being deleted on this level
 * or in an earlier nested transaction; the two branches of one nested transaction may put the same key. A deletion
 * that is open to the right (range_end "\0") covers nothing here: it is not seen as overlapping, and neither does etcd.
 */
function changedKeys(ops: readonly RequestOp[]): ChangedKeys {
  const puts = new Set<string>();
  const deletes = new IntervalSet();
  for (const { requestDeleteRange: request } of ops) {
    if (!request) continue;
    const key = toLatin1(request.key);
    deletes.add(key, request.rangeEnd.length === 0 ? key + '\0' : toLatin1(request.rangeEnd));
  }
  for (const { requestTxn: nested } of ops) {
    if (!nested) continue;
    const success = changedKeys(nested.success);
    const failure = changedKeys(nested.failure);
    for (const key of success.puts) if (puts.has(key) || deletes.has(key)) throw new KvError('DuplicateKey');
    for (const key of failure.puts) {
      if (deletes.has(key) || (puts.has(key) && !success.puts.has(key))) throw new KvError('DuplicateKey');
    }
    for (const key of success.puts) puts.add(key);
    for (const key of failure.puts) puts.add(key);
    deletes.addAll(success.deletes);
    deletes.addAll(failure.deletes);
  }
  for (const { requestPut: request } of ops) {
    if (!request) continue;
    const key = toLatin1(request.key);
    if (puts.has(key) || deletes.has(key)) throw new KvError('DuplicateKey');
    puts.add(key);
  }
  return { puts, deletes };
}
