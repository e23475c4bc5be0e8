/** What can be done to real processes: kill -9 with a start later, and a standstill of some time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../../../support/processes.ts';
import { seeded } from '../../../support/virtual-clock.ts';
import { leaderAmong } from './under-load.ts';

/** How often the one to suffer is the leader. */
const AT_LEADER = 0.6;
const CALM_MS = [300, 1500] as const;
const STANDSTILL_MS = [200, 2500] as const;
const DOWN_MS = [0, 1200] as const;

export interface FaultCounts {
  kills: number;
  pauses: number;
}

export interface FaultOptions {
  readonly members: readonly ServerProcess[];
  readonly seed: number;
  readonly seconds: number;
  /** Members that may be down or stand still at a time. */
  readonly most: number;
}

/** Kills and stops members until the time is over; resolves when all run again. */
export async function killAndPause(o: FaultOptions): Promise<FaultCounts> {
  const random = seeded(o.seed);
  const between = ([a, b]: readonly [number, number]): number => a + random() * (b - a);
  const busy = new Set<ServerProcess>();
  const under: Promise<void>[] = [];
  const counts = { kills: 0, pauses: 0 };
  const deadline = Date.now() + o.seconds * 1000;

  const suffer = async (member: ServerProcess): Promise<void> => {
    busy.add(member);
    if (random() < 0.5) {
      counts.kills++;
      await member.kill();
      await sleep(between(DOWN_MS));
      await member.restart();
    } else {
      counts.pauses++;
      process.kill(member.pid, 'SIGSTOP');
      await sleep(between(STANDSTILL_MS));
      process.kill(member.pid, 'SIGCONT');
    }
    busy.delete(member);
  };

  while (Date.now() < deadline) {
    await sleep(between(CALM_MS));
    const free = o.members.filter((member) => !busy.has(member));
    if (busy.size >= o.most) continue;
    const leader = random() < AT_LEADER ? await leaderAmong(free) : undefined;
    under.push(suffer(leader ?? free[Math.floor(random() * free.length)]));
  }
  await Promise.all(under);
  return counts;
}
