/** The forms that a report can have. */
import type { NamedSummary } from '../stats/summary.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import { textReport } from './text.ts';

export const REPORT_FORMATS = ['text', 'json', 'markdown'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export function isReportFormat(text: string): text is ReportFormat {
  return (REPORT_FORMATS as readonly string[]).includes(text);
}

export function report(
  summaries: readonly NamedSummary[],
  options: { readonly format: ReportFormat; readonly precise: boolean },
): string {
  switch (options.format) {
    case 'json':
      return jsonReport(summaries);
    case 'markdown':
      return markdownReport(summaries);
    case 'text':
      return textReport(summaries, options);
  }
}
