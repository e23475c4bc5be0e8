/** A comparison as a table: medians of both sides, and the ratio of each round as median and spread. */
import { markdownTable } from '../report/markdown.ts';
import type { ComparedRow, Measurement } from './compare.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface ComparedNumbers {
  readonly a: Spread | undefined;
  readonly b: Spread | undefined;
  /** a / b, each round for itself. */
  readonly ratio: Spread | undefined;
}

export interface ComparedSummary {
  readonly name: string;
  readonly rounds: number;
  readonly errors: { readonly a: number; readonly b: number };
  readonly perSecond: ComparedNumbers;
  readonly meanMs: ComparedNumbers;
  readonly p99Ms: ComparedNumbers;
  readonly p999Ms: ComparedNumbers;
  readonly cpuMicros: ComparedNumbers;
  readonly residentMiB: ComparedNumbers;
}

type Pick = (measurement: Measurement) => number | undefined;

function known(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}

function numbers({ a, b }: ComparedRow, pick: Pick): ComparedNumbers {
  const rounds = Math.min(a.length, b.length);
  const ratios = Array.from({ length: rounds }, (_, i) => {
    const left = pick(a[i]);
    const right = pick(b[i]);
    return left === undefined || right === undefined || right === 0 ? undefined : left / right;
  });
  return { a: spreadOf(known(a.map(pick))), b: spreadOf(known(b.map(pick))), ratio: spreadOf(known(ratios)) };
}

export function summarizeComparison(rows: readonly ComparedRow[]): ComparedSummary[] {
  const errors = (measurements: readonly Measurement[]) =>
    measurements.reduce((sum, { errors: n }) => sum + n, 0);
  return rows.map((row) => ({
    name: row.load.name,
    rounds: Math.min(row.a.length, row.b.length),
    errors: { a: errors(row.a), b: errors(row.b) },
    perSecond: numbers(row, (m) => m.perSecond),
    meanMs: numbers(row, (m) => m.meanMs),
    p99Ms: numbers(row, (m) => m.p99Ms),
    p999Ms: numbers(row, (m) => m.p999Ms),
    cpuMicros: numbers(row, (m) => m.cpuMicros),
    residentMiB: numbers(row, (m) => (m.residentBytes === undefined ? undefined : m.residentBytes / 2 ** 20)),
  }));
}

type Show = (value: number) => string;
const whole: Show = (value) => value.toFixed(0);
const hundredths: Show = (value) => value.toFixed(2);

const NOTHING = '-';

function pair({ a, b }: ComparedNumbers, show: Show): string {
  return a === undefined || b === undefined ? NOTHING : `${show(a.median)} / ${show(b.median)}`;
}

function ratio({ ratio: spread }: ComparedNumbers): string {
  if (spread === undefined) return NOTHING;
  const { median, least, most } = spread;
  return `${hundredths(median)} (${hundredths(least)}-${hundredths(most)})`;
}

/** All columns, as a table in Markdown. */
export function comparisonMarkdown(summaries: readonly ComparedSummary[], a: string, b: string): string {
  const head = [
    `${a} / ${b}`,
    'per second',
    'ratio',
    'mean ms',
    'ratio',
    'p99 ms',
    'ratio',
    'p99.9 ms',
    'ratio',
    'CPU us/request',
    'ratio',
    'memory MiB',
    'ratio',
    'errors',
  ];
  const rows = summaries.map((each) => [
    each.name,
    pair(each.perSecond, whole),
    ratio(each.perSecond),
    pair(each.meanMs, hundredths),
    ratio(each.meanMs),
    pair(each.p99Ms, hundredths),
    ratio(each.p99Ms),
    pair(each.p999Ms, hundredths),
    ratio(each.p999Ms),
    pair(each.cpuMicros, hundredths),
    ratio(each.cpuMicros),
    pair(each.residentMiB, whole),
    ratio(each.residentMiB),
    `${each.errors.a} / ${each.errors.b}`,
  ]);
  return markdownTable(head, rows);
}

/** For a terminal: throughput of both, and the ratios. Columns in line. */
export function comparisonText(summaries: readonly ComparedSummary[], a: string, b: string): string {
  const head = [
    `${a} / ${b}`,
    'per second',
    'ratio',
    'mean latency',
    'p99 latency',
    'p99.9',
    'CPU/request',
    'memory',
    'errors',
  ];
  const rows = summaries.map((each) => [
    each.name,
    pair(each.perSecond, whole),
    ratio(each.perSecond),
    ratio(each.meanMs),
    ratio(each.p99Ms),
    ratio(each.p999Ms),
    ratio(each.cpuMicros),
    ratio(each.residentMiB),
    `${each.errors.a} / ${each.errors.b}`,
  ]);
  const cells = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return `${cells.map(line).join('\n')}\n`;
}
