/** One member as a child process: started, stopped, killed, paused; and what became of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ClusterError } from './failure.ts';
import { LEASH } from './leash.ts';

/** What `kvctl serve` logs when clients are served. */
const READY = 'ready to serve client requests';
/** What it says before it ends because it is no member any more. */
const REMOVED = 'the member has been permanently removed from the cluster';
/** A member that does not stop in order is killed after this. */
const STOP_TIMEOUT_MS = 20_000;

export type MemberState =
  | { readonly kind: 'starting'; readonly pid: number }
  | { readonly kind: 'running'; readonly pid: number }
  | { readonly kind: 'paused'; readonly pid: number }
  | { readonly kind: 'stopping'; readonly pid: number }
  /** `how`: for people. */
  | { readonly kind: 'down'; readonly how: string };

export interface MemberProcessOptions {
  readonly name: string;
  /** Arguments for Node.js: the program and its own. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** A line that it printed. */
  line(text: string): void;
  /** It ended, and nobody here had asked for that. */
  endedByItself(how: string, canStartAgain: boolean): void;
}

export class MemberProcess {
  readonly name: string;
  private readonly o: MemberProcessOptions;
  private child: ChildProcess | undefined;
  private current: MemberState = { kind: 'down', how: 'not started' };
  private isRemoved = false;
  private goneListeners: (() => void)[] = [];
  private readyListeners: (() => void)[] = [];

  constructor(options: MemberProcessOptions) {
    this.name = options.name;
    this.o = options;
  }

  get state(): MemberState {
    return this.current;
  }

  /** Resolves when it serves clients. @throws ClusterError when it runs already, or ends before it does */
  async start(): Promise<void> {
    if (this.current.kind !== 'down') throw this.refusal('start', 'is already up');
    this.launch();
    await new Promise<void>((resolve) => {
      this.readyListeners.push(resolve);
      this.goneListeners.push(resolve);
    });
    const state = this.state;
    if (state.kind === 'down') throw new ClusterError(`${this.name} did not start: ${state.how}`);
  }

  /** In order; kills it when that takes too long. @returns how it ended */
  async stop(): Promise<string> {
    const { child } = this;
    if (!child || this.current.kind === 'down') throw this.refusal('stop', 'is not running');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.end('SIGTERM');
    clearTimeout(timer);
    return (this.state as { how: string }).how;
  }

  /** At once, without a word to the others. */
  async kill(): Promise<void> {
    if (this.current.kind === 'down') throw this.refusal('kill', 'is not running');
    await this.end('SIGKILL');
  }

  /** Stands still, with its connections open: to the others it looks like a machine that hangs. */
  pause(): void {
    if (this.current.kind !== 'running') throw this.refusal('pause', 'is not running');
    this.child!.kill('SIGSTOP');
    this.current = { ...this.current, kind: 'paused' };
  }

  resume(): void {
    if (this.current.kind !== 'paused') throw this.refusal('resume', 'is not paused');
    this.child!.kill('SIGCONT');
    this.current = { ...this.current, kind: 'running' };
  }

  private refusal(verb: string, what: string): ClusterError {
    const { kind } = this.current;
    const state = this.current.kind === 'down' ? this.current.how : kind;
    return new ClusterError(`can't ${verb} ${this.name}: it ${what} (${state})`);
  }

  private launch(): void {
    // A group of its own: ctrl-c at the terminal is for the one who started it, who then stops members in order.
    const child = spawn(process.execPath, [...LEASH, ...this.o.args], {
      env: this.o.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    this.current = { kind: 'starting', pid: child.pid ?? 0 };
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (text) => this.take(text));
    }
    child.once('error', (error) => this.gone(error.message));
    child.once('close', (code, signal) =>
      this.gone(signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
  }

  private take(text: string): void {
    this.o.line(text);
    if (text.includes(REMOVED)) this.isRemoved = true;
    if (this.current.kind !== 'starting' || !text.includes(`"msg":"${READY}"`)) return;
    this.current = { ...this.current, kind: 'running' };
    this.tell(this.readyListeners);
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.child!;
    const gone = new Promise<void>((resolve) => this.goneListeners.push(resolve));
    const wasPaused = this.current.kind === 'paused';
    this.current = { kind: 'stopping', pid: child.pid! };
    child.kill(signal);
    if (wasPaused) child.kill('SIGCONT');
    await gone;
  }

  private gone(ending: string): void {
    const { kind } = this.current;
    if (kind === 'down') return;
    const how = this.isRemoved ? 'removed from the cluster' : ending;
    this.current = { kind: 'down', how: kind === 'stopping' && how === 'signal SIGTERM' ? 'stopped' : how };
    if (kind !== 'stopping') this.o.endedByItself(how, !this.isRemoved);
    this.tell(this.goneListeners);
    this.readyListeners = [];
  }

  private tell(listeners: (() => void)[]): void {
    for (const listener of listeners.splice(0)) listener();
  }
}
