/**
 * The KV service. Reads wait for a read index unless they are serializable, then run against the store of this member
 * at one revision; writes go through consensus and answer with what the local apply made of them. Stored pairs go out
 * as they lie.
 */
import { ERR, type EtcdError } from '../core/errors.ts';
import { attempt } from '../core/failure.ts';
import {
  checkDeleteRange,
  checkPut,
  checkRange,
  checkTxn,
  executeReadOnlyTxn,
  isReadOnly,
  isSerializable,
} from '../core/mvcc/txn.ts';
import {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  KVService,
  PutRequest,
  type RangeRequest,
  RangeStreamResponse,
  SortOrder,
  SortTarget,
  TxnRequest,
} from '../core/wire/gen/rpc.ts';
import {
  StoredDeleteRangeResponse,
  StoredPutResponse,
  StoredRangeResponse,
  StoredTxnResponse,
} from '../core/wire/gen/stored.ts';
import { Op } from '../core/wire/proposal.ts';
import type { Method, Reply, ServerStreamMethod, UnaryMethod } from './method.ts';
import type { ServiceNode } from './node.ts';
import { rangeInSlices, streamRange } from './range.ts';
import type { ReadTurns } from './read-turns.ts';

export interface KvLimits {
  /** --max-txn-ops: operations in each list of a transaction. */
  readonly maxTxnOps: number;
  /** --max-request-bytes: also what the chunks of RangeStream are sized by. */
  readonly maxRequestBytes: number;
}

export function kvMethods(node: ServiceNode, limits: KvLimits, reads: ReadTurns): Method[] {
  const range: UnaryMethod<RangeRequest, StoredRangeResponse> = {
    kind: 'unary',
    path: KVService.range.path,
    decode: KVService.range.request.decode,
    encode: StoredRangeResponse.encode,
    handle(request, context, reply) {
      if (!passes(() => validRange(request), reply)) return;
      const read = (error?: EtcdError): void => {
        if (error) return reply(error);
        reads.run(() => {
          if (!context.cancelled) rangeInSlices(node, request, reads, reply);
        });
      };
      if (request.serializable) read();
      else node.barrier(read);
    },
  };

  const rangeStream: ServerStreamMethod<RangeRequest, RangeStreamResponse> = {
    kind: 'serverStream',
    path: KVService.rangeStream.path,
    decode: KVService.rangeStream.request.decode,
    encode: RangeStreamResponse.encode,
    handler(request, call) {
      const refused = attempt(() => {
        validRange(request);
        const { sortOrder, sortTarget } = request;
        const descending = sortOrder === SortOrder.DESCEND;
        const byOther = sortOrder !== SortOrder.NONE && sortTarget !== SortTarget.KEY;
        if (descending || byOther) throw ERR.StreamSortUnsupported;
        if (filtered(request)) throw ERR.StreamFilterUnsupported;
      });
      if (refused) return call.end(refused);
      const read = (error?: EtcdError): void => {
        if (error) return call.end(error);
        reads.run(() => {
          if (!call.cancelled) streamRange(node, request, call, limits.maxRequestBytes, reads);
        });
      };
      if (request.serializable) read();
      else node.barrier(read);
    },
  };

  const put: UnaryMethod<PutRequest, StoredPutResponse> = {
    kind: 'unary',
    path: KVService.put.path,
    decode: PutRequest.decode,
    encode: StoredPutResponse.encode,
    handle(request, _context, reply) {
      if (!passes(() => checkPut(request), reply)) return;
      node.propose(Op.Put, request, PutRequest.write, withHeader(node, reply));
    },
  };

  const deleteRange: UnaryMethod<DeleteRangeRequest, StoredDeleteRangeResponse> = {
    kind: 'unary',
    path: KVService.deleteRange.path,
    decode: DeleteRangeRequest.decode,
    encode: StoredDeleteRangeResponse.encode,
    handle(request, _context, reply) {
      if (!passes(() => checkDeleteRange(request), reply)) return;
      node.propose(Op.DeleteRange, request, DeleteRangeRequest.write, withHeader(node, reply));
    },
  };

  const txn: UnaryMethod<TxnRequest, StoredTxnResponse> = {
    kind: 'unary',
    path: KVService.txn.path,
    decode: TxnRequest.decode,
    encode: StoredTxnResponse.encode,
    handle(request, context, reply) {
      if (!passes(() => checkTxn(request, limits.maxTxnOps), reply)) return;
      if (!isReadOnly(request)) {
        node.propose(Op.Txn, request, TxnRequest.write, withHeader(node, reply));
        return;
      }
      const read = (error?: EtcdError): void => {
        if (error) return reply(error);
        reads.run(() => {
          if (context.cancelled) return;
          let response: StoredTxnResponse | undefined;
          if (!passes(() => (response = executeReadOnlyTxn(node.store, request)), reply)) return;
          withHeader<StoredTxnResponse>(node, reply)(undefined, response);
        });
      };
      if (isSerializable(request)) read();
      else node.barrier(read);
    },
  };

  const compact: UnaryMethod<CompactionRequest, CompactionResponse> = {
    kind: 'unary',
    path: KVService.compact.path,
    decode: CompactionRequest.decode,
    encode: CompactionResponse.encode,
    handle(request, _context, reply) {
      const answer = withHeader<CompactionResponse>(node, reply);
      node.propose(
        Op.Compaction,
        request,
        CompactionRequest.write,
        (error, response?: CompactionResponse) => {
          if (error || !request.physical) answer(error, response);
          else node.compacted(request.revision, (failed) => answer(failed, response));
        },
      );
    },
  };

  return [range, rangeStream, put, deleteRange, txn, compact];
}

function validRange(request: RangeRequest): void {
  checkRange(request);
  if (request.sortOrder > SortOrder.DESCEND || request.sortOrder < 0) throw ERR.InvalidSortOption;
  if (request.sortTarget > SortTarget.VALUE || request.sortTarget < 0) throw ERR.InvalidSortOption;
}

function filtered(r: RangeRequest): boolean {
  return (
    r.minModRevision !== 0 || r.maxModRevision !== 0 || r.minCreateRevision !== 0 || r.maxCreateRevision !== 0
  );
}

/** Completes the header that apply left with a revision only: term and ids are those of now and here. */
export function withHeader<Res extends { header?: { revision: number } | undefined }>(
  node: ServiceNode,
  reply: Reply<Res>,
): (error: EtcdError | undefined, response?: Res) => void {
  return (error, response) => {
    if (error || !response) return reply(error ?? ERR.Stopped);
    response.header = node.header(response.header?.revision);
    reply(undefined, response);
  };
}

function passes(check: () => void, reply: Reply<never>): boolean {
  const refused = attempt(check);
  if (refused) reply(refused);
  return refused === undefined;
}
