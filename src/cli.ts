/** The entry of the command line: this process's arguments, environment and streams, and its exit code. */
import { processArguments, processIo } from './commands/io.ts';
import { runCommandLine } from './commands/run.ts';

export { runCommandLine };

export async function main(): Promise<void> {
  process.exit(await runCommandLine({ args: processArguments(), env: process.env, io: processIo() }));
}
