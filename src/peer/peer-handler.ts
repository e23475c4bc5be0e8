/** The peer port over HTTP/1.1: everything that other members ask of this one, by path. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Done, ERR, type EtcdError } from '../core/errors.ts';
import { type ClusterMember, memberJson } from '../core/membership/member.ts';
import { header } from './headers.ts';
import { answerText, CLUSTER_ID_HEADER, isMethod, readBody } from './http-answer.ts';
import { type LeaseAnswers, leaseHandler, leaseInternalHandler } from './lease-handler.ts';
import { RaftHandler, type RaftHandlerOptions, STREAM_PREFIX } from './raft-handler.ts';

export interface KvHashAnswer {
  readonly hash: number;
  readonly revision: number;
  readonly compactRevision: number;
  readonly currentRevision: number;
}

export interface PeerHandlerOptions extends RaftHandlerOptions {
  readonly leases: LeaseAnswers;
  members(): readonly ClusterMember[];
  versions(): { readonly etcdserver: string; readonly etcdcluster: string; readonly storage: string };
  /** Makes a voter of a learner, if this member leads. */
  promote(id: bigint, done: Done<readonly ClusterMember[]>): void;
  hashKV(revision: number, done: Done<KvHashAnswer>): void;
  /** Linearizable. */
  downgradeEnabled(done: Done<boolean>): void;
}

const MAX_HASH_REQUEST_BYTES = 64 * 1024;
const PROMOTE_PREFIX = '/members/promote/';
const JSON_TYPE = { 'Content-Type': 'application/json' };
/** The texts of these failures on the peer port. */
const PROMOTE_REFUSALS: ReadonlyMap<EtcdError, readonly [number, string]> = new Map([
  [ERR.MemberNotFound, [404, 'membership: ID not found']],
  [ERR.MemberNotLearner, [412, 'membership: can only promote a learner member']],
  [ERR.LearnerNotReady, [412, ERR.LearnerNotReady.message]],
]);
const HASH_REFUSALS: ReadonlyMap<EtcdError, string> = new Map([
  [ERR.FutureRev, 'mvcc: required revision is a future revision'],
  [ERR.Compacted, 'mvcc: required revision has been compacted'],
]);

export type PeerHandler = (request: IncomingMessage, response: ServerResponse) => void;

export function peerHandler(o: PeerHandlerOptions): PeerHandler {
  const raft = new RaftHandler(o);
  const pages: Readonly<Record<string, PeerHandler>> = {
    '/raft': (request, response) => raft.post(request, response),
    '/raft/snapshot': (request, response) => raft.snapshot(request, response),
    '/raft/probing': probing,
    '/version': (request, response) => {
      if (isMethod(request, response, 'GET'))
        response.writeHead(200, JSON_TYPE).end(JSON.stringify(o.versions()));
    },
    '/members': (request, response) => {
      if (isMethod(request, response, 'GET')) answerMembers(o, response, o.members());
    },
    '/members/hashkv': (request, response) => hashKV(o, request, response),
    '/leases': (request, response) => leaseHandler(o.leases, request, response),
    '/leases/internal': (request, response) => leaseInternalHandler(o.leases, request, response),
    '/downgrade/enabled': (request, response) => downgradeEnabled(o, request, response),
  };
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (Object.hasOwn(pages, path)) pages[path](request, response);
    else if (path.startsWith(STREAM_PREFIX)) raft.stream(request, response, path);
    else if (path.startsWith(PROMOTE_PREFIX)) promote(o, request, response, path);
    else answerText(response, 404, '404 page not found');
  };
}

function answerMembers(
  o: PeerHandlerOptions,
  response: ServerResponse,
  members: readonly ClusterMember[],
): void {
  response.setHeader(CLUSTER_ID_HEADER, o.local.clusterId.toString(16));
  response.writeHead(200, JSON_TYPE).end(`[${members.map((m) => memberJson(m)).join(',')}]\n`);
}

function probing(request: IncomingMessage, response: ServerResponse): void {
  if (!isMethod(request, response, 'GET')) return;
  response
    .writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' })
    .end(`{"OK":true,"Now":"${new Date().toISOString()}"}\n`);
}

function promote(
  o: PeerHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  if (!isMethod(request, response, 'POST')) return;
  response.setHeader(CLUSTER_ID_HEADER, o.local.clusterId.toString(16));
  const text = path.slice(PROMOTE_PREFIX.length);
  const id = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (id === undefined || id >= 2n ** 64n) {
    return answerText(response, 404, `member ${text} not found in cluster`);
  }
  o.promote(id, (error, members) => {
    if (!error) return answerMembers(o, response, members!);
    const [status, words] = PROMOTE_REFUSALS.get(error) ?? [500, error.message];
    answerText(response, status, words);
  });
}

function hashKV(o: PeerHandlerOptions, request: IncomingMessage, response: ServerResponse): void {
  if (!isMethod(request, response, 'GET')) return;
  response.setHeader(CLUSTER_ID_HEADER, o.local.clusterId.toString(16));
  const clusterId = header(request.headers, 'x-etcd-cluster-id');
  if (clusterId && clusterId !== o.local.clusterId.toString(16)) {
    return answerText(response, 412, 'cluster ID mismatch');
  }
  readBody(request, MAX_HASH_REQUEST_BYTES, (body) => {
    const revision = body && revisionOf(body);
    if (revision === undefined) return answerText(response, 400, 'error unmarshalling request');
    o.hashKV(revision, (error, answer) => {
      if (error || !answer) {
        const words = error && HASH_REFUSALS.get(error);
        return answerText(response, words ? 400 : 500, words ?? (error ?? ERR.Stopped).message);
      }
      const fields = {
        header: { revision: answer.currentRevision },
        hash: answer.hash,
        compact_revision: answer.compactRevision,
        hash_revision: answer.revision,
      };
      response.writeHead(200, JSON_TYPE).end(JSON.stringify(fields));
    });
  });
}

function revisionOf(body: Buffer): number | undefined {
  try {
    const { revision = 0 } = JSON.parse(body.toString('utf8')) as { revision?: unknown };
    return Number.isSafeInteger(revision) ? (revision as number) : undefined;
  } catch {
    return undefined;
  }
}

function downgradeEnabled(o: PeerHandlerOptions, request: IncomingMessage, response: ServerResponse): void {
  if (!isMethod(request, response, 'GET')) return;
  response.setHeader(CLUSTER_ID_HEADER, o.local.clusterId.toString(16));
  o.downgradeEnabled((error, enabled) => {
    if (error) return answerText(response, 500, `failed linearized read: ${error.message}`);
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end(String(enabled));
  });
}
