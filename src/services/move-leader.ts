/** MoveLeader, of the Maintenance service: only the leader can hand its office over. Its answer has no header. */
import { MaintenanceService, MoveLeaderRequest, MoveLeaderResponse } from '../core/wire/gen/rpc.ts';
import type { Method, UnaryMethod } from './method.ts';
import type { ServiceNode } from './node.ts';

export function moveLeaderMethods(node: ServiceNode): Method[] {
  const moveLeader: UnaryMethod<MoveLeaderRequest, MoveLeaderResponse> = {
    kind: 'unary',
    path: MaintenanceService.moveLeader.path,
    decode: MoveLeaderRequest.decode,
    encode: MoveLeaderResponse.encode,
    handle({ targetID }, _context, reply) {
      node.transfer.moveTo(targetID, (error) => (error ? reply(error) : reply(undefined, {})));
    },
  };
  return [moveLeader];
}
