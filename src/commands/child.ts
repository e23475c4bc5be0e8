/** Programs run for a watch event or under a lock: our stdout and stderr, no stdin. */
import { spawn } from 'node:child_process';
import { quote } from '../printer/quote.ts';

/** Exit code of a child that a signal killed. */
const KILLED = 255;

export interface ChildResult {
  readonly code: number;
  /** Undefined for success, else in Go's words: `exit status 3`, `signal: killed`, `exec: "x": ...`. */
  readonly failure: string | undefined;
}

function spawnFailure(error: NodeJS.ErrnoException, program: string): string {
  const where = program.includes('/') ? `fork/exec ${program}` : `exec: ${quote(program)}`;
  if (error.code === 'ENOENT') {
    return program.includes('/')
      ? `${where}: no such file or directory`
      : `${where}: executable file not found in $PATH`;
  }
  return error.code === 'EACCES' ? `${where}: permission denied` : `${where}: ${error.message}`;
}

const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGINT: 'interrupt',
  SIGHUP: 'hangup',
  SIGSEGV: 'segmentation fault',
};

export function runChild(
  [program, ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ChildResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => resolve({ code: 1, failure: spawnFailure(error, program) }));
    child.on('exit', (code, signal) => {
      if (signal !== null) {
        resolve({ code: KILLED, failure: `signal: ${SIGNAL_WORDS[signal] ?? signal.toLowerCase()}` });
      } else resolve({ code: code ?? 0, failure: code === 0 ? undefined : `exit status ${code}` });
    });
  });
}
