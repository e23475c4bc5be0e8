/** Which members a local cluster has: how many, their names, where they listen. */
import { MAX_SIZE } from './defaults.ts';
import { ClusterError } from './failure.ts';
import { HOST } from './host.ts';
import { freePorts, isFree } from './ports.ts';

export interface MemberPlan {
  readonly name: string;
  readonly clientPort: number;
  readonly peerPort: number;
}

export interface ClusterPlan {
  /** --initial-cluster-token: members of another local cluster on the same ports are strangers. */
  readonly token: string;
  readonly members: readonly MemberPlan[];
}

/** etcd's own port: taken if nobody has it, so that clients need no endpoints. */
const USUAL_BASE_PORT = 2379;
const MAX_PORT = 65_535;
const PORTS_PER_MEMBER = 2;

export const clientUrl = ({ clientPort }: MemberPlan): string => `http://${HOST}:${clientPort}`;
export const peerUrl = ({ peerPort }: MemberPlan): string => `http://${HOST}:${peerPort}`;

/** As `ETCDCTL_ENDPOINTS` and `--endpoints` take it. */
export function endpointsOf(members: readonly MemberPlan[]): string {
  return members.map(({ clientPort }) => `${HOST}:${clientPort}`).join(',');
}

/** As --initial-cluster takes it. */
export function initialCluster({ members }: ClusterPlan): string {
  return members.map((member) => `${member.name}=${peerUrl(member)}`).join(',');
}

/** @throws ClusterError */
export function checkSize(size: number): void {
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw new ClusterError(`--size ${size}: a local cluster has 1 to ${MAX_SIZE} members`);
  }
  if (size % 2 === 0) {
    const survives = (size - 2) / 2;
    throw new ClusterError(
      `--size ${size} is even: it survives the loss of ${survives}, as ${size - 1} members do, and needs one more for every write; take ${size - 1} or ${size + 1}`,
    );
  }
}

/** @throws ClusterError */
export function checkBasePort(basePort: number, size: number): void {
  const last = basePort + PORTS_PER_MEMBER * size - 1;
  if (Number.isInteger(basePort) && basePort >= 1 && last <= MAX_PORT) return;
  throw new ClusterError(
    `--base-port ${basePort}: ${size} members need ${PORTS_PER_MEMBER * size} ports from there on, between 1 and ${MAX_PORT}`,
  );
}

function membersOn(ports: readonly number[]): MemberPlan[] {
  return Array.from({ length: ports.length / PORTS_PER_MEMBER }, (_, i) => ({
    name: `node${i + 1}`,
    clientPort: ports[PORTS_PER_MEMBER * i],
    peerPort: ports[PORTS_PER_MEMBER * i + 1],
  }));
}

const portsFrom = (base: number, size: number): number[] =>
  Array.from({ length: PORTS_PER_MEMBER * size }, (_, i) => base + i);

/** The members of a new cluster; `basePort` undefined: the usual ports, or any that are free. @throws ClusterError */
export async function planMembers(size: number, basePort: number | undefined): Promise<MemberPlan[]> {
  checkSize(size);
  if (basePort !== undefined) {
    checkBasePort(basePort, size);
    const members = membersOn(portsFrom(basePort, size));
    await checkPorts(members, 'choose another --base-port');
    return members;
  }
  const usual = portsFrom(USUAL_BASE_PORT, size);
  const free = await Promise.all(usual.map(isFree));
  return membersOn(free.every(Boolean) ? usual : await freePorts(PORTS_PER_MEMBER * size));
}

/** Nobody else has the ports. @throws ClusterError */
export async function checkPorts(members: readonly MemberPlan[], advice: string): Promise<void> {
  for (const { name, clientPort, peerPort } of members) {
    for (const [port, what] of [[clientPort, 'client'] as const, [peerPort, 'peer'] as const]) {
      if (!(await isFree(port)))
        throw new ClusterError(`${HOST}:${port}, the ${what} port of ${name}, is in use: ${advice}`);
    }
  }
}
