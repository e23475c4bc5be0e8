/** What the commands of `kvctl cluster` share: the room apart that they run in, and where the cluster lives. */
import { DEFAULT_DIRECTORY } from '../local-cluster/defaults.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import type { FlagSpec } from './grammar/flags.ts';

type Room = typeof import('../local-cluster/main.ts');
type MemberAction = import('../local-cluster/main.ts').MemberAction;

export const DATA_DIR: FlagSpec = {
  name: 'data-dir',
  kind: 'string',
  default: DEFAULT_DIRECTORY,
  word: 'directory',
  usage: 'where the cluster lives',
};

export function clusterDirectory({ flags }: Pick<Context, 'flags'>): string {
  const directory = flags.text('data-dir');
  if (directory === '') throw badArgs('--data-dir is empty');
  return directory;
}

/** Runs `work` with the room; what a person got wrong ends the command with exit code 1. */
export async function inCluster<T>(work: (room: Room) => Promise<T>): Promise<T> {
  const room = await import('../local-cluster/main.ts');
  try {
    return await work(room);
  } catch (error) {
    if (error instanceof room.ClusterError) throw new CommandError(Exit.Error, error.message);
    throw error;
  }
}

/** A command that does something to one member of the cluster that runs. */
export function memberCommand(action: MemberAction, long: string): Command {
  return {
    use: '<member>',
    long,
    examples: [
      `kvctl cluster ${action}-member node2`,
      `kvctl cluster ${action}-member node2 --data-dir /tmp/five`,
    ],
    flags: [DATA_DIR],
    async run(context) {
      const { args, io } = context;
      if (args.length !== 1) throw badArgs(`cluster ${action}-member needs the name of one member`);
      const [name] = args;
      const reply = await inCluster(({ ask }) =>
        ask(clusterDirectory(context), { kind: 'member', action, name }),
      );
      if (reply.kind === 'done') io.write(`${reply.what}\n`);
    },
  };
}
