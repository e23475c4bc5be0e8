/** `kvctl serve` with exactly the arguments a test wants, for tests of how it starts, logs and ends. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TestClient } from './grpc-client.ts';
import { freePorts, kvctlBin, temporaryDirectory, until } from './processes.ts';

/** One line of the log. */
export interface LogLine {
  readonly level: string;
  readonly ts: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const TIMEOUT_MS = 20_000;

export class Serve {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ETCD'));
    const env = { ...Object.fromEntries(inherited), ...options.env };
    this.child = spawn(process.execPath, [kvctlBin, 'serve', ...args], {
      cwd: options.cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (chunk: Buffer) => {
      this.stdout += chunk;
    });
    this.child.stderr!.on('data', (chunk: Buffer) => {
      this.stderr += chunk;
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** Resolves when clients are served. */
  async ready(): Promise<this> {
    await this.logged('ready to serve client requests');
    return this;
  }

  /** Waits for a message and gives its line. */
  async logged(msg: string): Promise<LogLine> {
    const mark = `"msg":${JSON.stringify(msg)}`;
    await until(
      () => this.stderr.includes(mark) || this.child.exitCode !== null,
      TIMEOUT_MS,
      () => `kvctl serve never logged ${mark}:\n${this.stderr}`,
    );
    const line = this.lines().find((l) => l.msg === msg);
    if (!line) throw new Error(`kvctl serve ended without ${mark}:\n${this.stderr}`);
    return line;
  }

  /** The log so far; every whole line has to be JSON. */
  lines(): LogLine[] {
    return this.stderr
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  messages(): string[] {
    return this.lines().map(({ msg }) => msg);
  }

  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.ended;
  }
}

export interface Addresses {
  /** host:port for clients. */
  readonly client: string;
  readonly peer: string;
  /** Flags that make a member listen there. */
  readonly flags: readonly string[];
}

export async function addresses(): Promise<Addresses> {
  const [client, peer] = (await freePorts(2)).map((port) => `127.0.0.1:${port}`);
  return {
    client,
    peer,
    flags: [
      `--listen-client-urls=http://${client}`,
      `--advertise-client-urls=http://${client}`,
      `--listen-peer-urls=http://${peer}`,
      `--initial-advertise-peer-urls=http://${peer}`,
    ],
  };
}

/** Flags of a member that is a cluster by itself. */
export const member = (at: Addresses, dataDir: string, ...more: string[]): string[] => [
  ...at.flags,
  `--initial-cluster=default=http://${at.peer}`,
  `--data-dir=${dataDir}`,
  ...more,
];

export const FAILED: Ended = { code: 1, signal: null };
export const TERMINATED: Ended = { code: null, signal: 'SIGTERM' };

/** The error with which a start was given up. */
export async function refusal(served: Serve): Promise<string> {
  assert.deepEqual(await served.ended, FAILED, served.stderr);
  const fatal = served.lines().at(-1)!;
  assert.deepEqual([fatal.level, fatal.msg], ['fatal', 'discovery failed']);
  return fatal.error as string;
}

export interface Serving {
  /** Directory of the suite, where everything is started. */
  root(): string;
  /** A name below it that nothing has yet. */
  freshDir(): string;
  serve(args: readonly string[], options?: { cwd?: string; env?: Record<string, string> }): Serve;
  client(endpoint: string): TestClient;
}

/** To be called in a suite: what its tests start is ended after each, its directory removed after all. */
export function serving(): Serving {
  let root: string | undefined;
  let directories = 0;
  const started: Serve[] = [];
  const clients: TestClient[] = [];

  before(() => {
    root = temporaryDirectory('serve');
  });
  afterEach(async () => {
    for (const made of clients.splice(0)) made.close();
    await Promise.all(started.splice(0).map((served) => served.end('SIGKILL')));
  });
  after(() => {
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  });

  return {
    root: () => root!,
    freshDir: () => join(root!, `d${++directories}`),
    serve(args, options) {
      const served = new Serve(args, { cwd: root, ...options });
      started.push(served);
      return served;
    },
    client(endpoint) {
      const made = new TestClient(endpoint);
      clients.push(made);
      return made;
    },
  };
}
