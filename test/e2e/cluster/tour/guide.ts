/** Takes a tool round a cluster by the script, and does to the cluster what the script says in between. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as rpc from '../../../../src/core/wire/gen/rpc.ts';
import {
  type ClusterProcesses,
  type StartServer,
  startCluster,
  startMember,
} from '../../../support/cluster-processes.ts';
import { TestClient } from '../../../support/grpc-client.ts';
import { freePorts, type ServerProcess, until } from '../../../support/processes.ts';
import type { Step, Tool } from '../../cli/transcript.ts';
import { type Line, play } from '../../server/play.ts';
import type { Deed, TourStep } from './script.ts';

/** A change of members is allowed when all have been connected for so long. */
const HEALTHY_MS = 5300;
const LIMIT_MS = 30_000;

async function withClient<T>(endpoint: string, work: (client: TestClient) => Promise<T>): Promise<T> {
  const client = new TestClient(endpoint);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

const status = (member: ServerProcess): Promise<rpc.StatusResponse> =>
  withClient(member.endpoint, (client) => client.status());

export class Tour {
  private readonly directory = mkdtempSync(join(tmpdir(), 'kvctl-tour-'));
  private readonly known = new Map<string, string>();
  private readonly cluster: ClusterProcesses;
  private readonly start: StartServer;
  private readonly latePort: number;
  private readonly since = Date.now();
  private late: ServerProcess | undefined;

  private constructor(
    cluster: ClusterProcesses,
    start: StartServer,
    [latePort, spare, nobody]: readonly number[],
  ) {
    this.cluster = cluster;
    this.start = start;
    this.latePort = latePort;
    const { known } = this;
    for (const [i, { endpoint }] of cluster.members.entries()) known.set(`client${i}`, endpoint);
    for (const [i, port] of cluster.peerPorts.entries()) known.set(`url${i}`, `http://127.0.0.1:${port}`);
    known.set('lateUrl', `http://127.0.0.1:${latePort}`);
    known.set('spareUrl', `http://127.0.0.1:${spare}`);
    known.set('nobody', `127.0.0.1:${nobody}`);
  }

  static async begin(start: StartServer): Promise<Tour> {
    const cluster = await startCluster(3, [], start);
    const tour = new Tour(cluster, start, await freePorts(3));
    const { members } = await withClient(cluster.members[0].endpoint, (client) =>
      client.call(rpc.ClusterService.memberList, { linearizable: true }),
    );
    for (const { name, ID } of members) tour.known.set(name, ID.toString(16));
    await tour.letLead(0);
    return tour;
  }

  async walk(tool: Tool, script: readonly TourStep[]): Promise<Line[]> {
    const played: Line[] = [];
    for (let at = 0; at < script.length; ) {
      const step = script[at];
      if (typeof step === 'string') {
        await this.act(step);
        at++;
        continue;
      }
      let end = at;
      while (end < script.length && typeof script[end] !== 'string') end++;
      const steps = script.slice(at, end) as Step[];
      played.push(...(await play(tool, this.cluster.endpoints, steps, this.known)));
      at = end;
    }
    return played;
  }

  async dispose(): Promise<void> {
    await this.late?.dispose();
    await this.cluster.dispose();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async act(deed: Deed): Promise<void> {
    switch (deed) {
      case 'be healthy':
        return sleep(Math.max(0, this.since + HEALTHY_MS - Date.now()), undefined);
      case 'start the late one':
        return this.startLate();
      case 'see the late one gone':
        return until(
          () => this.late!.exitCode() !== null,
          LIMIT_MS,
          () => 'a removed member runs on',
        );
      case 'kill m2':
        return this.killLast();
    }
  }

  private async startLate(): Promise<void> {
    this.late = await startMember(
      this.directory,
      {
        name: 'late',
        peerPort: this.latePort,
        initialCluster: `${this.cluster.initialCluster},late=http://127.0.0.1:${this.latePort}`,
        state: 'existing',
      },
      this.start,
    );
    this.known.set('lateClient', this.late.endpoint);
    await until(
      async () => {
        const [leader, late] = await Promise.all([status(this.cluster.members[0]), status(this.late!)]);
        return late.raftAppliedIndex > 0 && late.raftAppliedIndex === leader.raftAppliedIndex;
      },
      LIMIT_MS,
      () => 'the learner does not catch up',
    );
  }

  /** Until the others have noticed. */
  private async killLast(): Promise<void> {
    await this.cluster.members[2].kill();
    await sleep(1000);
  }

  private async letLead(i: number): Promise<void> {
    const { members } = this.cluster;
    const targetID = BigInt(`0x${this.known.get(`m${i}`)}`);
    await until(
      async () => {
        const { leader } = await status(members[i]);
        if (leader === targetID) return true;
        const all = await Promise.all(members.map(status));
        const at = all.findIndex(({ header }) => header!.memberId === leader);
        assert.ok(at >= 0);
        await withClient(members[at].endpoint, (client) =>
          client.call(rpc.MaintenanceService.moveLeader, { targetID }),
        ).catch(() => undefined);
        return false;
      },
      LIMIT_MS,
      () => `m${i} never led`,
    );
  }
}
