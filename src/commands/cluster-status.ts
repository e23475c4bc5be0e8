/** `kvctl cluster status`: which members run, and who leads. */
import type { ClientConfig } from '../client/index.ts';
import { MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { MemberStatus } from '../local-cluster/main.ts';
import { clusterDirectory, DATA_DIR, inCluster } from './cluster.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit } from './exit.ts';

/** A member that does not answer in this time has no role to tell, in milliseconds. */
const ASK_MS = 1000;
const RUNNING = 'running';

/** leader, follower or learner, as the member itself sees it; undefined: it did not say. */
async function roleOf({ state, clientUrl }: MemberStatus, config: ClientConfig): Promise<string | undefined> {
  if (state !== RUNNING) return undefined;
  const { connect } = await import('../client/connect.ts');
  try {
    const client = await connect({ ...config, endpoints: [clientUrl] });
    try {
      const deadline = Date.now() + ASK_MS;
      const { header, leader, isLearner } = await client.call(MaintenanceService.status, {}, { deadline });
      if (leader !== 0n && leader === header?.memberId) return 'leader';
      return isLearner ? 'learner' : 'follower';
    } finally {
      client.close();
    }
  } catch {
    return undefined;
  }
}

async function run(context: Context): Promise<void> {
  const { args, io, format } = context;
  if (args.length > 0) throw badArgs(`cluster status takes no arguments (${args[0]})`);
  if (format !== 'simple' && format !== 'table' && format !== 'json') {
    throw new CommandError(Exit.BadFeature, 'unsupported output format');
  }
  const reply = await inCluster(({ ask }) => ask(clusterDirectory(context), { kind: 'status' }));
  if (reply.kind !== 'status') return;
  const config = await context.config();
  const roles = await Promise.all(reply.members.map((member) => roleOf(member, config)));
  const members = reply.members.map((member, i) => ({ ...member, role: roles[i] }));
  if (format === 'json') return io.write(`${JSON.stringify({ pid: reply.pid, members })}\n`);
  const { table } = await import('../printer/table.ts');
  const rows = members.map((m) => [
    m.name,
    m.state,
    m.role ?? '',
    m.pid?.toString() ?? '',
    m.clientUrl,
    m.peerUrl,
    m.dataDir,
  ]);
  io.write(`${table(['name', 'state', 'role', 'pid', 'client url', 'peer url', 'data'], rows)}\n`);
}

export const command: Command = {
  use: '',
  long: 'Shows the members of the cluster that `kvctl cluster start` runs: whether they run, who leads, where they are.',
  examples: ['kvctl cluster status', 'kvctl cluster status -w json'],
  flags: [DATA_DIR],
  run,
};
