// signatures first; bodies are on their way
import type { DeleteRangeRequest, PutRequest, RangeRequest, TxnRequest } from '../wire/gen/rpc.ts';
import type {
  StoredDeleteRangeResponse,
  StoredPutResponse,
  StoredRangeResponse,
  StoredTxnResponse,
} from '../wire/gen/stored.ts';
import type { Store, WriteTxn } from './store.ts';

/** Static checks of a request (before proposing). @throws KvError */
export declare function checkRange(request: RangeRequest): void;
export declare function checkPut(request: PutRequest): void;
export declare function checkDeleteRange(request: DeleteRangeRequest): void;
export declare function checkTxn(request: TxnRequest, maxOps: number): void;
/** No op that writes and no nested txn: may be answered without a log entry. */
export declare function isReadOnly(request: TxnRequest): boolean;
/** Also all ranges serializable (vacuously true when empty). */
export declare function isSerializable(request: TxnRequest): boolean;

/** Headers carry only `revision`; the service fills the rest. @throws KvError */
export declare function executeRange(store: Store, request: RangeRequest): StoredRangeResponse;
export declare function executePut(txn: WriteTxn, request: PutRequest): StoredPutResponse;
export declare function executeDeleteRange(txn: WriteTxn, request: DeleteRangeRequest): StoredDeleteRangeResponse;
/** Compares, validates the chosen path, executes. Nothing is written when it throws. @throws KvError */
export declare function executeTxn(txn: WriteTxn, request: TxnRequest): StoredTxnResponse;
export declare function executeReadOnlyTxn(store: Store, request: TxnRequest): StoredTxnResponse;
