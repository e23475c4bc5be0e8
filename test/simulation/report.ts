/** How runs are told to people. */
import assert from 'node:assert/strict';
import type { RunResult } from './run.ts';

const MAX_LINES = 5;
const MAX_LINE_CHARS = 500;
const MAX_SEEN_CHARS = 110;

/** A failed run, and the command that repeats it. */
export function lesson(how: string, { wrong, tail }: RunResult): string {
  const cut = (line: string): string => line.slice(0, MAX_LINE_CHARS);
  return [
    `replay it with: npm run simulate -- ${how} --trace`,
    `look for a shorter one with: npm run simulate -- ${how} --shorten`,
    ...wrong.slice(0, MAX_LINES).map((line) => `  ${cut(line)}`),
    'what happened last:',
    ...tail.map((line) => `  ${cut(line)}`),
  ].join('\n');
}

interface Found {
  readonly name: string;
  readonly seeds: number;
  readonly seconds: number;
  readonly seen: string;
}

/** Which mistakes were found, after how many seeds, and by what. */
export class MistakeTable {
  private readonly rows: Found[] = [];

  /** @param first where to begin: mistakes that show seldom are looked for near a seed that shows them */
  async find(
    name: string,
    maxSeeds: number,
    run: (seed: number) => Promise<RunResult>,
    first = 1,
  ): Promise<void> {
    const since = Date.now();
    for (let seed = first; seed < first + maxSeeds; seed++) {
      const { wrong } = await run(seed);
      if (wrong.length === 0) continue;
      const seen = wrong[0].split('\n')[0].slice(0, MAX_SEEN_CHARS);
      this.rows.push({ name, seeds: seed, seconds: (Date.now() - since) / 1000, seen });
      return;
    }
    assert.fail(`not found in ${maxSeeds} seeds`);
  }

  print(): void {
    const width = Math.max(0, ...this.rows.map(({ name }) => name.length));
    console.log(`\n        ${'mistake'.padEnd(width)}  seed  seconds  what was seen`);
    for (const { name, seeds, seconds, seen } of this.rows)
      console.log(
        `        ${name.padEnd(width)}  ${`${seeds}`.padStart(4)}  ${seconds.toFixed(1).padStart(7)}  ${seen}`,
      );
  }
}
