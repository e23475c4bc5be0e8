/** The Cluster service: who the members are. Headers of this service carry no revision. */
import type { ClusterMember } from '../core/membership/member.ts';
import { ClusterService, Member, MemberListRequest, MemberListResponse } from '../core/wire/gen/rpc.ts';
import type { Method, UnaryMethod } from './method.ts';
import type { ServiceNode } from './node.ts';

export function wireMember(member: ClusterMember): Member {
  return Member.create({
    ID: member.id,
    name: member.name,
    peerURLs: [...member.peerURLs],
    clientURLs: [...member.clientURLs],
    isLearner: member.isLearner,
  });
}

export function clusterMethods(node: ServiceNode): Method[] {
  const list: UnaryMethod<MemberListRequest, MemberListResponse> = {
    kind: 'unary',
    path: ClusterService.memberList.path,
    decode: MemberListRequest.decode,
    encode: MemberListResponse.encode,
    handle(request, _context, reply) {
      const answer = (): void =>
        reply(undefined, { header: node.header(0), members: node.cluster.members().map(wireMember) });
      if (!request.linearizable) return answer();
      node.barrier((error) => (error ? reply(error) : answer()));
    },
  };
  return [list];
}
