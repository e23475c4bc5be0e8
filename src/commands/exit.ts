/** Exit codes and the failures that carry one (cli.md 4.1). */

export const Exit = {
  Success: 0,
  Error: 1,
  BadConnection: 2,
  InvalidInput: 3,
  BadFeature: 4,
  Interrupted: 5,
  BadArgs: 128,
  /** Killed by SIGPIPE, as a shell reports it: the reader of our output went away. */
  BrokenPipe: 141,
} as const;

/** Ends the command: `Error: <message>` on stderr, if there is a message, and the exit code. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const badArgs = (message: string) => new CommandError(Exit.BadArgs, message);

/** Runs `work`; any failure of it ends the command with this code, its message mapped by `describe`. */
export async function failing<T>(
  code: number,
  work: Promise<T>,
  describe: (message: string) => string = (message) => message,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(code, describe((error as Error).message));
  }
}
