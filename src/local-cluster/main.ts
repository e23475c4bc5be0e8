/**
 * A local cluster: several `kvctl serve` on this machine, run by one command in the foreground, for learning and for
 * tests. Called by commands/cluster-*.ts only. Laws: members are real processes and are touched by signals alone; the
 * directory holds all state, so that a second start is the same cluster; nothing that was started outlives the command;
 * what a person can get wrong is a ClusterError, thrown before anything is changed.
 */
import { randomBytes } from 'node:crypto';
import { ControlServer, checkSocketPath, refuseIfAlive } from './control-server.ts';
import { DEFAULT_SIZE } from './defaults.ts';
import { makeDirectory, readPlan, removeData, socketPath, writePlan } from './directory.ts';
import { ClusterError } from './failure.ts';
import { introduction } from './introduction.ts';
import { type Level, LogStream } from './log-stream.ts';
import { type ClusterPlan, checkPorts, checkSize, planMembers } from './plan.ts';
import { checkServeFlags } from './serve-flags.ts';
import { StopRequests } from './stop-requests.ts';
import { Supervisor } from './supervisor.ts';

export { ask, stopCluster } from './control-client.ts';
export type { MemberAction, MemberStatus } from './control-protocol.ts';
export { ClusterError } from './failure.ts';
export { LEVELS, type Level } from './log-stream.ts';

export interface LocalClusterOptions {
  readonly directory: string;
  /** undefined: that of the cluster that lives there, or 3. */
  readonly size: number | undefined;
  /** undefined: those of the cluster that lives there, or any. */
  readonly basePort: number | undefined;
  /** Forget what is there. */
  readonly isFresh: boolean;
  readonly level: Level;
  readonly serveFlags: readonly string[];
  /** Arguments for Node.js that run this program. */
  readonly program: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly isColoured: boolean;
  write(text: string): void;
}

const FAILED = 1;

/** Runs until a signal or another terminal ends it; the exit code. @throws ClusterError */
export async function runLocalCluster(o: LocalClusterOptions): Promise<number> {
  const socket = socketPath(o.directory);
  if (o.size !== undefined) checkSize(o.size);
  checkServeFlags(o.serveFlags);
  checkSocketPath(socket);
  await refuseIfAlive(socket);
  const known = readPlan(o.directory);
  const plan = known === undefined || o.isFresh ? await newPlan(o) : await samePlan(known, o);
  const log = new LogStream({ ...o, names: plan.members.map(({ name }) => name), now: Date.now });
  const stops = new StopRequests(() => supervisor.killAll());
  const supervisor = new Supervisor({
    ...o,
    plan,
    log,
    env: withoutServerVariables(o.env),
    stopRequested: () => stops.request(),
  });
  makeDirectory(o.directory);
  const control = await ControlServer.open(socket, (request) => supervisor.answer(request));
  try {
    if (plan !== known) {
      if (known) removeData(o.directory, known);
      writePlan(o.directory, plan);
    }
    log.say('info', `${plan === known ? 'starting again' : 'starting'} ${counted(plan)} in ${o.directory}`);
    return await live(supervisor, { log, stops, told: () => o.write(introduction(o.directory, plan)) });
  } finally {
    stops.dispose();
    control.close();
  }
}

interface Life {
  readonly log: LogStream;
  readonly stops: StopRequests;
  /** Says how to use it. */
  told(): void;
}

async function live(supervisor: Supervisor, { log, stops, told }: Life): Promise<number> {
  let isStopping = false;
  const stop = stops.stop.then(() => {
    isStopping = true;
  });
  const started = supervisor.startAll().then((serving) => {
    if (isStopping) return true;
    if (serving > 0) told();
    else log.say('error', 'no member came up');
    return serving > 0;
  });
  const cameUp = await Promise.race([started, stop.then(() => true)]);
  if (!cameUp) return FAILED;
  await stop;
  log.say('info', 'stopping all members; once more to kill them');
  const inOrder = await supervisor.stopAll();
  if (inOrder) log.say('info', 'all members have stopped; the data stays');
  else log.say('warn', 'not all members stopped in order; the data stays');
  return inOrder ? 0 : FAILED;
}

async function newPlan({ size = DEFAULT_SIZE, basePort }: LocalClusterOptions): Promise<ClusterPlan> {
  return {
    token: `local-${randomBytes(4).toString('hex')}`,
    members: await planMembers(size, basePort),
  };
}

/** What is asked for is what is there. @throws ClusterError */
async function samePlan(known: ClusterPlan, o: LocalClusterOptions): Promise<ClusterPlan> {
  const { members } = known;
  const else_ = 'begin anew with --fresh, or choose another --data-dir';
  if (o.size !== undefined && o.size !== members.length) {
    throw new ClusterError(`--size ${o.size}: the cluster in ${o.directory} has ${counted(known)}; ${else_}`);
  }
  const [{ clientPort }] = members;
  if (o.basePort !== undefined && o.basePort !== clientPort) {
    throw new ClusterError(
      `--base-port ${o.basePort}: the cluster in ${o.directory} begins at ${clientPort}, and members keep their ports; ${else_}`,
    );
  }
  await checkPorts(members, 'stop what uses it, or begin anew with --fresh');
  return known;
}

const counted = ({ members }: ClusterPlan): string =>
  members.length === 1 ? '1 member' : `${members.length} members`;

/** ETCD_* of our own environment would be for one member, and is refused beside a flag. */
function withoutServerVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^ETCD_/.test(name)));
}
