/**
 * Clusters for the benchmark: kvctl or etcd, one member or several, on free loopback ports and in temporary
 * directories. Ready is when every member answers and knows a leader.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { dial } from '../../src/bench/client/dial.ts';
import { call } from '../../src/bench/client/unary.ts';
import { targetsOf } from '../../src/bench/cluster.ts';
import { MaintenanceService } from '../../src/core/wire/gen/rpc.ts';
import { freePorts, kvctlBin, temporaryDirectory } from '../../test/support/processes.ts';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
const ANSWER_LIMIT_MS = 1000;
const POLL_MS = 5;
const QUOTA_BYTES = 8 * 1024 ** 3;
/** What a failed start shows of the server's log. */
const LOG_TAIL_CHARACTERS = 2000;

/** A program with the arguments that come before the server's flags. */
export type Program = readonly string[];
export const KVCTL: Program = [process.execPath, kvctlBin, 'serve'];

export interface Cluster {
  readonly endpoints: readonly string[];
  readonly pids: readonly number[];
  /** From the first process's start until all members answered, milliseconds. */
  readonly startMs: number;
  /** All members end and start again on their data; returns how long the start took. */
  restart(): Promise<number>;
  /** SIGKILL for one of them, at once. */
  kill(member: number): void;
  /** Starts one that was killed; resolves when it answers. */
  revive(member: number): Promise<void>;
  dispose(): Promise<void>;
}

/** Does a member answer within {@link ANSWER_LIMIT_MS}, and know a leader? */
async function answers(endpoint: string): Promise<boolean> {
  const [target] = targetsOf({ endpoints: [endpoint] });
  try {
    const connection = await dial(target, { token: '', timeoutMs: ANSWER_LIMIT_MS });
    // Closing the connection under a call that is not answered ends the call.
    const timer = setTimeout(() => connection.destroy('no answer'), ANSWER_LIMIT_MS);
    try {
      return (await call(connection, MaintenanceService.status)).leader !== 0n;
    } finally {
      clearTimeout(timer);
      connection.close();
    }
  } catch {
    return false;
  }
}

function flagsOf(i: number, clients: readonly number[], peers: readonly number[], dir: string): string[] {
  const client = `http://127.0.0.1:${clients[i]}`;
  const peer = `http://127.0.0.1:${peers[i]}`;
  return [
    `--name=m${i}`,
    `--data-dir=${join(dir, `m${i}.etcd`)}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=${peers.map((port, n) => `m${n}=http://127.0.0.1:${port}`).join(',')}`,
    `--quota-backend-bytes=${QUOTA_BYTES}`,
    '--log-level=error',
  ];
}

/** The error that a server logged last, or the end of its log. */
function lastWords(log: string): string {
  const line = log.trim().split('\n').at(-1) ?? '';
  try {
    const { msg, error } = JSON.parse(line) as { msg?: string; error?: string };
    return error ?? msg ?? line;
  } catch {
    return log.trim();
  }
}

class Member {
  readonly endpoint: string;
  private readonly name: string;
  private readonly command: readonly string[];
  private child: ChildProcess | undefined;
  private log = '';

  constructor(name: string, command: readonly string[], endpoint: string) {
    this.name = name;
    this.command = command;
    this.endpoint = endpoint;
  }

  get pid(): number {
    return this.child!.pid!;
  }

  start(): void {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^ETCD(CTL)?_/.test(name)),
    );
    const child = spawn(this.command[0], this.command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer) => {
      this.log = (this.log + chunk.toString()).slice(-LOG_TAIL_CHARACTERS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => keep(Buffer.from(error.message)));
    this.child = child;
  }

  async ready(): Promise<void> {
    const limit = performance.now() + START_LIMIT_MS;
    while (!(await answers(this.endpoint))) {
      const gone = this.child!.pid === undefined || this.child!.exitCode !== null;
      if (gone || performance.now() > limit) {
        throw new Error(`${this.name} did not become ready: ${lastWords(this.log)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(timer);
  }
}

export async function startCluster(program: Program, size: number): Promise<Cluster> {
  const dir = temporaryDirectory('bench');
  const ports = await freePorts(2 * size);
  const clients = ports.slice(0, size);
  const peers = ports.slice(size);
  const members = clients.map(
    (port, i) =>
      new Member(basename(program[0]), [...program, ...flagsOf(i, clients, peers, dir)], `127.0.0.1:${port}`),
  );
  const start = async () => {
    const since = performance.now();
    for (const member of members) member.start();
    await Promise.all(members.map((member) => member.ready()));
    return performance.now() - since;
  };
  const stop = (signal: NodeJS.Signals) => Promise.all(members.map((member) => member.stop(signal)));
  const dispose = async () => {
    await stop('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    return {
      startMs: await start(),
      endpoints: members.map(({ endpoint }) => endpoint),
      get pids() {
        return members.map(({ pid }) => pid);
      },
      restart: async () => {
        await stop('SIGTERM');
        return start();
      },
      kill(i) {
        process.kill(members[i].pid, 'SIGKILL');
      },
      async revive(i) {
        await members[i].stop('SIGKILL');
        members[i].start();
        await members[i].ready();
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
