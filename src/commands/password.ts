/** Asks for a password: the prompt on stdout, no echo on a terminal, one line of stdin otherwise. */
import { CommandError, Exit } from './exit.ts';
import type { Io } from './io.ts';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const BACKSPACE = /[\b\x7f]/;

/** Reads keys in raw mode, because only then the terminal does not show them. */
function readHidden(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const stop = () => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
    };
    const onData = (chunk: Buffer) => {
      for (const character of chunk.toString('utf8')) {
        if (character === CTRL_C) {
          stop();
          process.kill(process.pid, 'SIGINT');
          reject(new CommandError(Exit.Error, 'interrupted'));
          return;
        }
        if (character === '\r' || character === '\n' || character === CTRL_D) {
          stop();
          resolve(typed);
          return;
        }
        typed = BACKSPACE.test(character) ? typed.slice(0, -1) : typed + character;
      }
    };
    stdin.setRawMode(true);
    stdin.resume();
    stdin.on('data', onData);
  });
}

export async function askPassword(io: Io, prompt: string): Promise<string> {
  io.write(prompt);
  const answer = process.stdin.isTTY ? await readHidden(process.stdin) : ((await io.readLine()) ?? '');
  io.write('\n');
  return answer;
}
