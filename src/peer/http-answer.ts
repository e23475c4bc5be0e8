/** Answers of the peer port, in the form that Go's HTTP server gives them. */
import type { IncomingMessage, ServerResponse } from 'node:http';

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };

/** Names of headers in their canonical form on answers. */
export const CLUSTER_ID_HEADER = 'X-Etcd-Cluster-Id';

export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, TEXT).end(`${text}\n`);
}

/** True if the method is the one; otherwise the answer is given. */
export function isMethod(
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
  sayAllow = true,
): boolean {
  if (request.method === method) return true;
  if (sayAllow) response.setHeader('Allow', method);
  answerText(response, 405, 'Method Not Allowed');
  return false;
}

/** undefined: it broke off, or was larger than `limitBytes`. */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  done: (body: Buffer | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let settled = false;
  const settle = (body: Buffer | undefined): void => {
    if (settled) return;
    settled = true;
    done(body);
  };
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limitBytes) settle(undefined);
    else chunks.push(chunk);
  });
  request.on('end', () => settle(Buffer.concat(chunks, Math.min(size, limitBytes))));
  request.on('error', () => settle(undefined));
  request.on('close', () => settle(undefined));
}
