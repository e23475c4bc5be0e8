/** The other end of commands.ts: runs command lines that come as messages, each with streams of its own. */
import type { Io } from '../../src/commands/io.ts';
import { runCommandLine } from '../../src/commands/run.ts';
import type { CommandAnswer, CommandMessage } from './commands.ts';

const LINE_END = 0x0a;

function collecting(input: Buffer) {
  const out: Buffer[] = [];
  const err: string[] = [];
  let rest = input;
  const io: Io = {
    write: (data) => void out.push(Buffer.from(data as string)),
    warn: (line) => void err.push(`${line}\n`),
    status: () => undefined,
    readAll: async () => {
      const all = rest;
      rest = Buffer.alloc(0);
      return all;
    },
    readLine: async () => {
      const end = rest.indexOf(LINE_END);
      if (end === -1) return undefined;
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      return line;
    },
  };
  return { io, stdout: () => Buffer.concat(out), stderr: () => err.join('') };
}

process.on('message', async ({ id, args, env, input }: CommandMessage) => {
  const { io, stdout, stderr } = collecting(Buffer.from(input, 'base64'));
  const code = await runCommandLine({ args, env: { ...process.env, ...env }, io }).catch((error) => {
    io.warn(String(error.stack));
    return -1;
  });
  const answer: CommandAnswer = { id, code, stdout: stdout().toString('base64'), stderr: stderr() };
  process.send!(answer);
});
