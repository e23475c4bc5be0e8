/**
 * The directory of a local cluster:
 *
 *   cluster.json      which members it has, and their ports (they are part of the members' data, so they stay)
 *   control.sock      while it runs: commands from other terminals
 *   <name>.etcd/      the data of each member
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_DIRECTORY } from './defaults.ts';
import { ClusterError } from './failure.ts';
import type { ClusterPlan, MemberPlan } from './plan.ts';

const PLAN_FILE = 'cluster.json';
const FORMAT = 1;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

const SOCKET = 'control.sock';

export const socketPath = (directory: string): string => join(directory, SOCKET);

export const dataDirectory = (directory: string, { name }: MemberPlan): string =>
  join(directory, `${name}.etcd`);

/** For commands that are shown to people. */
export const dataDirFlag = (directory: string): string =>
  directory === DEFAULT_DIRECTORY ? '' : ` --data-dir ${directory}`;

function entriesOf(directory: string): string[] | undefined {
  try {
    return readdirSync(directory);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new ClusterError(`--data-dir ${directory}: ${message}`);
  }
}

function isMember(value: unknown): value is MemberPlan {
  const { name, clientPort, peerPort } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof name === 'string' && NAME.test(name) && Number.isInteger(clientPort) && Number.isInteger(peerPort)
  );
}

function parsePlan(text: string): ClusterPlan | undefined {
  try {
    const { format, token, members } = JSON.parse(text) as Record<string, unknown>;
    const sound = format === FORMAT && typeof token === 'string' && Array.isArray(members);
    return sound && members.length > 0 && members.every(isMember) ? { token, members } : undefined;
  } catch {
    return undefined;
  }
}

/** The cluster that lives there; undefined if the directory is empty or missing. @throws ClusterError */
export function readPlan(directory: string): ClusterPlan | undefined {
  const entries = entriesOf(directory)?.filter((name) => name !== SOCKET);
  if (entries === undefined || entries.length === 0) return undefined;
  const path = join(directory, PLAN_FILE);
  if (!entries.includes(PLAN_FILE)) {
    throw new ClusterError(`--data-dir ${directory} is not empty and holds no cluster (no ${PLAN_FILE})`);
  }
  const plan = parsePlan(readFileSync(path, 'utf8'));
  if (plan === undefined) throw new ClusterError(`${path} is damaged, or of another version of kvctl`);
  return plan;
}

/** @throws ClusterError */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ClusterError(`--data-dir ${directory}: ${(error as Error).message}`);
  }
}

/** Whole or not at all. @throws ClusterError */
export function writePlan(directory: string, plan: ClusterPlan): void {
  const path = join(directory, PLAN_FILE);
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify({ format: FORMAT, ...plan }, undefined, 2)}\n`);
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new ClusterError(`--data-dir ${directory}: ${(error as Error).message}`);
  }
}

/** Removes the cluster's data and nothing else that may lie there. */
export function removeData(directory: string, plan: ClusterPlan): void {
  for (const member of plan.members)
    rmSync(dataDirectory(directory, member), { recursive: true, force: true });
  rmSync(join(directory, PLAN_FILE), { force: true });
}
