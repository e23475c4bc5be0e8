/** `kvctl serve` with exactly the arguments a test wants, for tests of how it starts, logs and ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { freePorts, kvctlBin, until } from './processes.ts';

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
