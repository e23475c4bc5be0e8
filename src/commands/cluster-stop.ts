/** `kvctl cluster stop`: what ctrl-c does, from another terminal. */
import { clusterDirectory, DATA_DIR, inCluster } from './cluster.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  if (context.args.length > 0) {
    throw badArgs(
      `cluster stop takes no arguments (${context.args[0]}); for one member: cluster stop-member`,
    );
  }
  await inCluster(({ stopCluster }) => stopCluster(clusterDirectory(context)));
  context.io.write('the cluster has stopped; the data stays\n');
}

export const command: Command = {
  use: '',
  long: 'Stops the cluster that `kvctl cluster start` runs, as ctrl-c does there, and waits until it has stopped.',
  flags: [DATA_DIR],
  run,
};
