/** Deadlines of commands that honour `ETCDCTL_COMMAND_TIMEOUT`: taken when the request goes out (cli.md 3.3). */
import type { Context } from './command.ts';

/** To be called after the client was built, because that is when the environment is read. */
export function timeoutFromNow({ flags }: Context): number {
  return Date.now() + flags.number('command-timeout');
}
