/** What the design asks for, beside what was measured. A goal that is missed stays in the report, with the reason. */
import type { ComparedNumbers, ComparedSummary } from '../../src/bench/compare/table.ts';
import { markdownTable } from '../../src/bench/report/markdown.ts';

export interface Goal {
  readonly where: '1 member' | '3 members, leader';
  readonly load: string;
  readonly what: 'throughput' | 'mean latency' | 'p99.9 latency' | 'CPU per request';
  readonly bound: number;
}

const COLUMNS: Record<Goal['what'], (summary: ComparedSummary) => ComparedNumbers> = {
  throughput: (summary) => summary.perSecond,
  'mean latency': (summary) => summary.meanMs,
  'p99.9 latency': (summary) => summary.p999Ms,
  'CPU per request': (summary) => summary.cpuMicros,
};

const REQUESTS = ['put', 'range, linearizable', 'range, serializable'];

const many = (where: Goal['where'], cpu: number): Goal[] =>
  REQUESTS.flatMap((load): Goal[] => [
    { where, load, what: 'throughput', bound: 2 },
    { where, load, what: 'CPU per request', bound: cpu },
  ]);

export const GOALS: readonly Goal[] = [
  ...many('1 member', 0.4),
  ...REQUESTS.map(
    (load): Goal => ({ where: '1 member', load: `${load}, 1 client`, what: 'mean latency', bound: 0.6 }),
  ),
  ...many('3 members, leader', 0.5),
  { where: '1 member', load: 'watch events, 1000 watchers of 1 key', what: 'throughput', bound: 2 },
  { where: '1 member', load: 'watch events, 100 watchers of each of 100 keys', what: 'throughput', bound: 2 },
  { where: '1 member', load: 'put at half the peak', what: 'p99.9 latency', bound: 1 },
];

/** A row that is measured by other means. */
export interface Verdict {
  readonly name: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

function verdictOf(goal: Goal, summaries: readonly ComparedSummary[]): Verdict | undefined {
  const summary = summaries.find(({ name }) => name === goal.load);
  const ratio = summary && COLUMNS[goal.what](summary).ratio?.median;
  if (ratio === undefined) return undefined;
  const atLeast = goal.what === 'throughput';
  return {
    name: `${goal.where}: ${goal.load}: ${goal.what}`,
    goal: `${atLeast ? 'at least' : 'at most'} ${goal.bound.toFixed(1)} of etcd's`,
    measured: ratio.toFixed(2),
    met: atLeast ? ratio >= goal.bound : ratio <= goal.bound,
  };
}

export function goalTable(
  measured: ReadonlyMap<string, readonly ComparedSummary[]>,
  others: readonly Verdict[],
): string {
  const verdicts = GOALS.map((goal) => verdictOf(goal, measured.get(goal.where) ?? []));
  return markdownTable(
    ['goal', '', 'measured', 'met'],
    [...verdicts.filter((each) => each !== undefined), ...others].map(
      ({ name, goal, measured: value, met }) => [name, goal, value, met ? 'yes' : 'no'],
    ),
  );
}
