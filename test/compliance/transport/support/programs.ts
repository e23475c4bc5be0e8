/** Programs of other people that a test may find on this machine. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Context } from 'mocha';

/** Debian's packages are for Debian's interpreter, whatever else is first on PATH. */
export const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

export interface Ran {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export function run(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { encoding: 'buffer' as const, maxBuffer: 64 * 1024 * 1024, timeout: 15_000 };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr: stderr.toString() });
    });
  });
}

/** Skips the test, and says so, where `program args` does not run. */
export function needs(context: Context, program: string, args: readonly string[], hint: string): void {
  if (spawnSync(program, args, { stdio: 'ignore' }).status === 0) return;
  console.log(`      skipped: ${program} ${args.join(' ')} does not run here (${hint})`);
  context.skip();
}
