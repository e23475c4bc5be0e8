/** /metrics: the text format only; who asks for another by Accept gets this one, as the format's rules allow. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { MetricsPage } from './probe.ts';
import { reply } from './reply.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
const compress = promisify(gzip);

function acceptsGzip(request: IncomingMessage): boolean {
  const accepted = String(request.headers['accept-encoding'] ?? '').split(',');
  return accepted.some((part) => {
    const [coding, ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    return coding === 'gzip' && !parameters.some((p) => /^q=0(\.0*)?$/.test(p));
  });
}

export async function answerMetrics(
  page: MetricsPage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = page.render();
  if (acceptsGzip(request)) {
    const body = await compress(text);
    reply(response, 200, { 'Content-Encoding': 'gzip', 'Content-Type': CONTENT_TYPE }, body);
  } else {
    reply(response, 200, { 'Content-Type': CONTENT_TYPE }, text);
  }
  page.answered(200);
}
