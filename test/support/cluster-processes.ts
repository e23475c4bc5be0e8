/** Clusters of real processes: `kvctl serve` several times, each with a data directory and ports of its own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Namespaces } from './namespaces.ts';
import {
  freePorts,
  kvctlBin,
  type Ran,
  run,
  type ServerOptions,
  type ServerProcess,
  startKvctl,
  temporaryDirectory,
} from './processes.ts';

const USUAL_PEER_PORT = 2380;

export interface ClusterProcesses {
  readonly members: readonly ServerProcess[];
  /** Of each member. */
  readonly peerPorts: readonly number[];
  /** As --initial-cluster has it. */
  readonly initialCluster: string;
  /** All client endpoints, comma separated. */
  readonly endpoints: string;
  dispose(): Promise<void>;
}

export interface MemberPlan {
  readonly name: string;
  readonly peerPort: number;
  readonly initialCluster: string;
  readonly state?: 'new' | 'existing';
  readonly args?: readonly string[];
}

/** `kvctl serve`, or what stands in its place. */
export type StartServer = (options: ServerOptions) => Promise<ServerProcess>;

/** Starts one member on a given peer port; resolves when it serves clients. */
export function startMember(
  directory: string,
  plan: MemberPlan,
  start: StartServer = startKvctl,
): Promise<ServerProcess> {
  const peer = `http://127.0.0.1:${plan.peerPort}`;
  return start({
    name: plan.name,
    dataDir: join(directory, `${plan.name}.etcd`),
    args: [
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=${plan.initialCluster}`,
      `--initial-cluster-state=${plan.state ?? 'new'}`,
      ...(plan.args ?? []),
    ],
  });
}

/** Each member in a namespace of its own, on etcd's usual ports. */
export async function startClusterIn(
  lab: Namespaces,
  args: readonly string[] = [],
): Promise<ClusterProcesses> {
  const directory = temporaryDirectory('cluster');
  const names = Array.from({ length: lab.size }, (_, i) => `m${i}`);
  const initialCluster = names.map((name, i) => `${name}=http://${lab.host(i)}:${USUAL_PEER_PORT}`).join(',');
  const members = await Promise.all(
    names.map((name, i) =>
      startKvctl({
        name,
        dataDir: join(directory, `${name}.etcd`),
        place: { host: lab.host(i), runner: lab.runner(i) },
        args: [`--initial-cluster=${initialCluster}`, ...args],
      }),
    ),
  );
  const peerPorts = members.map(() => USUAL_PEER_PORT);
  return clusterOf(directory, members, peerPorts, initialCluster);
}

export async function startCluster(
  size: number,
  args: readonly string[] = [],
  start: StartServer = startKvctl,
): Promise<ClusterProcesses> {
  const directory = temporaryDirectory('cluster');
  const ports = await freePorts(size);
  const initialCluster = ports.map((port, i) => `m${i}=http://127.0.0.1:${port}`).join(',');
  const members = await Promise.all(
    ports.map((peerPort, i) =>
      startMember(directory, { name: `m${i}`, peerPort, initialCluster, args }, start),
    ),
  );
  return clusterOf(directory, members, ports, initialCluster);
}

function clusterOf(
  directory: string,
  members: readonly ServerProcess[],
  peerPorts: readonly number[],
  initialCluster: string,
): ClusterProcesses {
  return {
    members,
    peerPorts,
    initialCluster,
    endpoints: members.map((m) => m.endpoint).join(','),
    async dispose() {
      await Promise.all(members.map((m) => m.dispose()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One kvctl command against some endpoints. */
export function kvctl(endpoints: string, ...args: readonly string[]): Promise<Ran> {
  return run(process.execPath, [kvctlBin, `--endpoints=${endpoints}`, ...args]);
}
