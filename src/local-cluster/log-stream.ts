/**
 * The logs of all members as one stream for people: who, when, how bad, what. Members are called by their names, where
 * their log has ids. What is no log line (the trace of a crash) is shown as it is.
 */
import { Chalk, type ChalkInstance } from 'chalk';

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

/** Of members; red and yellow mean something else. */
const NAME_COLOURS = ['cyan', 'green', 'magenta', 'blue', 'cyanBright', 'greenBright'] as const;
/** The one who speaks when it is no member. */
export const SELF = 'cluster';
const HIDDEN_FIELDS: ReadonlySet<string> = new Set(['level', 'ts', 'caller', 'logger', 'msg']);
/** In hexadecimal, as etcd shows them; raft's configurations have them in decimal. */
const MEMBER_ID = /\b(?:[0-9a-f]{9,16}|\d{9,20})\b/g;

interface LogLine {
  readonly level: string;
  readonly ts: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface LogStreamOptions {
  readonly names: readonly string[];
  readonly level: Level;
  readonly isColoured: boolean;
  write(text: string): void;
  /** Milliseconds since 1970. */
  now(): number;
}

const two = (value: number, digits = 2): string => String(value).padStart(digits, '0');

/** Time of day, as a clock on the wall here has it. */
function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`;
}

/** Words stand bare, everything else as JSON. */
function fieldText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=[\]{}]+$/.test(value) ? value : JSON.stringify(value);
}

function parseLine(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const line = JSON.parse(text) as Partial<LogLine>;
    const { level, ts, msg } = line;
    const sound = typeof level === 'string' && typeof ts === 'string' && typeof msg === 'string';
    return sound ? (line as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Fatal lines and others that we don't know are never hidden. */
function rank(level: string): number {
  const at = LEVELS.indexOf(level as Level);
  return at < 0 ? LEVELS.length : at;
}

export class LogStream {
  private readonly o: LogStreamOptions;
  private readonly chalk: ChalkInstance;
  private readonly nameWidth: number;
  /** From the ids in the log. */
  private readonly nameOf = new Map<string, string>();

  constructor(options: LogStreamOptions) {
    this.o = options;
    this.chalk = new Chalk({ level: options.isColoured ? 1 : 0 });
    this.nameWidth = Math.max(...[...options.names, SELF].map(({ length }) => length));
  }

  /** A line of a member's output. */
  member(name: string, text: string): void {
    const line = parseLine(text);
    if (line === undefined) return this.show(name, text);
    const id = line['local-member-id'];
    if (typeof id === 'string' && /^[0-9a-f]{1,16}$/.test(id)) {
      this.nameOf.set(id, name).set(BigInt(`0x${id}`).toString(), name);
    }
    if (rank(line.level) >= rank(this.o.level)) this.show(name, this.readable(line));
  }

  /** What the command itself has to say. */
  say(level: Level, message: string): void {
    this.show(SELF, this.head(level, this.o.now()) + this.chalk.bold(message));
  }

  private head(level: string, ms: number): string {
    return `${this.chalk.dim(timeOfDay(ms))} ${this.levelWord(level)} `;
  }

  private levelWord(level: string): string {
    const word = level.toUpperCase().padEnd(5);
    if (rank(level) >= rank('error')) return this.chalk.red(word);
    return level === 'warn' ? this.chalk.yellow(word) : this.chalk.dim(word);
  }

  private readable(line: LogLine): string {
    const fields = Object.entries(line)
      .filter(([name]) => !HIDDEN_FIELDS.has(name))
      .map(([name, value]) => ` ${name}=${fieldText(value)}`)
      .join('');
    const told = this.named(line.msg) + this.chalk.dim(this.named(fields));
    return this.head(line.level, Date.parse(line.ts)) + told;
  }

  private named(text: string): string {
    return text.replace(MEMBER_ID, (id) => this.nameOf.get(id) ?? id);
  }

  private show(name: string, text: string): void {
    const at = this.o.names.indexOf(name);
    const colour = at < 0 ? this.chalk.bold : this.chalk[NAME_COLOURS[at % NAME_COLOURS.length]];
    this.o.write(`${colour(`${name.padEnd(this.nameWidth)} │`)} ${text}\n`);
  }
}
