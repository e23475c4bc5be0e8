/**
 * One committed request -> change and answer. Apply is deterministic: every member that applies the same entries in
 * the same order holds the same data, so there is no clock, no randomness and no local configuration in here.
 *
 * The layers lie around each other like an onion: corrupt > capped > auth > quota > backend. A layer is a function
 * that wraps the next one; what an outer layer refuses, no inner layer sees.
 */
import { ERR } from '../errors.ts';
import type { Lessor } from '../lease/index.ts';
import type { Cluster } from '../membership/cluster.ts';
import type { SlicedWork, Store, WriteTxn } from '../mvcc/store.ts';
import { executeDeleteRange, executePut, executeTxn } from '../mvcc/txn.ts';
import type { WriteBuffer } from '../mvcc/write-buffer.ts';
import type { WatchHub } from '../watch/index.ts';
import { EMPTY, fromLatin1 } from '../wire/bytes.ts';
import type { MessageCodec } from '../wire/codec.ts';
import { ClusterMemberAttrSetRequest, ClusterVersionSetRequest } from '../wire/gen/membership.ts';
import * as rpc from '../wire/gen/rpc.ts';
import { Op } from '../wire/proposal.ts';
import type { Alarms } from './alarms.ts';

/** The codec of each operation that a log entry of ours can hold. */
export const OPERATIONS: Readonly<Record<number, MessageCodec<any>>> = {
  [Op.Put]: rpc.PutRequest,
  [Op.DeleteRange]: rpc.DeleteRangeRequest,
  [Op.Txn]: rpc.TxnRequest,
  [Op.Compaction]: rpc.CompactionRequest,
  [Op.LeaseGrant]: rpc.LeaseGrantRequest,
  [Op.LeaseRevoke]: rpc.LeaseRevokeRequest,
  [Op.Alarm]: rpc.AlarmRequest,
  [Op.LeaseCheckpoint]: rpc.LeaseCheckpointRequest,
  [Op.ClusterVersionSet]: ClusterVersionSetRequest,
  [Op.ClusterMemberAttrSet]: ClusterMemberAttrSetRequest,
};

/** @throws EtcdError, KvError, LeaseError: expected failures, which are the request's answer. */
export type Apply = (op: number, request: unknown) => unknown;

export interface ApplyState {
  readonly store: Store;
  readonly lessor: Lessor;
  readonly hub: WatchHub;
  readonly cluster: Cluster;
  readonly buffer: WriteBuffer;
  readonly alarms: Alarms;
  /** Takes over the removal of what a compaction left behind. */
  startCompaction(revision: number, work: SlicedWork<void>): void;
  clusterVersionChanged(version: string): void;
}

/** Runs `change` as one revision: what it changed is announced, whether it returns or throws in the middle. */
function writing<Res>(state: ApplyState, change: (txn: WriteTxn) => Res): Res {
  const txn = state.store.beginWrite();
  const response = change(txn);
  const { revision, changes } = txn.end();
  if (changes.length > 0) state.hub.notify(revision, changes);
  return response;
}

/** The innermost layer: what requests do to the data. */
export function applyToBackend(state: ApplyState): Apply {
  const { store, lessor, cluster } = state;

  const handlers: Readonly<Record<number, (request: any) => unknown>> = {
    [Op.Put]: (request: rpc.PutRequest) => writing(state, (txn) => executePut(txn, request)),
    [Op.DeleteRange]: (request: rpc.DeleteRangeRequest) =>
      writing(state, (txn) => executeDeleteRange(txn, request)),
    [Op.Txn]: (request: rpc.TxnRequest) => writing(state, (txn) => executeTxn(txn, request)),

    [Op.Compaction]: (request: rpc.CompactionRequest) => {
      state.startCompaction(request.revision, store.compact(request.revision));
      return rpc.CompactionResponse.create({ header: revisionHeader(store.currentRevision) });
    },

    [Op.LeaseGrant]: (request: rpc.LeaseGrantRequest) => {
      const lease = lessor.grant(request.ID, request.TTL);
      state.buffer.put('lease', lessor.storedKey(lease.id), lessor.storedValue(lease));
      const header = revisionHeader(store.currentRevision);
      return rpc.LeaseGrantResponse.create({ header, ID: lease.id, TTL: lease.ttl });
    },

    [Op.LeaseRevoke]: (request: rpc.LeaseRevokeRequest) => {
      const keys = lessor.revoke(request.ID);
      if (keys.length > 0) {
        writing(state, (txn) => {
          for (const key of keys) txn.deleteRange(fromLatin1(key), EMPTY);
        });
      }
      state.buffer.delete('lease', lessor.storedKey(request.ID));
      return rpc.LeaseRevokeResponse.create({ header: revisionHeader(store.currentRevision) });
    },

    [Op.LeaseCheckpoint]: (request: rpc.LeaseCheckpointRequest) => {
      for (const { ID, remainingTTL } of request.checkpoints) {
        const lease = lessor.checkpoint(ID, remainingTTL);
        if (lease) state.buffer.put('lease', lessor.storedKey(ID), lessor.storedValue(lease));
      }
      return rpc.LeaseCheckpointResponse.create({ header: revisionHeader(store.currentRevision) });
    },

    [Op.Alarm]: (request: rpc.AlarmRequest) => {
      const alarms = state.alarms.apply(request);
      return rpc.AlarmResponse.create({ header: revisionHeader(store.currentRevision), alarms });
    },

    [Op.ClusterVersionSet]: (request: ClusterVersionSetRequest) => {
      cluster.setVersion(request.ver);
      state.clusterVersionChanged(request.ver);
      return undefined;
    },

    [Op.ClusterMemberAttrSet]: (request: ClusterMemberAttrSetRequest) => {
      const attributes = request.memberAttributes;
      if (attributes) {
        cluster.updateAttributes(request.memberID, {
          name: attributes.name,
          clientURLs: attributes.clientUrls,
        });
      }
      return undefined;
    },
  };

  return (op, request) => {
    const handler = handlers[op];
    // An operation this release does not know is answered, never guessed: all members of a version do the same.
    if (!handler) throw ERR.NotCapable;
    return handler(request);
  };
}

function revisionHeader(revision: number): rpc.ResponseHeader {
  return rpc.ResponseHeader.create({ revision });
}
