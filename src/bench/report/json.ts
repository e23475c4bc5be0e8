/** One JSON document a run: `{"reports": [{"name", "count", "total", ...}]}`, times in seconds. */
import type { NamedSummary } from '../stats/summary.ts';

export function jsonReport(summaries: readonly NamedSummary[]): string {
  return `${JSON.stringify({ reports: summaries.map(({ name, summary }) => ({ name, ...summary })) })}\n`;
}
