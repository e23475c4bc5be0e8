/** The Maintenance service: what a member says of itself, and the chores of its database. */
import { drive } from '../core/drive.ts';
import { Code, ERR } from '../core/errors.ts';
import { storageVersionFor } from '../core/membership/storage-version.ts';
import type { KvHash } from '../core/mvcc/store.ts';
import {
  AlarmRequest,
  AlarmResponse,
  AlarmType,
  DefragmentRequest,
  DefragmentResponse,
  DowngradeInfo,
  HashKVRequest,
  HashKVResponse,
  HashRequest,
  HashResponse,
  MaintenanceService,
  StatusRequest,
  StatusResponse,
} from '../core/wire/gen/rpc.ts';
import { Op } from '../core/wire/proposal.ts';
import { withHeader } from './kv.ts';
import type { Method, Reply, UnaryMethod } from './method.ts';
import type { ServiceNode } from './node.ts';
import { snapshotMethod } from './snapshot.ts';
import type { Upkeep } from './upkeep.ts';

const ALARM_NAMES: readonly string[] = Object.keys(AlarmType);

export interface MaintenanceFacts {
  /** Release of etcd this member is compatible with, `X.Y.Z`. */
  readonly version: string;
  /** Bytes; as of the last commit of the backend. */
  sizes(): { readonly allocated: number; readonly inUse: number };
  /** Effective quota in bytes. */
  readonly quotaBytes: number;
}

/** What is wrong here, in the texts that Status carries: no leader, then each alarm in protobuf's text form. */
function statusErrors(node: ServiceNode): string[] {
  const alarms = node.alarms.list().map(({ memberID, alarm }) => {
    const member = memberID === 0n ? '' : `memberID:${memberID} `;
    return `${member}alarm:${ALARM_NAMES[alarm] ?? alarm} `;
  });
  return node.leader() === 0n ? [ERR.NoLeader.message, ...alarms] : alarms;
}

export function maintenanceMethods(
  node: ServiceNode,
  facts: MaintenanceFacts,
  upkeep: Upkeep,
  nextTurn: (run: () => void) => void,
): Method[] {
  const status: UnaryMethod<StatusRequest, StatusResponse> = {
    kind: 'unary',
    path: MaintenanceService.status.path,
    decode: StatusRequest.decode,
    encode: StatusResponse.encode,
    handle(_request, _context, reply) {
      const { allocated, inUse } = facts.sizes();
      reply(
        undefined,
        StatusResponse.create({
          header: node.header(),
          version: facts.version,
          dbSize: allocated,
          dbSizeInUse: inUse,
          dbSizeQuota: facts.quotaBytes,
          leader: node.leader(),
          raftIndex: node.committedIndex(),
          raftTerm: node.term(),
          raftAppliedIndex: node.appliedIndex(),
          errors: statusErrors(node),
          isLearner: node.isLearner(),
          storageVersion: storageVersionFor(node.cluster.version),
          downgradeInfo: DowngradeInfo.create(),
        }),
      );
    },
  };
  const alarm: UnaryMethod<AlarmRequest, AlarmResponse> = {
    kind: 'unary',
    path: MaintenanceService.alarm.path,
    decode: AlarmRequest.decode,
    encode: AlarmResponse.encode,
    handle(request, _context, reply) {
      node.propose(Op.Alarm, request, AlarmRequest.write, withHeader(node, reply));
    },
  };

  const hashKV: UnaryMethod<HashKVRequest, HashKVResponse> = {
    kind: 'unary',
    path: MaintenanceService.hashKV.path,
    decode: HashKVRequest.decode,
    encode: HashKVResponse.encode,
    handle(request, _context, reply) {
      drive<KvHash>(
        () => node.store.hashKV(request.revision),
        nextTurn,
        (error, hashed) => {
          if (error) return reply(error);
          const { hash, revision, compactRevision } = hashed!;
          reply(undefined, { header: node.header(), hash, compactRevision, hashRevision: revision });
        },
      );
    },
  };

  const hash: UnaryMethod<HashRequest, HashResponse> = {
    kind: 'unary',
    path: MaintenanceService.hash.path,
    decode: HashRequest.decode,
    encode: HashResponse.encode,
    handle(_request, _context, reply) {
      upkeep.hash().then((value) => reply(undefined, { header: node.header(), hash: value }), failed(reply));
    },
  };
  const defragment: UnaryMethod<DefragmentRequest, DefragmentResponse> = {
    kind: 'unary',
    path: MaintenanceService.defragment.path,
    decode: DefragmentRequest.decode,
    encode: DefragmentResponse.encode,
    handle(_request, _context, reply) {
      upkeep.defragment().then(() => reply(undefined, DefragmentResponse.create()), failed(reply));
    },
  };

  return [status, alarm, hashKV, hash, defragment, snapshotMethod(upkeep)];
}

/** The storage could not do what was asked (no space, a disk that fails): the caller hears the reason. */
function failed(reply: Reply<never>): (error: Error) => void {
  return (error) => reply({ code: Code.Internal, message: `etcdserver: ${error.message}` });
}
