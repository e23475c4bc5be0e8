/** The members of a running local cluster: all of them together, and one by one as other terminals ask. */
import type { ControlReply, ControlRequest, MemberAction, MemberStatus } from './control-protocol.ts';
import { dataDirectory, dataDirFlag } from './directory.ts';
import { ClusterError } from './failure.ts';
import type { LogStream } from './log-stream.ts';
import { MemberProcess, type MemberState } from './member-process.ts';
import { type ClusterPlan, clientUrl, type MemberPlan, peerUrl } from './plan.ts';
import { serveArguments } from './serve-flags.ts';

/** How often it is said that members are still not ready. */
const PATIENCE_MS = 15_000;

export interface SupervisorOptions {
  readonly directory: string;
  readonly plan: ClusterPlan;
  /** Arguments for Node.js that run this program. */
  readonly program: readonly string[];
  /** For every member. */
  readonly serveFlags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogStream;
  /** Another terminal wants an end of it all. */
  stopRequested(): void;
}

function stateText(state: MemberState): string {
  if (state.kind !== 'down') return state.kind;
  return state.how === 'stopped' || state.how === 'not started' ? state.how : `down (${state.how})`;
}

export class Supervisor {
  private readonly o: SupervisorOptions;
  private readonly members: readonly MemberProcess[];
  private isStopping = false;
  private isServing = false;

  constructor(options: SupervisorOptions) {
    this.o = options;
    this.members = options.plan.members.map((member) => this.processOf(member));
  }

  private processOf(member: MemberPlan): MemberProcess {
    const { directory, plan, program, serveFlags, env, log } = this.o;
    return new MemberProcess({
      name: member.name,
      args: [...program, ...serveArguments(directory, plan, member, serveFlags)],
      env,
      line: (text) => log.member(member.name, text),
      endedByItself: (how, canStartAgain) => this.endedByItself(member.name, how, canStartAgain),
    });
  }

  private endedByItself(name: string, how: string, canStartAgain: boolean): void {
    if (this.isStopping) return;
    const others = this.up().length;
    const rest =
      others === 0 ? 'no member is left' : `${others === 1 ? '1 other goes' : `${others} others go`} on`;
    const command = `kvctl cluster start-member ${name}${dataDirFlag(this.o.directory)}`;
    const advice = this.isServing && canStartAgain ? `; to start it again: ${command}` : '';
    this.o.log.say('error', `${name} ended by itself (${how}), ${rest}${advice}`);
  }

  private up(): MemberProcess[] {
    return this.members.filter(({ state }) => state.kind !== 'down');
  }

  /** Resolves when each serves or has ended. @returns how many serve */
  async startAll(): Promise<number> {
    const waiting = new Set(this.members.map(({ name }) => name));
    const reminder = setInterval(
      () => this.o.log.say('warn', `still waiting for ${[...waiting].join(', ')}`),
      PATIENCE_MS,
    );
    // What went wrong is in the stream already.
    await Promise.allSettled(this.members.map((m) => m.start().finally(() => waiting.delete(m.name))));
    clearInterval(reminder);
    const serving = this.members.filter(({ state }) => state.kind === 'running').length;
    this.isServing = serving > 0;
    return serving;
  }

  /** @returns whether all stopped in order */
  async stopAll(): Promise<boolean> {
    this.isStopping = true;
    const ends = await Promise.all(this.up().map((member) => member.stop()));
    return ends.every((how) => how === 'stopped');
  }

  killAll(): void {
    this.isStopping = true;
    for (const member of this.up()) void member.kill();
  }

  async answer(request: ControlRequest): Promise<ControlReply> {
    if (request.kind === 'status') return { kind: 'status', pid: process.pid, members: this.statuses() };
    if (request.kind === 'stop-all') {
      this.o.stopRequested();
      return { kind: 'done', what: 'the cluster stops' };
    }
    if (this.isStopping) throw new ClusterError('the cluster is stopping');
    const what = await this.act(this.member(request.name), request.action);
    this.o.log.say('info', `${what}, as another terminal asked`);
    return { kind: 'done', what };
  }

  private statuses(): MemberStatus[] {
    return this.o.plan.members.map((member, i) => {
      const { state } = this.members[i];
      return {
        name: member.name,
        state: stateText(state),
        pid: state.kind === 'down' ? undefined : state.pid,
        clientUrl: clientUrl(member),
        peerUrl: peerUrl(member),
        dataDir: dataDirectory(this.o.directory, member),
      };
    });
  }

  private member(name: string): MemberProcess {
    const found = this.members.find((member) => member.name === name);
    if (found) return found;
    const names = this.members.map((member) => member.name).join(', ');
    throw new ClusterError(`no member is called ${JSON.stringify(name)}: there are ${names}`);
  }

  private async act(member: MemberProcess, action: MemberAction): Promise<string> {
    switch (action) {
      case 'start':
        await member.start();
        return `${member.name} started`;
      case 'stop': {
        const how = await member.stop();
        return how === 'stopped' ? `${member.name} stopped` : `${member.name} ended (${how})`;
      }
      case 'kill':
        await member.kill();
        return `${member.name} killed`;
      case 'pause':
        member.pause();
        return `${member.name} paused`;
      case 'resume':
        member.resume();
        return `${member.name} resumed`;
    }
  }
}
