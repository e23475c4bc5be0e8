/** The Cluster service: who the members are, and changes of it. Headers of this service carry no revision. */
import { type Done, ERR } from '../core/errors.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import { isPeerUrl } from '../core/membership/peer-urls.ts';
import {
  ClusterService,
  Member,
  MemberAddRequest,
  MemberAddResponse,
  MemberListRequest,
  MemberListResponse,
  MemberPromoteRequest,
  MemberPromoteResponse,
  MemberRemoveRequest,
  MemberRemoveResponse,
  MemberUpdateRequest,
  MemberUpdateResponse,
} from '../core/wire/gen/rpc.ts';
import type { Method, Reply, UnaryMethod } from './method.ts';
import type { ServiceNode } from './node.ts';

type Changed = MemberRemoveResponse;

const arePeerUrls = (urls: readonly string[]): boolean => urls.length > 0 && urls.every(isPeerUrl);

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
  /** Remove, update and promote answer with the header and all members. */
  const allMembers =
    (reply: Reply<Changed>): Done<readonly ClusterMember[]> =>
    (error, members) =>
      error ? reply(error) : reply(undefined, { header: node.header(0), members: members!.map(wireMember) });

  const add: UnaryMethod<MemberAddRequest, MemberAddResponse> = {
    kind: 'unary',
    path: ClusterService.memberAdd.path,
    decode: MemberAddRequest.decode,
    encode: MemberAddResponse.encode,
    handle({ peerURLs, isLearner }, _context, reply) {
      if (!arePeerUrls(peerURLs)) return reply(ERR.MemberBadURLs);
      node.membership.add({ peerURLs, isLearner }, (error, added) => {
        if (error) return reply(error);
        const { member, members } = added!;
        const header = node.header(0);
        reply(undefined, { header, member: wireMember(member), members: members.map(wireMember) });
      });
    },
  };
  const remove: UnaryMethod<MemberRemoveRequest, MemberRemoveResponse> = {
    kind: 'unary',
    path: ClusterService.memberRemove.path,
    decode: MemberRemoveRequest.decode,
    encode: MemberRemoveResponse.encode,
    handle: ({ ID }, _context, reply) => node.membership.remove(ID, allMembers(reply)),
  };
  const update: UnaryMethod<MemberUpdateRequest, MemberUpdateResponse> = {
    kind: 'unary',
    path: ClusterService.memberUpdate.path,
    decode: MemberUpdateRequest.decode,
    encode: MemberUpdateResponse.encode,
    handle({ ID, peerURLs }, _context, reply) {
      // etcd takes any text here, and all its members stop when they apply it.
      if (!arePeerUrls(peerURLs)) return reply(ERR.MemberBadURLs);
      node.membership.update(ID, peerURLs, allMembers(reply));
    },
  };
  const promote: UnaryMethod<MemberPromoteRequest, MemberPromoteResponse> = {
    kind: 'unary',
    path: ClusterService.memberPromote.path,
    decode: MemberPromoteRequest.decode,
    encode: MemberPromoteResponse.encode,
    handle: ({ ID }, _context, reply) => node.membership.promote(ID, allMembers(reply)),
  };
  return [list, add, remove, update, promote];
}
