/** One command line run in this process: what it prints, and its exit code. */
import type { Io } from '../../src/commands/io.ts';
import { runCommandLine } from '../../src/commands/run.ts';

export interface RanInside {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunInside {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
}

/** `args` as words, or as a line with blanks between them. */
export async function runInside(
  args: string | readonly string[],
  { env = {}, stdin = '' }: RunInside = {},
): Promise<RanInside> {
  const out: Uint8Array[] = [];
  let stderr = '';
  const lines = stdin.split('\n');
  const io: Io = {
    write: (data) => {
      out.push(Buffer.from(data));
    },
    warn: (text) => {
      stderr += `${text}\n`;
    },
    status: () => undefined,
    readAll: async () => Buffer.from(stdin),
    readLine: async () => (lines.length > 1 ? lines.shift() : undefined),
  };
  const words = typeof args === 'string' ? args.split(' ').filter((word) => word !== '') : args;
  const code = await runCommandLine({ args: words, env, io });
  return { code, stdout: Buffer.concat(out).toString(), stderr };
}
