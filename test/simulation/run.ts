/** What runs have in common: how they are asked for, and what they say. */
import type { FaultKind } from './faults.ts';
import type { Mistake } from './mistake.ts';

/** How a run of a cluster behaves; by chance what is absent. */
export interface Temper {
  readonly size?: number;
  readonly faults?: readonly FaultKind[];
  /** How often something breaks, somebody asks for something, the operator does something: a step. */
  readonly faultRate?: number;
  readonly requestRate?: number;
  readonly operationRate?: number;
  readonly leaseShare?: number;
  readonly snapshots?: { readonly snapshotCount: number; readonly catchUpEntries: number };
}

export interface RunOptions {
  readonly seed: number;
  readonly mistake?: Mistake | undefined;
  /** Told of every step, for a person who replays one run. */
  readonly trace?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly seed: number;
  /** What must not have happened; empty: all is well. */
  readonly wrong: readonly string[];
  /** The last that happened before. */
  readonly tail: readonly string[];
  readonly lives: number;
  readonly calls: number;
  readonly acknowledged: number;
  readonly revisions: number;
  readonly events: number;
  readonly changes: number;
  /** Databases that members took in place of theirs. */
  readonly snapshots: number;
  readonly virtualMs: number;
}

const TAIL_LINES = 15;

/** What was traced, the last lines of it. */
export class Tail {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length > TAIL_LINES) this.lines.shift();
  }
}

const SUMMED = [
  'lives',
  'calls',
  'acknowledged',
  'revisions',
  'events',
  'changes',
  'snapshots',
  'virtualMs',
] as const;
export type Sum = Record<(typeof SUMMED)[number], number>;

export function emptySum(): Sum {
  return Object.fromEntries(SUMMED.map((name) => [name, 0])) as Sum;
}

export function sumUp(sum: Sum, result: RunResult): void {
  for (const name of SUMMED) sum[name] += result[name];
}

export function sumText(sum: Sum): string {
  const { lives, calls, acknowledged, revisions, events, changes, snapshots, virtualMs } = sum;
  return (
    `${lives} lives, ${calls} calls (${acknowledged} came back), ${revisions} revisions, ${events} watch events, ` +
    `${changes} changes of the membership, ${snapshots} snapshots taken in, ${Math.round(virtualMs / 1000)} s of virtual time`
  );
}
