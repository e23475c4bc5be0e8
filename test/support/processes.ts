/**
 * Real servers for tests: `kvctl serve` and, where it is installed, Debian's etcd. Each has a directory of its own
 * under the system's temporary folder and ports that were free a moment ago; each is stopped by its pid.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const kvctlBin = join(projectRoot, 'bin/kvctl.js');

/** Releases before 3.5 say it in other words when they log JSON. */
const READY = { kvctl: 'ready to serve client requests', etcd: 'serving client traffic' } as const;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((s) => (s.address() as { port: number }).port);
  await Promise.all(servers.map((s) => new Promise((resolve) => s.close(resolve))));
  return ports;
}

export function temporaryDirectory(label: string): string {
  return mkdtempSync(join(tmpdir(), `kvctl-${label}-`));
}

/** The path of a program, or undefined after printing why the tests that need it are skipped. */
export function installed(program: string, what: string): string | undefined {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
  if (found && existsSync(found)) return found;
  console.log(`      skipped: ${program} is not installed (${what})`);
  return undefined;
}

export interface ServerProcess {
  readonly kind: 'kvctl' | 'etcd';
  /** host:port for clients. */
  readonly endpoint: string;
  readonly peerEndpoint: string;
  readonly dataDir: string;
  readonly pid: number;
  /** What it has logged so far. */
  log(): string;
  /** SIGTERM and wait. */
  stop(): Promise<void>;
  /** SIGKILL and wait; the data stays. */
  kill(): Promise<void>;
  /** Starts again on the same data and ports. */
  restart(): Promise<void>;
  /** Stops and removes the data. */
  dispose(): Promise<void>;
  exitCode(): number | null;
}

export interface ServerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly dataDir?: string;
  readonly name?: string;
  /** Where it listens, on etcd's usual ports, and the program that runs it there (default: free ports of 127.0.0.1). */
  readonly place?: { readonly host: string; readonly runner: readonly string[] };
}

export function startKvctl(options: ServerOptions = {}): Promise<ServerProcess> {
  return start('kvctl', [process.execPath, kvctlBin, 'serve'], options);
}

/** Debian's etcd; give the path that `installed('etcd', ...)` found. */
export function startEtcd(path: string, options: ServerOptions = {}): Promise<ServerProcess> {
  return start('etcd', [path, '--logger=zap'], options);
}

async function start(
  kind: 'kvctl' | 'etcd',
  command: readonly string[],
  options: ServerOptions,
): Promise<ServerProcess> {
  const { host, runner } = options.place ?? { host: '127.0.0.1', runner: [] };
  const [client, peer] = options.place ? [2379, 2380] : await freePorts(2);
  const name = options.name ?? 'default';
  const dataDir = options.dataDir ?? join(temporaryDirectory(kind), `${name}.etcd`);
  const [program, ...leading] = [...runner, ...command];
  const args = [
    ...leading,
    `--name=${name}`,
    `--data-dir=${dataDir}`,
    `--listen-client-urls=http://${host}:${client}`,
    `--advertise-client-urls=http://${host}:${client}`,
    `--listen-peer-urls=http://${host}:${peer}`,
    `--initial-advertise-peer-urls=http://${host}:${peer}`,
    `--initial-cluster=${name}=http://${host}:${peer}`,
    ...(options.args ?? []),
  ];
  let log = '';
  let child: ChildProcess;
  const launch = async (): Promise<void> => {
    const env = { ...process.env, ...options.env };
    for (const key of Object.keys(env))
      if (/^ETCD(CTL)?_/.test(key) && !(key in (options.env ?? {}))) delete env[key];
    const from = log.length;
    child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (chunk: Buffer): void => {
      log += chunk.toString('utf8');
    };
    child.stdout!.on('data', take);
    child.stderr!.on('data', take);
    await until(
      () => log.indexOf(READY[kind], from) >= 0 || child.exitCode !== null || child.signalCode !== null,
      START_TIMEOUT_MS,
      () => `${kind} did not become ready:\n${log.slice(from)}`,
    );
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${kind} exited with ${child.exitCode ?? child.signalCode}:\n${log.slice(from)}`);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  };
  await launch();
  return {
    kind,
    endpoint: `${host}:${client}`,
    peerEndpoint: `${host}:${peer}`,
    dataDir,
    get pid() {
      return child.pid!;
    },
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await launch();
    },
    dispose: async () => {
      await end('SIGKILL');
      rmSync(options.dataDir ?? dirname(dataDir), { recursive: true, force: true });
    },
    exitCode: () => child.exitCode,
  };
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  why: () => string,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(why());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a program to its end, with `input` on its standard input. */
export function run(
  command: string,
  args: readonly string[],
  options: { input?: string | Buffer; env?: Record<string, string>; timeoutMs?: number; cwd?: string } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env: Record<string, string | undefined> = { ...process.env, ...options.env };
    const child = spawn(command, args, { env, cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (c: Buffer) => out.push(c));
    child.stderr.on('data', (c: Buffer) => err.push(c));
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 20_000);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code, signal });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}
