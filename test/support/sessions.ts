/**
 * Sessions at a shell, as the manual shows them: what is typed behind `$ ` (with `> ` for further lines), the outcome
 * below, `^C` where it has to be stopped, `&` for what goes on beside the rest. In an outcome `...` is any text, a line of
 * `...` any lines; an id of 16 hexadecimal digits is that of this run, from its first appearance on.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInside } from './command-line.ts';
import { kvctlBin, temporaryDirectory, until } from './processes.ts';

export interface Typed {
  readonly command: string;
  readonly expected: readonly string[];
  /** Ctrl-C when the expected outcome is there. */
  readonly interrupt: boolean;
}

const PROMPT = /^\$ (.*)$/;
const CONTINUED = /^> ?(.*)$/;
const INTERRUPT = '^C';

/** What is typed in these lines, in order. Comments and everything before the first prompt are passed over. */
export function typedIn(lines: readonly string[]): Typed[] {
  const all: { command: string; expected: string[]; interrupt: boolean }[] = [];
  for (const line of lines) {
    const last = all.at(-1);
    const prompt = PROMPT.exec(line);
    const more = last?.expected.length === 0 ? CONTINUED.exec(line) : null;
    if (prompt !== null) all.push({ command: prompt[1], expected: [], interrupt: false });
    else if (last === undefined || line.startsWith('#')) continue;
    else if (more !== null) last.command += `\n${more[1]}`;
    else if (line === INTERRUPT) last.interrupt = true;
    else last.expected.push(line);
  }
  return all;
}

/** The indented parts of a text, each without its indentation. */
export function indentedParts(text: string): string[][] {
  const parts: string[][] = [[]];
  for (const line of text.split('\n')) {
    if (line.startsWith('  ') || line === '') parts.at(-1)!.push(line.slice(2));
    else parts.push([]);
  }
  return parts;
}

const ID = /\b[0-9a-f]{16}\b/;
const DEFAULT_ENDPOINT = '127.0.0.1:2379';
/** Letters that a shell gives a meaning to, and commands that need a process of their own. */
const NEEDS_SHELL =
  /[|<>;&`$*~\n]|^(?!kvctl )|^kvctl (lock|elect|watch|snapshot|backup|hashkv|make-mirror|gateway|serve|export|import|edit|benchmark|check|defrag|top)\b/;
const TIMEOUT_MS = 15_000;
const WORD = /(?:[^\s"']|"[^"]*"|'[^']*')+/g;

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const trimmed = (text: string) => text.replace(/\s+$/, '');

export class Shell {
  private readonly directory = temporaryDirectory('session');
  private readonly endpoint: string;
  private readonly ids = new Map<string, string>();
  private readonly beside: ChildProcess[] = [];
  private readonly started: ChildProcess[] = [];

  constructor(endpoint: string) {
    this.endpoint = endpoint;
    const bin = join(this.directory, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'kvctl'), `#!/bin/sh\nexec ${process.execPath} ${kvctlBin} "$@"\n`, {
      mode: 0o755,
    });
  }

  /** Types it and compares the outcome. */
  async type(typed: Typed): Promise<void> {
    const command = this.filledIn(typed.command);
    if (/&\s*$/.test(command)) {
      this.start(command.replace(/&\s*$/, ''));
      return;
    }
    if (typed.interrupt) return this.typeAndInterrupt(command, typed.expected);
    const deadline = Date.now() + TIMEOUT_MS;
    for (;;) {
      const outcome = await this.outcomeOf(command);
      // What goes on beside may not have come so far yet.
      const mayCome = this.beside.length > 0 && Date.now() < deadline;
      if (!mayCome || this.matches(outcome, typed.expected)) return this.check(outcome, typed);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** What goes on beside has to go on until the end. */
  close(): void {
    const ended = this.beside.filter(({ exitCode }) => exitCode !== null && exitCode !== 0);
    for (const child of this.started) child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
    assert.deepEqual(
      ended.map(({ spawnargs, exitCode }) => [spawnargs.at(-1), exitCode]),
      [],
    );
  }

  private filledIn(command: string): string {
    let text = command;
    for (const [shown, actual] of this.ids) text = text.replaceAll(shown, actual);
    return text.startsWith('kvctl context') ? text : text.replaceAll(DEFAULT_ENDPOINT, this.endpoint);
  }

  private environment(command: string): NodeJS.ProcessEnv {
    const { HOME: _, ...env } = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(ETCD|KVCTL)/.test(name)),
    );
    const saysWhere = /--endpoints\b/.test(command);
    return {
      ...env,
      HOME: this.directory,
      PATH: `${join(this.directory, 'bin')}:${process.env.PATH}`,
      KVCTL_CONFIG: join(this.directory, 'contexts.json'),
      ...(saysWhere ? {} : { ETCDCTL_ENDPOINTS: this.endpoint }),
    };
  }

  private spawn(command: string): { readonly child: ChildProcess; readonly text: () => string } {
    const env = this.environment(command);
    const child = spawn(
      'sh',
      ['-c', command.startsWith('kvctl ') && !/[;|\n]/.test(command) ? `exec ${command}` : command],
      {
        cwd: this.directory,
        env,
      },
    );
    this.started.push(child);
    child.stdin!.end();
    let text = '';
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
    }
    return { child, text: () => this.withoutLogs(text) };
  }

  /** The client's log on stderr is no part of what the manual shows. */
  private withoutLogs(text: string): string {
    const lines = text.split('\n').filter((line) => !line.startsWith('{"level"'));
    return lines.join('\n').replaceAll(this.endpoint, DEFAULT_ENDPOINT);
  }

  private async outcomeOf(command: string): Promise<string> {
    if (NEEDS_SHELL.test(command)) {
      const { child, text } = this.spawn(command);
      const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
      await new Promise((resolve) => child.once('close', resolve));
      clearTimeout(timer);
      return text();
    }
    const words = Array.from(command.matchAll(WORD), ([word]) => word.replace(/["']/g, ''));
    const { stdout, stderr } = await runInside(words.slice(1), { env: this.environment(command) });
    return this.withoutLogs(stdout + stderr);
  }

  private start(command: string): void {
    this.beside.push(this.spawn(command).child);
  }

  private async typeAndInterrupt(command: string, expected: readonly string[]): Promise<void> {
    const { child, text } = this.spawn(command);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until(
      () => (text() !== '' && this.matches(text(), expected)) || child.exitCode !== null,
      TIMEOUT_MS,
      () => `no ${JSON.stringify(expected)} in ${JSON.stringify(text())}`,
    );
    child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
    assert.notEqual(child.signalCode, 'SIGKILL', `${command} does not end on SIGINT`);
    this.check(text(), { command, expected });
  }

  private pattern(expected: readonly string[]): { readonly regex: RegExp; readonly ids: readonly string[] } {
    const ids: string[] = [];
    const lines = trimmed(expected.join('\n')).split('\n');
    const sources = lines.map((line) => {
      if (line === '...') return '[\\s\\S]*';
      const parts = line.split(/(\.\.\.|\b[0-9a-f]{16}\b)/);
      const source = parts.map((part) => {
        if (part === '...') return '.*';
        if (!ID.test(part) || part.length !== 16) return escaped(part);
        const known = this.ids.get(part);
        // Short ids are padded to 16 places in some lines.
        if (known !== undefined) return ` *${escaped(known)}`;
        ids.push(part);
        return ' *([0-9a-f]{1,16})';
      });
      return source.join('');
    });
    return { regex: new RegExp(`^${sources.join('\n')}$`), ids };
  }

  private matches(outcome: string, expected: readonly string[]): boolean {
    return this.pattern(expected).regex.test(trimmed(outcome));
  }

  private check(outcome: string, { command, expected }: Pick<Typed, 'command' | 'expected'>): void {
    const { regex, ids } = this.pattern(expected);
    const found = regex.exec(trimmed(outcome));
    if (found === null) assert.equal(trimmed(outcome), trimmed(expected.join('\n')), command);
    ids.forEach((id, i) => {
      this.ids.set(id, found![i + 1]);
    });
  }
}
