/**
 * One changed bit in what a killed member has stored, and what becomes of it: a whole server (in this process) starts on
 * it and is asked for everything it has; `check data` looks at it, too. Shared by the test and `npm run bitflips`.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseServerConfig } from '../../src/server/config/index.ts';
import { silentLogger } from '../../src/server/logging/index.ts';
import { Server } from '../../src/server/server.ts';
import { checkPath } from '../../src/storage/check/index.ts';
import { dataDirPaths } from '../../src/storage/data-dir.ts';
import { restoreDataDir } from '../../src/storage/restore/index.ts';
import { TestClient } from './grpc-client.ts';
import { freePorts, startKvctl } from './processes.ts';
import { saveSnapshot } from './snapshot-file.ts';
import { contentOf } from './store-content.ts';

export const KINDS = ['log', '.snap file', 'database', 'snapshot'] as const;
export type Kind = (typeof KINDS)[number];

export type Outcome =
  /** The server, or the restore, said what is wrong and did not start. */
  | 'refused'
  /** It started, and stopped when it came upon it. */
  | 'stopped'
  /** Everything is as it was. */
  | 'harmless'
  /** Something else was served. Never. */
  | 'served';

export interface Flipped {
  readonly outcome: Outcome;
  /** `check data` reports damage. */
  readonly isFound: boolean;
  readonly why: string;
}

export interface FlipWorld {
  readonly directory: string;
  /** Of the stored bytes, which can be fewer than the file has: segments are zeros behind their records. */
  readonly files: Readonly<Record<Kind, { readonly path: string; readonly bytes: number }>>;
  readonly peerPort: number;
  readonly expected: string;
}

const SEGMENT_BYTES = 64_000_000;
const TRIMMED = 'trimmed.etcd';

/** As JSON: lease ids are bigint. */
async function everything(endpoint: string): Promise<string> {
  return JSON.stringify(await contentOf(endpoint, 1), (_, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
}

/** A member with history in all its files, the newest part of it in the log alone, killed. */
export async function prepareFlips(directory: string): Promise<FlipWorld> {
  const dataDir = join(directory, 'original.etcd');
  const server = await startKvctl({
    dataDir,
    args: ['--snapshot-count=60', '--backend-batch-interval=200ms'],
  });
  const client = new TestClient(server.endpoint);
  const fill = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++)
      await client.put(`key/${i % 37}`, `value ${i} ${'v'.repeat((i * 53) % 900)}`);
  };
  await fill(0, 150);
  await client.del('key/1', { rangeEnd: Buffer.from('key/2') });
  await client.put('big', Buffer.alloc(30_000, 'big'));
  await new Promise((resolve) => setTimeout(resolve, 600));
  await fill(150, 190);
  await client.put('zeros', Buffer.alloc(5_000));
  await fill(190, 195);
  const snapshot = join(directory, 'snapshot.db');
  await saveSnapshot(client, snapshot);
  const expected = await everything(server.endpoint);
  client.close();
  await server.kill();
  trimDataDir(dataDir, join(directory, TRIMMED));
  const [peerPort] = await freePorts(1);
  const wal = join(dataDir, 'member/wal');
  const snap = join(dataDir, 'member/snap');
  const newest = (from: string, suffix: string): string =>
    join(
      from,
      readdirSync(from)
        .filter((name) => name.endsWith(suffix))
        .sort()
        .at(-1)!,
    );
  const file = (path: string) => ({ path, bytes: usedBytes(path) });
  return {
    directory,
    peerPort,
    expected,
    files: {
      log: file(newest(wal, '.wal')),
      '.snap file': file(newest(snap, '.snap')),
      database: file(join(snap, 'kvctl.mdb')),
      snapshot: file(snapshot),
    },
  };
}

function usedBytes(path: string): number {
  const bytes = readFileSync(path);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}

/** @param at byte in the file of this kind */
export async function flipBit(world: FlipWorld, kind: Kind, at: number, bit: number): Promise<Flipped> {
  const work = join(world.directory, 'work');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  try {
    return kind === 'snapshot'
      ? await inSnapshot(world, work, at, bit)
      : await inDataDir(world, { kind, work, at, bit });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function change(path: string, at: number, bit: number): void {
  const bytes = readFileSync(path);
  bytes[at] ^= 1 << bit;
  writeFileSync(path, bytes);
}

async function inSnapshot(world: FlipWorld, work: string, at: number, bit: number): Promise<Flipped> {
  const path = join(work, 'snapshot.db');
  cpSync(world.files.snapshot.path, path);
  change(path, at, bit);
  const isFound = await isFoundIn(path);
  try {
    const founder = {
      id: 1n,
      name: 'a',
      peerURLs: ['http://localhost:2380'],
      clientURLs: [],
      isLearner: false,
    };
    await restoreDataDir({
      source: path,
      paths: dataDirPaths(join(work, 'restored.etcd')),
      identity: { nodeId: 1n, clusterId: 1n },
      members: [founder],
      skipHashCheck: false,
      mapBytes: 2 ** 30,
      now: () => performance.now(),
      onStep() {},
      onWritten() {},
    });
    return { outcome: 'served', isFound, why: 'a snapshot with a changed bit was restored' };
  } catch (error) {
    return { outcome: 'refused', isFound, why: (error as Error).message };
  }
}

async function isFoundIn(path: string): Promise<boolean> {
  const { findings } = await checkPath(path);
  return findings.some(({ severity }) => severity === 'damage');
}

interface DirFlip {
  readonly kind: Exclude<Kind, 'snapshot'>;
  readonly work: string;
  readonly at: number;
  readonly bit: number;
}

async function inDataDir(world: FlipWorld, { kind, work, at, bit }: DirFlip): Promise<Flipped> {
  const dataDir = join(work, 'flipped.etcd');
  cpSync(join(world.directory, TRIMMED), dataDir, { recursive: true });
  const path = join(dataDir, world.files[kind].path.slice(world.files[kind].path.indexOf('member/')));
  change(path, at, bit);
  if (kind === 'log') truncateSync(path, Math.max(SEGMENT_BYTES, world.files.log.bytes));
  const isFound = await isFoundIn(dataDir);
  return { ...(await serve(world, dataDir)), isFound };
}

/** What a start needs, segments without the zeros behind their records: they are 64 MB each. */
function trimDataDir(from: string, to: string): void {
  for (const name of readdirSync(from, { recursive: true }) as string[]) {
    if (!/\.(wal|snap|mdb)$/.test(name)) continue;
    const target = join(to, name);
    mkdirSync(dirname(target), { recursive: true });
    const bytes = readFileSync(join(from, name));
    writeFileSync(target, name.endsWith('.wal') ? bytes.subarray(0, usedBytes(join(from, name)) + 8) : bytes);
  }
}

async function serve(world: FlipWorld, dataDir: string): Promise<Omit<Flipped, 'isFound'>> {
  const [client] = await freePorts(1);
  const peer = `http://127.0.0.1:${world.peerPort}`;
  const outcome = parseServerConfig({
    argv: [
      `--data-dir=${dataDir}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
    ],
    env: {},
    build: { version: 'test', commit: 'test' } as never,
    readFile: (path: string) => readFileSync(path, 'utf8'),
  } as never);
  if (outcome.kind !== 'run') throw new Error('the configuration is wrong');
  let fatal: Error | undefined;
  let stopped = (): void => {};
  const fatalSoon = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const server = new Server(outcome.config, silentLogger(), (error) => {
    fatal ??= error;
    stopped();
  });
  try {
    try {
      await server.start();
    } catch (error) {
      return { outcome: 'refused', why: (error as Error).message };
    }
    const seen = await Promise.race([
      everything(`127.0.0.1:${client}`).catch((error: Error) => {
        if (fatal === undefined) throw error;
      }),
      fatalSoon,
    ]);
    if (fatal !== undefined) return { outcome: 'stopped', why: fatal.message };
    return seen === world.expected
      ? { outcome: 'harmless', why: '' }
      : { outcome: 'served', why: `${seen} instead of ${world.expected}` };
  } finally {
    await server.stop().catch(() => {});
  }
}
