/**
 * Executing requests against the store. A write is checked against the data before its first change, so whatever
 * throws has changed nothing. Answers carry stored pairs as they lie, and headers with the revision only: whoever
 * answers completes them.
 */
import { EMPTY, toLatin1 } from '../wire/bytes.ts';
import {
  type DeleteRangeRequest,
  type PutRequest,
  type RangeRequest,
  type RequestOp,
  ResponseHeader,
  type TxnRequest,
} from '../wire/gen/rpc.ts';
import type {
  StoredDeleteRangeResponse,
  StoredPutResponse,
  StoredRangeResponse,
  StoredResponseOp,
  StoredTxnResponse,
} from '../wire/gen/stored.ts';
import { holds } from './compare.ts';
import { KvError } from './errors.ts';
import { PairReader } from './pair.ts';
import type { RangeOptions, RangeResult } from './requests.ts';
import { NONE } from './revision-chains.ts';
import type { StoreState } from './state.ts';
import type { Store } from './store.ts';
import { WriteTxn } from './write-txn.ts';

export { checkDeleteRange, checkPut, checkRange, checkTxn } from './checks.ts';

const reader = new PairReader();

/** Nothing in it needs a log entry: no write, and no nested transaction, whatever that holds. */
export function isReadOnly({ success, failure }: TxnRequest): boolean {
  const isRange = (op: RequestOp): boolean => op.requestRange !== undefined;
  return success.every(isRange) && failure.every(isRange);
}

/** A read-only transaction that needs no barrier: all its ranges are serializable, or there are none. */
export function isSerializable({ success, failure }: TxnRequest): boolean {
  const isLocal = (op: RequestOp): boolean => op.requestRange?.serializable === true;
  return success.every(isLocal) && failure.every(isLocal);
}

/** @throws KvError Compacted, FutureRev */
export function executeRange(store: Reader, request: RangeRequest): StoredRangeResponse {
  const { kvs, more, count, revision } = store.range(request);
  return { header: revisionHeader(revision), kvs, more, count };
}

/** @throws KvError LeaseNotFound, KeyNotFound */
export function executePut(txn: WriteTxn, request: PutRequest): StoredPutResponse {
  checkPutNow(txn.state, request);
  return put(txn, request);
}

export function executeDeleteRange(txn: WriteTxn, request: DeleteRangeRequest): StoredDeleteRangeResponse {
  const prevKvs: Uint8Array[] = [];
  const deleted = txn.deleteRange(request.key, request.rangeEnd, request.prevKv ? prevKvs : undefined);
  return { header: revisionHeader(txn.revision), deleted, prevKvs };
}

/**
 * Compares, checks the operations of the chosen branches, executes them.
 * @throws KvError LeaseNotFound, KeyNotFound, Compacted, FutureRev
 */
export function executeTxn(txn: WriteTxn, request: TxnRequest): StoredTxnResponse {
  return execute(txn, request);
}

/** As `executeTxn`, for a transaction that `isReadOnly`. @throws KvError Compacted, FutureRev */
export function executeReadOnlyTxn(store: Store, request: TxnRequest): StoredTxnResponse {
  return execute(store, request);
}

interface Reader {
  readonly state: StoreState;
  range(options: RangeOptions): RangeResult;
}

function execute(reader: Store | WriteTxn, request: TxnRequest): StoredTxnResponse {
  const branch = choose(reader.state, request);
  check(reader.state, branch);
  const response = run(reader, branch);
  const revision = reader instanceof WriteTxn ? reader.revision : reader.currentRevision;
  response.header = revisionHeader(revision);
  return response;
}

/** The outcome of a transaction's comparisons. `nested` holds those of its nested transactions, in their order. */
interface Branch {
  readonly succeeded: boolean;
  readonly ops: readonly RequestOp[];
  readonly nested: readonly Branch[];
}

/** All comparisons see the state before the transaction; those of a branch that is not taken are not made. */
function choose(state: StoreState, request: TxnRequest): Branch {
  const succeeded = holds(state, request.compare);
  const ops = succeeded ? request.success : request.failure;
  const nested: Branch[] = [];
  for (const { requestTxn } of ops) if (requestTxn) nested.push(choose(state, requestTxn));
  return { succeeded, ops, nested };
}

/**
 * In the order of the operations. A revision is read more strictly than by a plain range: any but 0 is taken
 * literally, so a negative one may be compacted.
 */
function check(state: StoreState, { ops, nested }: Branch): void {
  let next = 0;
  for (const { requestRange, requestPut, requestTxn } of ops) {
    if (requestTxn) check(state, nested[next++]);
    else if (requestPut) checkPutNow(state, requestPut);
    else if (requestRange && requestRange.revision !== 0) state.checkReadable(requestRange.revision);
  }
}

/** A lone put and one in a transaction are checked alike: its lease, then the key whose value or lease it keeps. */
function checkPutNow(state: StoreState, request: PutRequest): void {
  if (request.lease !== 0n && !state.leases.has(request.lease)) throw new KvError('LeaseNotFound');
  if (!request.ignoreValue && !request.ignoreLease) return;
  const id = state.index.find(toLatin1(request.key));
  if (id === NONE || !state.index.isAlive(id)) throw new KvError('KeyNotFound');
}

function run(reader: Store | WriteTxn, { succeeded, ops, nested }: Branch): StoredTxnResponse {
  let next = 0;
  const responses = ops.map((op): StoredResponseOp => {
    if (op.requestRange) return { responseRange: executeRange(reader, op.requestRange) };
    if (op.requestTxn) return { responseTxn: run(reader, nested[next++]) };
    if (!(reader instanceof WriteTxn)) throw new Error('mvcc: a write in a read-only transaction');
    if (op.requestPut) return { responsePut: put(reader, op.requestPut) };
    if (op.requestDeleteRange)
      return { responseDeleteRange: executeDeleteRange(reader, op.requestDeleteRange) };
    throw new Error('mvcc: a transaction that was not checked');
  });
  return { header: ResponseHeader.create(), succeeded, responses };
}

/**
 * A put whose conditions were checked. An earlier operation of the same transaction may still have deleted the key
 * whose value or lease is to be kept (see `changedKeys`): then there is none to keep.
 */
function put(txn: WriteTxn, request: PutRequest): StoredPutResponse {
  const { key } = request;
  let { value, lease } = request;
  let previous: Uint8Array | undefined;
  if (request.prevKv || request.ignoreValue || request.ignoreLease) {
    previous = txn.get(key);
    reader.load(previous ?? EMPTY);
    if (request.ignoreValue) value = reader.value;
    if (request.ignoreLease) lease = reader.lease;
  }
  txn.put({ key, value, lease });
  return { header: revisionHeader(txn.revision), prevKv: request.prevKv ? previous : undefined };
}

function revisionHeader(revision: number): ResponseHeader {
  return { clusterId: 0n, memberId: 0n, revision, raftTerm: 0 };
}
