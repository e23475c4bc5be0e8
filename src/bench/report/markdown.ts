/** A table in Markdown, one row a report. */
import type { NamedSummary, Summary } from '../stats/summary.ts';

/** Cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return line(head) + line(rule) + rows.map(line).join('');
}

function at(summary: Summary, percent: number): number {
  return summary.percentiles.find((each) => each.percent === percent)?.seconds ?? 0;
}

const milliseconds = (seconds: number) => (seconds * 1000).toFixed(3);

export function markdownReport(summaries: readonly NamedSummary[]): string {
  const head = [
    '',
    'count',
    'errors',
    'per second',
    'mean ms',
    'p50 ms',
    'p90 ms',
    'p99 ms',
    'p99.9 ms',
    'max ms',
  ];
  const rows = summaries.map(({ name, summary }) => [
    name,
    String(summary.count),
    String(summary.errors.reduce((sum, { count }) => sum + count, 0)),
    summary.requestsPerSecond.toFixed(0),
    milliseconds(summary.average),
    ...[50, 90, 99, 99.9].map((percent) => milliseconds(at(summary, percent))),
    milliseconds(summary.slowest),
  ]);
  return markdownTable(head, rows);
}
