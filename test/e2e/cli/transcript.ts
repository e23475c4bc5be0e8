/**
 * Transcripts: one list of invocations, run by a tool against a fresh server, with what differs from run to run taken
 * out (ids, ports, times, sizes). Two tools agree when their transcripts are equal.
 */
import { spawn } from 'node:child_process';

/** One invocation. `{name}` in an argument stands for what an earlier step captured under that name. */
export interface Step {
  readonly args: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Remembers the first group of `pattern` in stdout as `name`. */
  readonly capture?: { readonly name: string; readonly pattern: RegExp };
  /** For commands that never end: SIGTERM, this long after they said their last word, in milliseconds. */
  readonly killAfterMs?: number;
  /** Without `--endpoints`. */
  readonly bare?: boolean;
}

export interface Outcome {
  readonly step: Step;
  readonly stdout: string;
  /** Lines of stderr without the client's log. */
  readonly stderr: string;
  /** Exit code, or the signal's name. */
  readonly exit: string;
}

export interface Tool {
  /** Program and leading arguments. */
  readonly command: readonly string[];
  /** The name it calls itself. */
  readonly name: string;
}

const WORD = /"([^"]*)"|'([^']*)'|(\S+)/g;

/** Words of a command line; quotes keep blanks together, `\xNN`, `\n` and the like are not known. */
export function words(line: string): string[] {
  return Array.from(line.matchAll(WORD), (match) => match[1] ?? match[2] ?? match[3]);
}

function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const clean = Object.entries(process.env).filter(([name]) => !/^ETCD/.test(name));
  return { ...Object.fromEntries(clean), TZ: 'UTC', ...extra };
}

/** How much longer a command may take for its first word: on a busy machine a start takes seconds. */
const FIRST_WORD_FACTOR = 4;

interface Raw {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exit: string;
}

export function execute(
  tool: Tool,
  args: readonly string[],
  step: Pick<Step, 'stdin' | 'env' | 'killAfterMs'>,
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const [program, ...leading] = tool.command;
    const child = spawn(program, [...leading, ...args], { env: environment(step.env ?? {}) });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    const killIn = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGTERM'), ms);
    };
    const { killAfterMs } = step;
    if (killAfterMs !== undefined) killIn(killAfterMs * FIRST_WORD_FACTOR);
    child.stdout.on('data', (chunk) => {
      out.push(chunk);
      if (killAfterMs !== undefined) killIn(killAfterMs);
    });
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.stdin.on('error', () => undefined); // the tool need not read it
    child.stdin.end(step.stdin ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(err),
        exit: signal ?? String(code),
      });
    });
  });
}

/** Client log lines: JSON, or 3.4's older form. */
const LOG_LINE = /^\{"level"|^\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d/;

export function withoutLogs(stderr: Buffer): Buffer {
  const lines = stderr.toString('utf8').split('\n');
  return Buffer.from(lines.filter((line) => !LOG_LINE.test(line)).join('\n'));
}

/** What is different in every run, by pattern. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b127\.0\.0\.1:\d+/g, 'ADDRESS'],
  [/\b\d{15,20}\b/g, 'ID'],
  [/\b[0-9a-f]{13,16}\b/g, 'HEX-ID'],
  [/\b[\d.]+(?:ns|µs|ms|s)(?![a-z])/g, 'TIME'],
  [/"(DBSize|DBSizeInUse|RaftIndex|RaftAppliedIndex|Hash)" : \d+/g, '"$1" : N'],
  [/"(dbSize|dbSizeInUse|raftIndex|raftAppliedIndex|hash)":\d+/g, '"$1":N'],
  [/(true|false), (true|false), \d+, \d+, \d+/g, '$1, $2, N, N, N'],
  [/\b\d+(?:\.\d)? [kMG]?B\b/g, 'SIZE'],
  [/\b\d+%/g, 'SHARE'],
  [/"ttl":\d+/g, '"ttl":N'],
  [/"TTL" : \d+(?=\n"GrantedTTL")/g, '"TTL" : N'],
];

/** In protobuf: the two ids at the front of a header, and the header's length before them. */
const HEADER_IDS = /(\n[\x0a-\x20])?\x08[\x80-\xff]{7,9}[\x01-\x7f]\x10[\x80-\xff]{7,9}[\x01-\x7f]/g;
const TABLE_LINE = /^.*[│|┌├└+].*$/gm;

function narrow(line: string): string {
  return line
    .replace(/ +/g, ' ')
    .replace(/─+/g, '─')
    .replace(/-+/g, '-')
    .replace(/\b(\d+ \| ){2}/g, 'N | N | ');
}

export function normalise(bytes: Buffer, tool: Tool): string {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) return bytes.toString('latin1').replace(HEADER_IDS, 'HEADER');
  let out = text.replaceAll(tool.name, 'TOOL');
  for (const [pattern, word] of VARYING) out = out.replace(pattern, word);
  return out.replace(TABLE_LINE, narrow);
}

/** One step after the other, but neighbours that only end by a signal side by side: they wait, and change nothing. */
export async function transcript(tool: Tool, endpoint: string, steps: readonly Step[]): Promise<Outcome[]> {
  const captured = new Map<string, string>([['endpoint', endpoint]]);
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name) => captured.get(name) ?? whole);
  const one = async (step: Step): Promise<Outcome> => {
    const args = words(step.args).map(fill);
    const all = step.bare === true ? args : [`--endpoints=${endpoint}`, ...args];
    const stdin = step.stdin === undefined ? undefined : fill(step.stdin);
    const { stdout, stderr, exit } = await execute(tool, all, { ...step, stdin });
    const found = step.capture?.pattern.exec(stdout.toString('utf8'));
    if (found) captured.set(step.capture!.name, found[1]);
    return {
      step,
      stdout: normalise(stdout, tool),
      stderr: normalise(withoutLogs(stderr), tool),
      exit,
    };
  };
  const outcomes: Outcome[] = [];
  for (const together of sideBySide(steps)) outcomes.push(...(await Promise.all(together.map(one))));
  return outcomes;
}

/** Steps in their order; those of one list may run together. */
export function sideBySide(steps: readonly Step[]): Step[][] {
  const lists: Step[][] = [];
  for (const step of steps) {
    const last = lists.at(-1);
    if (step.killAfterMs !== undefined && last?.[0].killAfterMs !== undefined) last.push(step);
    else lists.push([step]);
  }
  return lists;
}
