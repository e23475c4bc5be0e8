/**
 * Data goes from etcd to kvctl and back, by snapshots, and everything that clients can see of it has to be the same at
 * each stop. Shared by the test (small) and `npm run exchange` (large).
 */

import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Permission } from '../../src/core/wire/gen/auth.ts';
import { AuthService, KVService, LeaseService } from '../../src/core/wire/gen/rpc.ts';
import { TestClient } from './grpc-client.ts';
import { freePorts, kvctlBin, run, type ServerProcess, startEtcd, startKvctl } from './processes.ts';
import { authIn, contentOf, type StoreContent } from './store-content.ts';

export interface ExchangeOptions {
  readonly directory: string;
  readonly etcd: string;
  /** etcdctl 3.4 or 3.5, or etcdutl: whatever has `snapshot restore`. */
  readonly etcdRestore: string;
  readonly keys: number;
  readonly revisions: number;
  onStep(what: string): void;
}

export interface Stop {
  readonly where: string;
  readonly content: StoreContent;
  readonly auth: string;
}

export interface ExchangeResult {
  readonly stops: readonly Stop[];
  /** Largest resident memory of a `snapshot save`, and of a kvctl that does nothing, in MiB. */
  readonly saveMiB: number;
  readonly idleMiB: number;
}

const IN_FLIGHT = 128;
const TIMEOUT_MS = 60_000;
const QUOTA = '--quota-backend-bytes=8589934592';

/** Puts in turn over all keys, deletions among them, leases, users; a compaction in the middle. */
async function fill(server: ServerProcess, { keys, revisions, onStep }: ExchangeOptions): Promise<void> {
  const client = new TestClient(server.endpoint);
  try {
    for (const ID of [1001n, 1002n]) await client.call(LeaseService.leaseGrant, { ID, TTL: 36_000 });
    await client.put('leased/a', 'x', { lease: 1001n });
    await client.put('leased/b', 'y', { lease: 1002n });
    const bytes = (n: number): Buffer => Buffer.from(`key/${String(n % keys).padStart(8, '0')}`);
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < revisions) {
        const n = next++;
        if (n % 50 === 49) await client.call(KVService.deleteRange, { key: bytes(n - 25) }, TIMEOUT_MS);
        else
          await client.call(KVService.put, { key: bytes(n), value: Buffer.from(`value ${n}`) }, TIMEOUT_MS);
      }
    };
    const since = performance.now();
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    onStep(`${revisions} changes in ${((performance.now() - since) / 1000).toFixed(0)} s`);
    await client.call(
      KVService.compact,
      { revision: Math.floor(revisions / 3), physical: true },
      10 * TIMEOUT_MS,
    );
    await client.put('after', 'compaction');
    if (server.kind === 'etcd') await addUsers(client);
  } finally {
    client.close();
  }
}

async function addUsers(client: TestClient): Promise<void> {
  await client.call(AuthService.userAdd, { name: 'root', password: 'rootpw' });
  await client.call(AuthService.userAdd, { name: 'alice', password: 'secret' });
  await client.call(AuthService.roleAdd, { name: 'reader' });
  const perm = Permission.create({ permType: 0, key: Buffer.from('a'), rangeEnd: Buffer.from('c') });
  await client.call(AuthService.roleGrantPermission, { name: 'reader', perm });
  await client.call(AuthService.userGrantRole, { user: 'alice', role: 'reader' });
}

/** A program of ours to its end; the result is its largest resident memory, in MiB. */
async function measured(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [kvctlBin, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  let peak = 0;
  const look = (): void => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(look, 10);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`kvctl ${args.join(' ')}: ${said}`);
  return peak / 1024;
}

async function ok(command: string, args: readonly string[]): Promise<void> {
  const ran = await run(command, args, { env: { ETCDCTL_API: '3' }, timeoutMs: 20 * TIMEOUT_MS });
  if (ran.code !== 0) throw new Error(`${command} ${args.join(' ')}: ${ran.stderr}`);
}

export async function exchange(o: ExchangeOptions): Promise<ExchangeResult> {
  const { directory, onStep } = o;
  const stops: Stop[] = [];
  let saveMiB = 0;
  const visit = async (where: string, server: ServerProcess, snapshot: string): Promise<void> => {
    onStep(`at ${where}`);
    const content = await contentOf(server.endpoint, 6);
    saveMiB = Math.max(
      saveMiB,
      await measured([`--endpoints=${server.endpoint}`, 'snapshot', 'save', snapshot]),
    );
    const { users, roles, enabled, revision } = await authIn(snapshot);
    stops.push({ where, content, auth: JSON.stringify({ users, roles, enabled, revision }) });
  };
  const file = (name: string): string => join(directory, name);
  const kvctl = (...args: string[]): Promise<void> => ok(process.execPath, [kvctlBin, ...args]);
  const cluster = async (): Promise<string[]> => {
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    return [`--initial-cluster=default=${url}`, `--initial-advertise-peer-urls=${url}`];
  };
  const stay = async (server: ServerProcess, look: () => Promise<void>): Promise<void> => {
    try {
      await look();
    } finally {
      await server.dispose();
    }
  };

  const first = await startEtcd(o.etcd, { args: [QUOTA] });
  await stay(first, async () => {
    await fill(first, o);
    await visit('etcd', first, file('1.db'));
  });
  await kvctl('snapshot', 'restore', file('1.db'), `--data-dir=${file('2.etcd')}`, ...(await cluster()));
  const second = await startKvctl({ dataDir: file('2.etcd'), args: [QUOTA] });
  await stay(second, () => visit('kvctl', second, file('2.db')));
  await ok(o.etcdRestore, [
    'snapshot',
    'restore',
    file('2.db'),
    `--data-dir=${file('3.etcd')}`,
    ...(await cluster()),
  ]);
  const third = await startEtcd(o.etcd, { dataDir: file('3.etcd'), args: [QUOTA, '--force-new-cluster'] });
  await stay(third, () => visit('etcd again', third, file('3.db')));
  const idleMiB = await measured(['version']);
  rmSync(file('1.db'));
  return { stops, saveMiB, idleMiB };
}
