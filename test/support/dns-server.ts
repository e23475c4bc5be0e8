/**
 * A name server on loopback that knows SRV records and nothing else (RFC 1035 section 4, RFC 2782). `nodeOptions` makes
 * a Node.js program ask it.
 */
import { createSocket } from 'node:dgram';
import { rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from './processes.ts';

export interface SrvRecord {
  readonly target: string;
  readonly port: number;
  readonly priority?: number;
  readonly weight?: number;
}

export interface DnsServer {
  /** NODE_OPTIONS of a program that shall ask this server. */
  readonly nodeOptions: string;
  /** Names that were asked for. */
  readonly asked: readonly string[];
  close(): void;
}

const SRV = 33;
const INTERNET = 1;
const ANSWER = 0x8180;
const NO_SUCH_NAME = 3;
const HEADER_BYTES = 12;

/** The name at `HEADER_BYTES`, and where it ends. */
function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  while (query[at] !== 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    at += 1 + query[at];
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 + 4 };
}

function encodeName(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function encodeRecord({ target, port, priority = 0, weight = 0 }: SrvRecord): Buffer {
  const name = encodeName(target);
  const head = Buffer.alloc(18);
  // The owner is the name of the question, 12 bytes into the message.
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  head.writeUInt16BE(SRV, 2);
  head.writeUInt16BE(INTERNET, 4);
  head.writeUInt16BE(6 + name.length, 10);
  head.writeUInt16BE(priority, 12);
  head.writeUInt16BE(weight, 14);
  head.writeUInt16BE(port, 16);
  return Buffer.concat([head, name]);
}

function answer(query: Buffer, records: ReadonlyMap<string, readonly SrvRecord[]>): Buffer {
  const { name, end } = questionOf(query);
  const found = records.get(name) ?? [];
  const head = Buffer.alloc(HEADER_BYTES);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(ANSWER | (found.length === 0 ? NO_SUCH_NAME : 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(found.length, 6);
  return Buffer.concat([head, query.subarray(HEADER_BYTES, end), ...found.map(encodeRecord)]);
}

/** `records`: by the whole name, for example `_etcd-client._tcp.cluster.test`. */
export async function startDns(records: Readonly<Record<string, readonly SrvRecord[]>>): Promise<DnsServer> {
  const byName = new Map(Object.entries(records));
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    asked.push(questionOf(query).name);
    socket.send(answer(query, byName), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const directory = temporaryDirectory('dns');
  const script = join(directory, 'servers.cjs');
  const { port } = socket.address() as AddressInfo;
  writeFileSync(script, `require('node:dns').setServers(['127.0.0.1:${port}']);\n`);
  return {
    nodeOptions: `--require=${script}`,
    asked,
    close() {
      socket.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
