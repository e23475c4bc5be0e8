/**
 * What etcdctl 3.7, and kvctl with it, prints otherwise than the 3.4.23 that the transcripts are compared with. Each
 * rule turns what 3.4 printed into what kvctl must print; nothing else may differ.
 */
import type { Outcome, Step } from './transcript.ts';

export interface Expected {
  readonly stdout: string | RegExp;
  readonly stderr: string | RegExp;
  readonly exit: string;
}

interface Difference {
  readonly reason: string;
  readonly appliesTo: (outcome: Outcome) => boolean;
  readonly expected: (before: Expected) => Partial<Expected>;
}

const typed = (pattern: RegExp) => (outcome: Outcome) => pattern.test(outcome.step.args);
const changed = (text: string | RegExp, from: RegExp | string, to: string) => String(text).replace(from, to);

/** The first error line is the message; 3.4 repeats it, with the usage on stdout between. */
const firstLines = (stderr: string | RegExp) => `${String(stderr).split('\n\nError:')[0]}\n`;

export const DIFFERENCES: readonly Difference[] = [
  {
    reason: 'usage errors are printed once, with the usage behind them on stderr',
    appliesTo: ({ stdout, stderr, exit }) => exit === '1' && stdout.startsWith('NAME:') && stderr !== '',
    expected: ({ stderr }) => ({ stdout: '', stderr: firstLines(stderr) }),
  },
  {
    reason: 'an unknown command is printed once',
    appliesTo: ({ stderr }) => stderr.startsWith('Error: unknown command'),
    expected: ({ stderr }) => ({ stderr: changed(stderr, /(for usage\.\n)[\s\S]*$/, '$1') }),
  },
  {
    reason: 'help has the layout of cobra',
    appliesTo: ({ stdout, exit }) => exit === '0' && stdout.startsWith('NAME:'),
    expected: () => ({ stdout: /\n\nUsage:\n {2}TOOL \w+ \[command\]\n\nAvailable Commands:\n/ }),
  },
  {
    reason: 'JSON of transactions names responses as the protocol does',
    appliesTo: typed(/^txn.*json/),
    expected: ({ stdout }) => ({
      stdout: String(stdout)
        .replaceAll('"ResponsePut"', '"response_put"')
        .replaceAll('"ResponseRange"', '"response_range"')
        .replaceAll('"ResponseDeleteRange"', '"response_delete_range"'),
    }),
  },
  {
    reason: '--hex shows ids of -w fields in hexadecimal',
    appliesTo: typed(/--hex -w fields/),
    expected: ({ stdout }) => ({
      stdout: String(stdout)
        .replace(/"(ClusterID|MemberID)" : ID/g, '"$1" : HEX-ID')
        .replace('"Lease" : 0', '"Lease" : ID'),
    }),
  },
  {
    reason: '-w fields leaves out a revision of 0',
    appliesTo: typed(/^member list -w fields/),
    expected: ({ stdout }) => ({ stdout: changed(stdout, '"Revision" : 0\n', '') }),
  },
  {
    reason: 'tables are drawn with box characters',
    appliesTo: typed(/-w table/),
    expected: ({ stdout }) => ({ stdout: boxed(String(stdout)) }),
  },
  {
    reason: 'kvctl has tables of keys, and YAML',
    appliesTo: typed(/^get k1 -w (table|yaml)$/),
    expected: () => ({
      stdout: /^(┌.*│ *k1 │.*┘\n|header:\n {2}cluster_id: .*\n {4}value: .*\n)$/s,
      stderr: '',
      exit: '0',
    }),
  },
  {
    reason: 'healthy endpoints are told on stdout',
    appliesTo: ({ stderr }) => stderr.includes(' is healthy: '),
    expected: ({ stderr }) => ({ stdout: String(stderr), stderr: '' }),
  },
  {
    reason: 'the status of an endpoint has more columns',
    appliesTo: typed(/endpoint status( --cluster)?$/),
    expected: () => ({
      stdout:
        /^(http:\/\/)?ADDRESS, HEX-ID, [\d.]+, [\d.]*, SIZE, SIZE, SHARE, SIZE, true, false, N, N, N, , , false\n$/,
    }),
  },
  {
    reason: 'the status of an endpoint has more columns',
    appliesTo: typed(/endpoint status -w table/),
    expected: () => ({
      stdout:
        /STORAGE VERSION │ DB SIZE │ IN USE │ PERCENTAGE NOT IN USE │ QUOTA │ IS LEADER .* DOWNGRADE ENABLED │/,
    }),
  },
  {
    reason: 'the status of an endpoint has more fields',
    appliesTo: typed(/endpoint status -w fields/),
    expected: () => ({
      stdout:
        /"Version" : ".*"\n"StorageVersion" : ".*"\n"DBSize" : N\n"DBSizeInUse" : N\n"DBSizeQuota" : \d+\n"Leader" : ID\n[\s\S]*"Endpoint" : "ADDRESS"\n"DowngradeTargetVersion" : ""\n"DowngradeEnabled" : false\n\n$/,
    }),
  },
  {
    reason: 'JSON shows what servers from 3.6 on say of their storage',
    appliesTo: typed(/endpoint status -w json/),
    expected: () => ({
      stdout:
        /"raftAppliedIndex":N,"dbSizeInUse":N(,"storageVersion":"[\d.]+","dbSizeQuota":\d+,"downgradeInfo":\{\})?\}\}\]\n$/,
    }),
  },
  {
    reason: 'defrag says how long it took',
    appliesTo: typed(/^defrag/),
    expected: ({ stdout, stderr }) => ({
      stdout: changed(stdout, /\]\n/g, ']. took TIME\n'),
      stderr: changed(stderr, /\] \(/g, ']. took TIME. ('),
    }),
  },
  {
    reason: 'snapshot save names its argument',
    appliesTo: typed(/^snapshot save$/),
    expected: ({ stderr }) => ({ stderr: changed(stderr, 'one argument', 'one argument <filename>') }),
  },
  {
    reason: 'JSON of watches has the reason of a cancellation, and null for no events',
    appliesTo: typed(/^watch.*json/),
    expected: ({ stdout }) => ({
      stdout: String(stdout)
        .replace('"Events":[]', '"Events":null')
        .replace(/("Created":(?:true|false))\}/g, '$1,"CancelReason":""}'),
    }),
  },
  {
    reason: 'the end of interactive watches is told without a capital',
    appliesTo: typed(/^watch -i/),
    expected: ({ stderr }) => ({ stderr: changed(stderr, 'Error reading watch', 'error reading watch') }),
  },
  {
    reason: 'each tool has its own version',
    appliesTo: typed(/^version/),
    expected: () => ({ stdout: /^TOOL version: \d+\.\d+\.\d+\nAPI version: 3\.7\n$/ }),
  },
  {
    reason: '--max-recv-bytes came with 3.6',
    appliesTo: typed(/--max-recv-bytes/),
    expected: () => ({ stderr: /^Error: invalid argument "abc" for "--max-recv-bytes" flag: / }),
  },
  {
    reason: 'deleting a range without --range waits two seconds first',
    appliesTo: typed(/^del wait/),
    expected: () => ({ stderr: /^Warning: Keys between "wait1" and "wait3" will be deleted\./ }),
  },
];

function boxed(table: string): string {
  const rules = ['┌┬┐', '├┼┤', '└┴┘'];
  let at = 0;
  return table
    .split('\n')
    .map((line) => {
      if (!/^\+[-+]*\+$/.test(line)) return line.replaceAll('|', '│');
      const [left, cross, right] = rules[at++];
      const inner = line.slice(1, -1).replaceAll('+', cross).replaceAll('-', '─');
      return left + inner + right;
    })
    .join('\n');
}

/** What kvctl must print where 3.4 printed this, and why it may differ. */
export function expectedOf(outcome: Outcome): { readonly expected: Expected; readonly reasons: string[] } {
  const rules = DIFFERENCES.filter((rule) => rule.appliesTo(outcome));
  let expected: Expected = { stdout: outcome.stdout, stderr: outcome.stderr, exit: outcome.exit };
  for (const rule of rules) expected = { ...expected, ...rule.expected(expected) };
  return { expected, reasons: rules.map((rule) => rule.reason) };
}

export function describeStep({ args, stdin, env }: Step): string {
  const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value} `);
  return `${variables.join('')}${args}${stdin === undefined ? '' : ` < ${JSON.stringify(stdin)}`}`;
}
