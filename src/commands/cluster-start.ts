/** `kvctl cluster start`: several members on this machine, in place of a Procfile and something that runs it. */
import { DEFAULT_SIZE, MAX_SIZE } from '../local-cluster/defaults.ts';
import type { Level } from '../local-cluster/main.ts';
import { clusterDirectory, DATA_DIR, inCluster } from './cluster.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';
import { outputTerminal } from './terminal.ts';

function levelOf({ flags }: Context, levels: readonly Level[]): Level {
  const text = flags.text('log-level');
  const level = levels.find((one) => one === text);
  if (level === undefined) throw badArgs(`--log-level ${text}: there are ${levels.join(', ')}`);
  return level;
}

function given({ flags }: Context, name: string): number | undefined {
  return flags.isSet(name) ? flags.number(name) : undefined;
}

async function run(context: Context): Promise<number> {
  const { args, flags, env, io } = context;
  const own = flags.beforeDash ?? args.length;
  if (own > 0) throw badArgs(`cluster start takes no arguments (${args[0]}); flags for members follow "--"`);
  return inCluster(async ({ runLocalCluster, LEVELS }) =>
    runLocalCluster({
      directory: await clusterDirectory(context),
      size: given(context, 'size'),
      basePort: given(context, 'base-port'),
      isFresh: flags.bool('fresh'),
      level: levelOf(context, LEVELS),
      serveFlags: args,
      program: [...process.execArgv, process.argv[1]],
      env,
      isColoured: outputTerminal()?.colours ?? false,
      write: (text) => io.write(text),
    }),
  );
}

export const command: Command = {
  use: '[options] [-- flags of kvctl serve]',
  long: `Starts a cluster of several members on this machine, for learning and for tests, and shows their logs as one
stream. Ctrl-C stops all members, a second one kills them. The data stays: started again on the same --data-dir, it
is the same cluster. Other terminals stop and start single members, see "kvctl cluster --help".

Members are processes of \`kvctl serve\`, called node1, node2, ..., and listen on 127.0.0.1 only. What follows "--" is
passed on to each; ETCD_* variables are not.`,
  examples: [
    'kvctl cluster start',
    'kvctl cluster start --size 5 --data-dir /tmp/five',
    'kvctl cluster start --base-port 12379 --log-level warn',
    'kvctl cluster start --fresh -- --snapshot-count=1000 --auto-compaction-retention=1h',
  ],
  flags: [
    DATA_DIR,
    {
      name: 'size',
      kind: 'int',
      default: DEFAULT_SIZE,
      usage: `number of members, odd, at most ${MAX_SIZE}`,
    },
    {
      name: 'base-port',
      kind: 'int',
      word: 'port',
      usage:
        'first of two ports for each member, for clients and peers (default: 2379 if those are free, else any)',
    },
    { name: 'fresh', kind: 'bool', usage: 'remove the data of the cluster that is there, and begin anew' },
    {
      name: 'log-level',
      kind: 'string',
      default: 'info',
      word: 'level',
      usage: 'what is shown of the logs: debug, info, warn or error',
    },
  ],
  run,
};
