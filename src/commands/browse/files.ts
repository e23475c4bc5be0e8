/** What a file system has against a command is told in a line, not as a crash. */
import type { Command } from '../command.ts';
import { CommandError, Exit } from '../exit.ts';

/** Runs a command; a failed system call of it becomes `Error: ENOSPC: no space left on device, write`. */
export function tellingFileErrors(
  run: Command['run'],
): (...args: Parameters<Command['run']>) => Promise<number | undefined> {
  return async (context) => {
    try {
      return (await run(context)) ?? undefined;
    } catch (error) {
      const { syscall, message } = error as NodeJS.ErrnoException;
      throw syscall === undefined ? error : new CommandError(Exit.Error, message);
    }
  };
}
