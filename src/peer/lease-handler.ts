/**
 * POST /leases and /leases/internal: other members ask the leader about what only it knows. Only this member's own
 * lessor is asked: a question is never passed on twice. Apply runs in the turn of the commit, unless this member's own disk
 * is slower than a quorum's: member/lease-desk waits for it then.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Done, ERR, type EtcdError } from '../core/errors.ts';
import { fromLatin1 } from '../core/wire/bytes.ts';
import { LeaseInternalRequest, LeaseInternalResponse } from '../core/wire/gen/lease.ts';
import {
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseTimeToLiveResponse,
  ResponseHeader,
} from '../core/wire/gen/rpc.ts';
import { answerText, isMethod, readBody } from './http-answer.ts';

const MAX_REQUEST_BYTES = 64 * 1024;
const PROTOBUF = { 'Content-Type': 'application/protobuf' };

export interface LeaseAnswers {
  /** Seconds. */
  renew(id: bigint, done: Done<number>): void;
  timeToLive(
    id: bigint,
    withKeys: boolean,
    done: Done<{ readonly remaining: number; readonly granted: number; readonly keys: readonly string[] }>,
  ): void;
}

export function leaseHandler(leases: LeaseAnswers, request: IncomingMessage, response: ServerResponse): void {
  exchange(request, response, (body) => {
    const { ID } = LeaseKeepAliveRequest.decode(body);
    leases.renew(ID, (error, ttl) => {
      if (error) return refuse(response, error);
      const answer = LeaseKeepAliveResponse.encode(LeaseKeepAliveResponse.create({ ID, TTL: ttl! }));
      response.writeHead(200, PROTOBUF).end(answer);
    });
  });
}

export function leaseInternalHandler(
  leases: LeaseAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  exchange(request, response, (body) => {
    const asked = LeaseInternalRequest.decode(body).LeaseTimeToLiveRequest ?? { ID: 0n, keys: false };
    leases.timeToLive(asked.ID, asked.keys, (error, life) => {
      if (error || !life) return refuse(response, error ?? ERR.LeaseNotFound);
      const answer = LeaseTimeToLiveResponse.create({
        header: ResponseHeader.create(),
        ID: asked.ID,
        TTL: life.remaining,
        grantedTTL: life.granted,
        keys: life.keys.map(fromLatin1),
      });
      const encoded = LeaseInternalResponse.encode({ LeaseTimeToLiveResponse: answer });
      response.writeHead(200, PROTOBUF).end(encoded);
    });
  });
}

function exchange(request: IncomingMessage, response: ServerResponse, handle: (body: Buffer) => void): void {
  if (!isMethod(request, response, 'POST', false)) return;
  readBody(request, MAX_REQUEST_BYTES, (body) => {
    if (!body) return answerText(response, 400, 'error reading body');
    try {
      handle(body);
    } catch {
      answerText(response, 400, 'error unmarshalling request');
    }
  });
}

function refuse(response: ServerResponse, error: EtcdError): void {
  if (error === ERR.LeaseNotFound) answerText(response, 404, 'lease not found');
  else answerText(response, 500, error.message);
}
