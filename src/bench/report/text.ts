/** The report of etcd's benchmark tool: summary, histogram, percentiles, errors, and a table of seconds. */
import type { NamedSummary, Second, Summary } from '../stats/summary.ts';

/** Characters of the longest bar. */
const LONGEST_BAR = 40;
const BAR = '∎';

export interface TextStyle {
  /** All digits of a number, in place of four. */
  readonly precise: boolean;
}

type Show = (value: number) => string;

const shown = ({ precise }: TextStyle): Show => (precise ? String : (value) => value.toFixed(4));

function summaryLines(summary: Summary, show: Show): string[] {
  return [
    `  Total:\t${show(summary.total)} secs.`,
    `  Slowest:\t${show(summary.slowest)} secs.`,
    `  Fastest:\t${show(summary.fastest)} secs.`,
    `  Average:\t${show(summary.average)} secs.`,
    `  Stddev:\t${show(summary.stddev)} secs.`,
    `  Requests/sec:\t${show(summary.requestsPerSecond)}`,
  ];
}

function histogramLines({ histogram }: Summary, show: Show): string[] {
  const most = Math.max(1, ...histogram.map((bar) => bar.count));
  return histogram.map(({ upTo, count }) => {
    const length = Math.floor((count * LONGEST_BAR) / most);
    return `  ${show(upTo)} [${count}]\t|${BAR.repeat(length)}`;
  });
}

function percentileLines(percentiles: Summary['percentiles'], show: Show): string[] {
  return percentiles.map(({ percent, seconds }) => `  ${percent}% in ${show(seconds)} secs.`);
}

function secondLines(seconds: readonly Second[], show: Show): string[] {
  return [
    'UNIX-SECOND,MIN-LATENCY-MS,AVG-LATENCY-MS,MAX-LATENCY-MS,AVG-THROUGHPUT',
    ...seconds.map(({ at, min, mean, max, count }) =>
      [at, show(min), show(mean), show(max), count].join(','),
    ),
  ];
}

function reportLines({ name, summary }: NamedSummary, alone: boolean, style: TextStyle): string[] {
  const show = shown(style);
  const lines = ['', alone ? 'Summary:' : `${name[0].toUpperCase()}${name.slice(1)} summary:`];
  lines.push(...summaryLines(summary, show));
  if (summary.count > 0) {
    lines.push('', 'Response time histogram:', ...histogramLines(summary, show));
    lines.push('', 'Latency distribution:', ...percentileLines(summary.percentiles, show));
  }
  if (summary.service !== undefined && summary.count > 0) {
    const { percentiles } = summary.service;
    lines.push('', 'Service time distribution (from sending, without waiting for a free client):');
    lines.push(...percentileLines(percentiles, show));
  }
  if (summary.errors.length > 0) {
    lines.push(
      '',
      'Error distribution:',
      ...summary.errors.map(({ count, text }) => `  [${count}]\t${text}`),
    );
  }
  if (summary.seconds !== undefined) {
    lines.push('', 'Sample in one second (unix latency throughput):', ...secondLines(summary.seconds, show));
  }
  return lines;
}

export function textReport(summaries: readonly NamedSummary[], style: TextStyle): string {
  const lines = summaries.flatMap((each) => reportLines(each, summaries.length === 1, style));
  return `${lines.join('\n')}\n`;
}
