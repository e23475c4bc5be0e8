/** What this member asks of others over the peer port, besides raft: one HTTP request, one answer, a time limit. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { ERR, type EtcdError } from '../core/errors.ts';
import { type ClusterMember, parseMember } from '../core/membership/member.ts';
import { asBuffer, utf8Bytes, utf8Text } from '../core/wire/bytes.ts';
import { LeaseInternalRequest, LeaseInternalResponse } from '../core/wire/gen/lease.ts';
import { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from '../core/wire/gen/rpc.ts';
import { header } from './headers.ts';
import { connectOptions } from './urls.ts';

/** Longest answer taken, in bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** @throws Error when there is no whole answer in time */
export function ask(url: string, { method, path, timeoutMs, headers, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...connectOptions(url), method, path, headers });
    const timer = setTimeout(() => sent.destroy(new Error('context deadline exceeded')), timeoutMs);
    sent.on('close', () => clearTimeout(timer));
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) sent.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.end(body);
  });
}

export interface RemoteCluster {
  readonly clusterId: bigint;
  readonly members: readonly ClusterMember[];
}

/** @throws Error when the answer is not a member list */
export async function askMembers(url: string, timeoutMs: number): Promise<RemoteCluster> {
  const { status, headers, body } = await ask(url, { method: 'GET', path: '/members', timeoutMs });
  if (status !== 200) throw new Error(`unexpected http status ${status}`);
  const id = header(headers, 'x-etcd-cluster-id');
  if (!/^[0-9a-f]{1,16}$/.test(id)) throw new Error('failed to find cluster ID in the answer');
  return { clusterId: BigInt(`0x${id}`), members: parseMembers(utf8Text(body)) };
}

/** @throws SyntaxError when `text` is not a JSON array of members */
export function parseMembers(text: string): ClusterMember[] {
  const list: unknown = JSON.parse(text.replace(/("id"\s*:\s*)(\d+)/g, '$1"$2"'));
  if (!Array.isArray(list)) throw new SyntaxError('not a list of members');
  return list.map((raw: unknown) => {
    const { isPromote: _, ...member } = parseMember(JSON.stringify(raw));
    return member;
  });
}

export interface RemoteVersions {
  readonly etcdserver: string;
  readonly etcdcluster: string;
}

/** The first URL that answers decides. undefined: none did. */
export async function askVersions(
  urls: readonly string[],
  timeoutMs: number,
): Promise<RemoteVersions | undefined> {
  for (const url of urls) {
    try {
      const { status, body } = await ask(url, { method: 'GET', path: '/version', timeoutMs });
      const { etcdserver, etcdcluster } = JSON.parse(utf8Text(body)) as Record<string, unknown>;
      if (status === 200 && typeof etcdserver === 'string') {
        return { etcdserver, etcdcluster: typeof etcdcluster === 'string' ? etcdcluster : '' };
      }
    } catch {
      // The next URL may answer.
    }
  }
  return undefined;
}

export interface RemoteHash {
  readonly hash: number;
  readonly revision: number;
  readonly compactRevision: number;
  readonly currentRevision: number;
}

/** undefined: nobody answered with a hash; the revision may be unknown there, or compacted. */
export async function askHash(
  urls: readonly string[],
  o: { readonly revision: number; readonly clusterId: bigint; readonly timeoutMs: number },
): Promise<RemoteHash | undefined> {
  const body = utf8Bytes(JSON.stringify({ revision: o.revision }));
  const headers = {
    'Content-Type': 'application/json',
    // Of a GET, Node.js sends a body only when its length is told.
    'Content-Length': String(body.length),
    'X-Etcd-Cluster-ID': o.clusterId.toString(16),
  };
  for (const url of urls) {
    try {
      const path = '/members/hashkv';
      const answer = await ask(url, { method: 'GET', path, headers, body, timeoutMs: o.timeoutMs });
      if (answer.status === 200) return readHash(utf8Text(answer.body), o.revision);
    } catch {
      // The next URL may answer.
    }
  }
  return undefined;
}

/** Fields that are zero may be left out; hash_revision is missing before etcd 3.6. */
function readHash(text: string, asked: number): RemoteHash {
  const answer = JSON.parse(text) as Record<string, unknown> & { header?: Record<string, unknown> };
  const number = (value: unknown): number => (value === undefined ? 0 : Number(value));
  return {
    hash: number(answer.hash),
    revision: number(answer.hash_revision) || asked,
    compactRevision: number(answer.compact_revision),
    currentRevision: number(answer.header?.revision),
  };
}

const PROTOBUF = { 'Content-Type': 'application/protobuf' };

/** A typed refusal of the leader, or a reason to try again. */
export type LeaderAnswer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: EtcdError }
  | { readonly kind: 'unreachable' };

async function askLeader<T>(
  urls: readonly string[],
  question: Asked,
  refusals: (status: number, text: string) => EtcdError | undefined,
  read: (body: Buffer) => T,
): Promise<LeaderAnswer<T>> {
  for (const url of urls) {
    try {
      const { status, body } = await ask(url, question);
      if (status === 200) return { kind: 'ok', value: read(body) };
      const error = refusals(status, utf8Text(body).trim());
      if (error) return { kind: 'refused', error };
    } catch {
      // The next URL may answer.
    }
  }
  return { kind: 'unreachable' };
}

const leaseRefusal = (status: number): EtcdError | undefined =>
  status === 404 ? ERR.LeaseNotFound : undefined;

/** @returns the TTL in seconds */
export function askRenewal(
  urls: readonly string[],
  ID: bigint,
  timeoutMs: number,
): Promise<LeaderAnswer<number>> {
  const body = LeaseKeepAliveRequest.encode({ ID });
  return askLeader(
    urls,
    { method: 'POST', path: '/leases', headers: PROTOBUF, body, timeoutMs },
    leaseRefusal,
    (answer) => LeaseKeepAliveResponse.decode(answer).TTL,
  );
}

export interface RemoteLeaseLife {
  readonly remaining: number;
  readonly granted: number;
  readonly keys: readonly string[];
}

export function askTimeToLive(
  urls: readonly string[],
  ask: { readonly ID: bigint; readonly keys: boolean },
  timeoutMs: number,
): Promise<LeaderAnswer<RemoteLeaseLife>> {
  const body = LeaseInternalRequest.encode({ LeaseTimeToLiveRequest: ask });
  return askLeader(
    urls,
    { method: 'POST', path: '/leases/internal', headers: PROTOBUF, body, timeoutMs },
    leaseRefusal,
    (answer) => {
      const life = LeaseInternalResponse.decode(answer).LeaseTimeToLiveResponse;
      return {
        remaining: life?.TTL ?? 0,
        granted: life?.grantedTTL ?? 0,
        keys: (life?.keys ?? []).map((key) => asBuffer(key).toString('latin1')),
      };
    },
  );
}

export function askPromotion(
  urls: readonly string[],
  id: bigint,
  timeoutMs: number,
): Promise<LeaderAnswer<readonly ClusterMember[]>> {
  const refusal = (status: number, text: string): EtcdError | undefined => {
    if (status === 404) return ERR.MemberNotFound;
    if (status !== 412) return undefined;
    return text.includes('in sync with leader') ? ERR.LearnerNotReady : ERR.MemberNotLearner;
  };
  return askLeader(urls, { method: 'POST', path: `/members/promote/${id}`, timeoutMs }, refusal, (answer) =>
    parseMembers(utf8Text(answer)),
  );
}
