/**
 * Command lines without the start of a process for each: one child runs them all, away from the terminal that the tests
 * may be run at. What a process does beyond that (signals, pipes, exit codes) is for tests that start one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ran } from './processes.ts';

export interface CommandMessage {
  readonly id: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of stdin, in base64. */
  readonly input: string;
}

export interface CommandAnswer {
  readonly id: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class CommandRunner {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (answer: CommandAnswer) => void>();
  private next = 0;

  /** Variables of etcdctl and kvctl do not get through, unless a command is given its own. */
  constructor() {
    const kept = Object.entries(process.env).filter(([name]) => !/^(ETCD|KVCTL_|VISUAL$|EDITOR$)/.test(name));
    this.child = fork(fileURLToPath(new URL('command-worker.ts', import.meta.url)), {
      execArgv: ['--import=tsx'],
      env: Object.fromEntries(kept),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child.on('message', (answer: CommandAnswer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
  }

  async run(
    args: readonly string[],
    options: { readonly input?: string | Buffer; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Ran> {
    const id = this.next++;
    const input = Buffer.from((options.input ?? '') as string).toString('base64');
    const answered = new Promise<CommandAnswer>((resolve) => this.waiting.set(id, resolve));
    this.child.send({ id, args, env: options.env ?? {}, input } satisfies CommandMessage);
    const { code, stdout, stderr } = await answered;
    return { code, stdout: Buffer.from(stdout, 'base64').toString(), stderr, signal: null };
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}
