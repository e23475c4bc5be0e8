/** A real node:http server with the handlers on it, and a client that sees bytes as they are. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { HttpLog, MemberProbe } from '../../../src/transport/http1/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
}

export interface Running {
  readonly port: number;
  /** One request on a connection of its own; `path` goes out as it is. */
  ask(path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

function parseAnswer(raw: Buffer): Answer {
  const cut = raw.indexOf('\r\n\r\n');
  const [first, ...lines] = raw.subarray(0, cut).toString('latin1').split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines)
    headers[line.slice(0, line.indexOf(':')).toLowerCase()] = line.slice(line.indexOf(':') + 2);
  let body = raw.subarray(cut + 4);
  if (headers['transfer-encoding'] === 'chunked') body = unchunk(body);
  return { status: Number(first.split(' ')[1]), headers, body, text: body.toString('utf8') };
}

function unchunk(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

export async function start(handler: RequestListener): Promise<Running> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, { method = 'GET', headers = {}, body = '' }: AskOptions = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const chunks: Buffer[] = [];
      const all: Record<string, string> = { Host: `127.0.0.1:${port}`, Connection: 'close', ...headers };
      if (body.length > 0) all['Content-Length'] = String(Buffer.byteLength(body));
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
      socket.write(body);
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('close', () => resolve(parseAnswer(Buffer.concat(chunks))));
    });
  return {
    port,
    ask,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export interface FakeProbe extends MemberProbe {
  raised: { memberID: bigint; alarm: 'NOSPACE' | 'CORRUPT' }[];
  leaderId: bigint;
  learner: boolean;
  failure: Error | undefined;
  /** Reads never come back. */
  stuck: boolean;
}

export function fakeProbe(): FakeProbe {
  const probe: FakeProbe = {
    raised: [],
    leaderId: 7n,
    learner: false,
    failure: undefined,
    stuck: false,
    alarms: () => probe.raised,
    leader: () => probe.leaderId,
    isLearner: () => probe.learner,
    async linearizableRead() {
      if (probe.stuck) await new Promise(() => {});
      if (probe.failure) throw probe.failure;
    },
    async serializableRead() {},
    versions: () => ({ etcdserver: '3.7.1', etcdcluster: '3.7.0', storage: '3.7.0' }),
  };
  return probe;
}

export interface MemoryLog extends HttpLog {
  readonly lines: { level: string; msg: string; fields: unknown }[];
}

export function memoryLog(): MemoryLog {
  const lines: MemoryLog['lines'] = [];
  return {
    lines,
    warn: (msg, fields) => lines.push({ level: 'warn', msg, fields }),
    error: (msg, fields) => lines.push({ level: 'error', msg, fields }),
  };
}
