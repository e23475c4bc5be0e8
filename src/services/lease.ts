/**
 * The Lease service. Grant and revoke go through consensus; renewals and remaining times are the leader's memory, so
 * only the leader answers them by itself, and other members ask it (`ServiceNode.leases`).
 */
import { ERR, type EtcdError } from '../core/errors.ts';
import { fromLatin1 } from '../core/wire/bytes.ts';
import {
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesRequest,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseService,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
} from '../core/wire/gen/rpc.ts';
import { Op } from '../core/wire/proposal.ts';
import { withHeader } from './kv.ts';
import type { DuplexMethod, Method, UnaryMethod } from './method.ts';
import type { ServiceNode } from './node.ts';

/** Answer to a renewal of, and a question about, a lease that is not there. */
const TTL_GONE = 0;
const TTL_UNKNOWN = -1;

export function leaseMethods(node: ServiceNode): Method[] {
  const grant: UnaryMethod<LeaseGrantRequest, LeaseGrantResponse> = {
    kind: 'unary',
    path: LeaseService.leaseGrant.path,
    decode: LeaseGrantRequest.decode,
    encode: LeaseGrantResponse.encode,
    handle(request, _context, reply) {
      const ID = request.ID === 0n ? node.newLeaseId() : request.ID;
      node.propose(Op.LeaseGrant, { ...request, ID }, LeaseGrantRequest.write, withHeader(node, reply));
    },
  };

  const revoke: UnaryMethod<LeaseRevokeRequest, LeaseRevokeResponse> = {
    kind: 'unary',
    path: LeaseService.leaseRevoke.path,
    decode: LeaseRevokeRequest.decode,
    encode: LeaseRevokeResponse.encode,
    handle(request, _context, reply) {
      node.propose(Op.LeaseRevoke, request, LeaseRevokeRequest.write, withHeader(node, reply));
    },
  };

  const keepAlive: DuplexMethod<LeaseKeepAliveRequest, LeaseKeepAliveResponse> = {
    kind: 'bidi',
    path: LeaseService.leaseKeepAlive.path,
    decode: LeaseKeepAliveRequest.decode,
    encode: LeaseKeepAliveResponse.encode,
    handler(call) {
      if (call.metadata('hasleader') === 'true' && node.leader() === 0n) return call.end(ERR.NoLeader);
      let pending = 0;
      let halfClosed = false;
      const finish = (): void => {
        if (halfClosed && pending === 0) call.end();
      };
      call.onMessage(({ ID }) => {
        pending++;
        // The revision of before the renewal: a client that sees it knows the lease was alive then.
        const header = node.header();
        node.leases.renew(ID, (error, ttl) => {
          pending--;
          if (call.cancelled) return;
          if (error && error !== ERR.LeaseNotFound) return call.end(error);
          call.sendEncoded(LeaseKeepAliveResponse.encode({ header, ID, TTL: error ? TTL_GONE : ttl! }));
          finish();
        });
      });
      call.onEnd(() => {
        halfClosed = true;
        finish();
      });
    },
  };

  const timeToLive: UnaryMethod<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> = {
    kind: 'unary',
    path: LeaseService.leaseTimeToLive.path,
    decode: LeaseTimeToLiveRequest.decode,
    encode: LeaseTimeToLiveResponse.encode,
    handle(request, _context, reply) {
      node.leases.timeToLive(request.ID, request.keys, (error: EtcdError | undefined, found) => {
        const header = node.header();
        if (error === ERR.LeaseNotFound) {
          return reply(
            undefined,
            LeaseTimeToLiveResponse.create({ header, ID: request.ID, TTL: TTL_UNKNOWN }),
          );
        }
        if (error || !found) return reply(error ?? ERR.Stopped);
        const { remaining, granted, keys } = found;
        reply(undefined, {
          header,
          ID: request.ID,
          TTL: remaining,
          grantedTTL: granted,
          keys: keys.map(fromLatin1),
        });
      });
    },
  };

  const leases: UnaryMethod<LeaseLeasesRequest, LeaseLeasesResponse> = {
    kind: 'unary',
    path: LeaseService.leaseLeases.path,
    decode: LeaseLeasesRequest.decode,
    encode: LeaseLeasesResponse.encode,
    handle(_request, _context, reply) {
      reply(undefined, { header: node.header(), leases: node.leases.list().map((ID) => ({ ID })) });
    },
  };

  return [grant, revoke, keepAlive, timeToLive, leases];
}
