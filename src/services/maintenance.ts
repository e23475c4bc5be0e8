/** The Maintenance service: what a member says of itself. */
import { ERR } from '../core/errors.ts';
import { DowngradeInfo, MaintenanceService, StatusRequest, StatusResponse } from '../core/wire/gen/rpc.ts';
import type { Method, UnaryMethod } from './method.ts';
import type { ServiceNode } from './node.ts';

export interface MaintenanceFacts {
  /** Release of etcd this member is compatible with, `X.Y.Z`. */
  readonly version: string;
  /** Bytes; as of the last commit of the backend. */
  sizes(): { readonly allocated: number; readonly inUse: number };
  /** Effective quota in bytes. */
  readonly quotaBytes: number;
}

/** `X.Y.0` of the schema the data has: it follows the cluster version, as in etcd since 3.6. */
function storageVersion(clusterVersion: string | undefined): string {
  return clusterVersion === undefined || clusterVersion < '3.6.0' ? '' : clusterVersion;
}

export function maintenanceMethods(node: ServiceNode, facts: MaintenanceFacts): Method[] {
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
          errors: node.leader() === 0n ? [ERR.NoLeader.message] : [],
          isLearner: node.isLearner(),
          storageVersion: storageVersion(node.cluster.version),
          downgradeInfo: DowngradeInfo.create(),
        }),
      );
    },
  };
  return [status];
}
