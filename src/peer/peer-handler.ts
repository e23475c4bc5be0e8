/**
 * The peer port over HTTP/1.1: what other members ask of this one. So far the questions that need no cluster: who the
 * members are, which version runs here, whether the port is alive.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClusterMember } from '../core/membership/member.ts';
import { memberJson } from '../core/membership/member.ts';

export interface PeerFacts {
  readonly clusterId: string;
  members(): readonly ClusterMember[];
  versions(): { readonly etcdserver: string; readonly etcdcluster: string; readonly storage: string };
}

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };

export function peerHandler(facts: PeerFacts): (request: IncomingMessage, response: ServerResponse) => void {
  const pages: Readonly<Record<string, () => [Record<string, string>, string]>> = {
    '/version': () => [{ 'Content-Type': 'application/json' }, JSON.stringify(facts.versions())],
    '/members': () => [
      { 'Content-Type': 'application/json', 'X-Etcd-Cluster-Id': facts.clusterId },
      `[${facts
        .members()
        .map((m) => memberJson(m))
        .join(',')}]\n`,
    ],
    '/raft/probing': () => [
      { 'Content-Type': 'text/plain; charset=utf-8' },
      `{"OK":true,"Now":"${new Date().toISOString()}"}\n`,
    ],
  };
  return (request, response) => {
    const page = pages[(request.url ?? '').split('?')[0]];
    if (!page) response.writeHead(404, TEXT).end('404 page not found\n');
    else if (request.method !== 'GET') {
      response.writeHead(405, { ...TEXT, Allow: 'GET' }).end('Method Not Allowed\n');
    } else {
      const [headers, body] = page();
      response.writeHead(200, headers).end(body);
    }
  };
}
