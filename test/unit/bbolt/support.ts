/** Files in memory, the whole content of a file, and content made from a seed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePair } from '../../../src/core/mvcc/pair.ts';
import { encodeRevision } from '../../../src/core/mvcc/revision.ts';
import { KeyValue } from '../../../src/core/wire/gen/kv.ts';
import {
  BoltFile,
  type BucketBatch,
  type FilePlan,
  fileChunks,
  type PageFile,
  planFile,
} from '../../../src/storage/bbolt/index.ts';
import { projectRoot } from '../../support/processes.ts';

export function memoryFile(bytes: Uint8Array): PageFile {
  return {
    size: async () => bytes.length,
    read: async (into, position) => {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
  };
}

/** latin1 key -> latin1 value */
export type Content = Record<string, Record<string, string>>;

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export async function contentOf(file: BoltFile): Promise<Content> {
  const content: Content = {};
  for await (const bucket of file.buckets()) {
    const entries: Record<string, string> = {};
    for await (const batch of bucket.entries())
      for (const { key, value } of batch) entries[`=${latin1(key)}`] = latin1(value);
    content[`=${bucket.name}`] = entries;
  }
  return content;
}

/** Buckets and keys of `content` in order, `perBatch` entries a batch. */
export function* batchesOf(content: Content, perBatch = 7): Generator<BucketBatch> {
  for (const name of Object.keys(content).sort()) {
    const bucket = name.slice(1);
    const keys = Object.keys(content[name]).sort();
    yield { bucket, entries: [] };
    for (let i = 0; i < keys.length; i += perBatch) {
      const entries = keys.slice(i, i + perBatch).map((key) => ({
        key: Buffer.from(key.slice(1), 'latin1'),
        value: Buffer.from(content[name][key], 'latin1'),
      }));
      yield { bucket, entries };
    }
  }
}

export async function bytesOf(content: Content, pageSize = 4096): Promise<{ plan: FilePlan; bytes: Buffer }> {
  const plan = await planFile(batchesOf(content), { pageSize });
  const chunks: Buffer[] = [];
  for await (const chunk of fileChunks(batchesOf(content), plan)) chunks.push(chunk);
  return { plan, bytes: Buffer.concat(chunks) };
}

export const openBytes = (bytes: Uint8Array): Promise<BoltFile> => BoltFile.open(memoryFile(bytes));

/** Park-Miller: enough to make a failing run repeatable. */
export function seeded(seed: number): (below: number) => number {
  let state = (seed % 2147483646) + 1;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

/** Written by real etcd; see the README beside them. */
export const fixtureDirectory = join(projectRoot, '../shared/fixtures');
export const FIXTURES = ['etcd-3.4.23', 'etcd-3.5.30'] as const;

/** The path of a fixture's file, or undefined after saying that its tests are skipped. */
export function fixture(release: string, name: string): string | undefined {
  const path = join(fixtureDirectory, release, name);
  if (existsSync(path)) return path;
  console.log(`      skipped: no fixture ${release}/${name}`);
  return undefined;
}

/** JSON with integers beyond 2^53 as bigint-able strings. */
export function parseExact(path: string): any {
  return JSON.parse(readFileSync(path, 'utf8').replace(/([:[,]\s*)(\d{16,})(?=\s*[,}\]])/g, '$1"$2"'));
}

/** A small history with everything in it. */
export function history(): Content {
  const key: Record<string, string> = {};
  for (let revision = 2; revision < 300; revision++) {
    const name = Buffer.from(`k${revision % 40}`);
    if (revision % 11 === 0)
      key[`=${latin1(encodeRevision(revision, 0, true))}`] = latin1(
        KeyValue.encode(KeyValue.create({ key: name })),
      );
    else
      key[`=${latin1(encodeRevision(revision, 0))}`] = latin1(
        encodePair(name, revision, revision, 1, Buffer.alloc(200, revision), 0n),
      );
  }
  return {
    '=alarm': {},
    '=auth': { '=authEnabled': '\0', '=authRevision': '\0\0\0\0\0\0\0\x05' },
    '=authRoles': {},
    '=authUsers': {},
    '=cluster': { '=clusterVersion': '3.6.0' },
    '=key': key,
    '=lease': {},
    '=members': { '=77': '{"id":119,"peerURLs":["http://old:2380"],"name":"old"}' },
    '=members_removed': { '=78': 'removed' },
    '=meta': {
      '=consistent_index': '\0\0\0\0\0\0\x02\0',
      '=storageVersion': '3.6.0',
      '=term': '\0\0\0\0\0\0\0\x09',
    },
  };
}
