/**
 * What holds for every method, before its own checks: a learner answers only what is listed, and a caller that asked for a
 * leader (`hasleader: true`) is turned away while there is none, and what makes the database grow while it is full.
 */
import { ERR, type EtcdError } from '../core/errors.ts';
import { KVService, LeaseService, MaintenanceService, type RangeRequest } from '../core/wire/gen/rpc.ts';
import { Op } from '../core/wire/proposal.ts';
import type { CallContext, DuplexCall, Method } from './method.ts';
import type { ServiceNode } from './node.ts';

const OPEN_TO_LEARNERS: ReadonlySet<string> = new Set([
  MaintenanceService.status.path,
  MaintenanceService.snapshot.path,
]);

/** What can make the database grow, as the operation it becomes. */
const GROWING: ReadonlyMap<string, number> = new Map([
  [KVService.put.path, Op.Put],
  [KVService.txn.path, Op.Txn],
  [LeaseService.leaseGrant.path, Op.LeaseGrant],
]);

function refusal(
  node: ServiceNode,
  path: string,
  request: unknown,
  context: CallContext,
): EtcdError | undefined {
  if (node.isLearner() && !OPEN_TO_LEARNERS.has(path)) {
    const localRead = path === KVService.range.path && (request as RangeRequest).serializable;
    if (!localRead) return ERR.NotSupportedForLearner;
  }
  if (node.leader() === 0n && context.metadata('hasleader') === 'true') return ERR.NoLeader;
  return undefined;
}

/** The same method behind the gate. */
export function gated(node: ServiceNode, method: Method): Method {
  const { path } = method;
  if (method.kind === 'unary') {
    const growing = GROWING.get(path);
    return {
      ...method,
      handle(request, context, reply) {
        const refused = refusal(node, path, request, context);
        if (refused) reply(refused);
        else if (growing !== undefined && !node.hasRoomFor(growing, request)) reply(ERR.NoSpace);
        else method.handle(request, context, reply);
      },
    };
  }
  if (method.kind === 'serverStream') {
    return {
      ...method,
      handler(request, call) {
        const refused = refusal(node, path, request, call);
        if (refused) call.end(refused);
        else method.handler(request, call);
      },
    };
  }
  return {
    ...method,
    handler(call: DuplexCall<unknown>) {
      const refused = refusal(node, path, undefined, call);
      if (refused) call.end(refused);
      else method.handler(call);
    },
  };
}
