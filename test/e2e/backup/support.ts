/** What the backup tests share: command lines, a history with everything in it, and what a server says of its data. */
import assert from 'node:assert/strict';
import { kvctlBin, type Ran, run, type ServerProcess } from '../../support/processes.ts';

const TIMEOUT_MS = 60_000;

export function kvctl(...args: string[]): Promise<Ran> {
  return run(process.execPath, [kvctlBin, ...args], { timeoutMs: TIMEOUT_MS });
}

/** @throws AssertionError unless it ends with 0 */
export async function kvctlOk(...args: string[]): Promise<string> {
  const ran = await kvctl(...args);
  assert.equal(ran.code, 0, `kvctl ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout;
}

export async function etcdctlOk(etcdctl: string, ...args: string[]): Promise<string> {
  const ran = await run(etcdctl, args, { env: { ETCDCTL_API: '3' }, timeoutMs: TIMEOUT_MS });
  assert.equal(ran.code, 0, `etcdctl ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout;
}

/** Runs lines of `etcdctl put` and the like against a server, in one client. */
export async function atServer(server: ServerProcess, ...args: string[]): Promise<string> {
  return kvctlOk(`--endpoints=${server.endpoint}`, ...args);
}

/** Puts, new versions, a transaction, deletions, a large and an empty value, a lease, a physical compaction. */
export async function fill(server: ServerProcess, keys = 300): Promise<void> {
  const put = (lines: string[]): Promise<Ran> =>
    run(process.execPath, [kvctlBin, `--endpoints=${server.endpoint}`, 'txn'], {
      input: `\n${lines.join('\n')}\n\n\n`,
      timeoutMs: TIMEOUT_MS,
    });
  for (let from = 0; from < keys; from += 100) {
    const lines = Array.from({ length: Math.min(100, keys - from) }, (_, i) => {
      const n = String(from + i).padStart(6, '0');
      return `put key/${n} value-of-${n}-${'x'.repeat(i)}`;
    });
    assert.match((await put(lines)).stdout, /SUCCESS/);
  }
  for (const version of ['second', 'third']) await atServer(server, 'put', 'key/000007', version);
  await atServer(server, 'put', 'empty', '');
  await atServer(server, 'put', 'large', 'l'.repeat(120_000));
  const lease = /lease ([0-9a-f]+) granted/.exec(await atServer(server, 'lease', 'grant', '7200'))![1];
  await atServer(server, 'put', 'leased', 'v', `--lease=${lease}`);
  await atServer(server, 'del', 'key/00001', '--prefix');
  const { revision } = await statusOf(server);
  await atServer(server, 'put', 'after', 'deletion');
  await atServer(server, 'compaction', String(revision - 2), '--physical');
  await atServer(server, 'del', 'key/000020');
}

export interface ServerState {
  readonly revision: number;
  /** As they are printed, at the newest revision. */
  readonly pairs: string;
  readonly leases: string;
  readonly hash: number;
}

export async function statusOf(server: ServerProcess): Promise<{ revision: number; dbSizeInUse: number }> {
  const [{ Status }] = JSON.parse(await atServer(server, 'endpoint', 'status', '-w', 'json'));
  return { revision: Status.header.revision, dbSizeInUse: Status.dbSizeInUse };
}

/** Everything that a client sees of the data. */
export async function stateOf(server: ServerProcess): Promise<ServerState> {
  const { kvs, header } = JSON.parse(await atServer(server, 'get', '--prefix', '', '-w', 'json'));
  const [{ HashKV }] = JSON.parse(await atServer(server, 'endpoint', 'hashkv', '-w', 'json'));
  return {
    revision: header.revision,
    pairs: JSON.stringify(kvs),
    leases: await atServer(server, 'lease', 'list'),
    hash: HashKV.hash,
  };
}

/** Flags that make a restored member the one that `startKvctl` and `startEtcd` will run on `peerPort`. */
export function clusterFlags(peerEndpoint: string): string[] {
  return [
    `--initial-cluster=default=http://${peerEndpoint}`,
    `--initial-advertise-peer-urls=http://${peerEndpoint}`,
  ];
}
