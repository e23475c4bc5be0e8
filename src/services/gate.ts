/**
 * What holds for every method, before its own checks: a learner answers only what is listed, and a caller that asked for a
 * leader (`hasleader: true`) is turned away while there is none.
 */
import { ERR, type EtcdError } from '../core/errors.ts';
import { KVService, MaintenanceService, type RangeRequest } from '../core/wire/gen/rpc.ts';
import type { CallContext, DuplexCall, Method } from './method.ts';
import type { ServiceNode } from './node.ts';

const OPEN_TO_LEARNERS: ReadonlySet<string> = new Set([
  MaintenanceService.status.path,
  MaintenanceService.snapshot.path,
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
    return {
      ...method,
      handle(request, context, reply) {
        const refused = refusal(node, path, request, context);
        if (refused) reply(refused);
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
