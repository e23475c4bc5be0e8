/** Many flips, drawn from a seed, and a table of what became of them. */
import { type Flipped, flipBit, KINDS, type Kind, prepareFlips } from './bit-flips.ts';

export interface FlipTable {
  readonly rows: Readonly<Record<Kind, Record<string, number>>>;
  /** What must not be. */
  readonly served: readonly string[];
  /** A server refused what `check data` calls sound. */
  readonly unexplained: readonly string[];
}

export const COLUMNS = ['refused', 'stopped', 'harmless, and reported', 'harmless', 'served'] as const;

/** Of ten flips this many go into each kind of file. */
const SHARE: readonly Kind[] = [
  'log',
  'log',
  'log',
  'log',
  'database',
  'database',
  'database',
  'database',
  '.snap file',
  'snapshot',
];

export async function flipMany(
  directory: string,
  { flips, seed }: { readonly flips: number; readonly seed: number },
): Promise<FlipTable> {
  const world = await prepareFlips(directory);
  const rows = Object.fromEntries(KINDS.map((kind) => [kind, {}])) as Record<Kind, Record<string, number>>;
  const served: string[] = [];
  const unexplained: string[] = [];
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let i = 0; i < flips; i++) {
    const kind = SHARE[i % SHARE.length];
    const at = random(world.files[kind].bytes);
    const bit = random(8);
    const flipped = await flipBit(world, kind, at, bit);
    const column = columnOf(flipped);
    rows[kind][column] = (rows[kind][column] ?? 0) + 1;
    const where = `${kind}, byte ${at}, bit ${bit}: ${flipped.why}`;
    if (flipped.outcome === 'served') served.push(where);
    if ((flipped.outcome === 'refused' || flipped.outcome === 'stopped') && !flipped.isFound)
      unexplained.push(where);
  }
  return { rows, served, unexplained };
}

function columnOf({ outcome, isFound }: Flipped): (typeof COLUMNS)[number] {
  return outcome === 'harmless' && isFound ? 'harmless, and reported' : outcome;
}

export function tableText({ rows, served, unexplained }: FlipTable): string {
  const widths = COLUMNS.map((column) => Math.max(column.length, 6));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(widths[i - 1]))).join('  ');
  const lines = [line(['', ...COLUMNS])];
  for (const kind of KINDS)
    lines.push(line([kind, ...COLUMNS.map((column) => String(rows[kind][column] ?? 0))]));
  for (const where of served) lines.push(`SERVED: ${where}`);
  for (const where of unexplained) lines.push(`refused, but check data finds nothing: ${where}`);
  return `${lines.join('\n')}\n`;
}
