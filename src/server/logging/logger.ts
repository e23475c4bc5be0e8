/** The logger that the rest of the server is handed. */
import { encodeConsole, encodeFields, encodeJson, type Fields, type LineEncoder } from './encode.ts';
import { LEVEL_RANK, type LogLevel } from './levels.ts';
import { Sampler } from './sampler.ts';
import type { Sink } from './sink.ts';
import { systemWallClock, timestampFormatter, type WallClock } from './timestamp.ts';

/** Lines that are text already, without fields: what the raft core is given. */
export interface TextLogger {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  fatal(text: string): void;
}

export interface LoggerScope {
  /** Name of the logger (`raft`, `client`). */
  readonly logger?: string;
  /** Where the lines come from, `room/file.ts`; etcd's callers have the same form. */
  readonly caller?: string;
  /** Fields of every line, before its own. */
  readonly fields?: Fields;
}

export interface Logger {
  readonly level: LogLevel;
  /** Ask before building costly fields. */
  enabled(level: LogLevel): boolean;
  log(level: LogLevel, msg: string, fields?: Fields): void;
  debug(msg: string, fields?: Fields): void;
  info(msg: string, fields?: Fields): void;
  warn(msg: string, fields?: Fields): void;
  error(msg: string, fields?: Fields): void;
  panic(msg: string, fields?: Fields): void;
  /** Only writes the line; ending the process is for the caller. */
  fatal(msg: string, fields?: Fields): void;
  with(scope: LoggerScope): Logger;
  /** Writes what is queued, blocking; before `process.exit`. */
  flushSync(): void;
  close(): Promise<void>;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: 'json' | 'console';
  readonly sinks: readonly Sink[];
  readonly clock?: WallClock;
  /** False: no line is dropped, however often it comes. */
  readonly sampling?: boolean;
}

interface Core {
  readonly rank: number;
  readonly level: LogLevel;
  readonly sinks: readonly Sink[];
  readonly clock: WallClock;
  readonly format: (ms: number) => string;
  readonly encode: LineEncoder;
  readonly sampler: Sampler | undefined;
}

/** Lines at the top of a stack that are the logger itself: the title, stackHere, emit, the method of the level. */
const OWN_FRAMES = 4;

function stackHere(): string {
  const lines = (new Error().stack ?? '').split('\n').slice(OWN_FRAMES);
  return lines.map((line) => line.trim()).join('\n\t');
}

class ZapLogger implements Logger {
  private readonly core: Core;
  private readonly name: string;
  private readonly caller: string;
  private readonly common: string;

  constructor(core: Core, name: string, caller: string, common: string) {
    this.core = core;
    this.name = name;
    this.caller = caller;
    this.common = common;
  }

  get level(): LogLevel {
    return this.core.level;
  }

  enabled(level: LogLevel): boolean {
    return LEVEL_RANK[level] >= this.core.rank;
  }

  private emit(level: LogLevel, msg: string, fields: Fields | undefined): void {
    const rank = LEVEL_RANK[level];
    const { core } = this;
    if (rank < core.rank || core.sinks.length === 0) return;
    const now = core.clock();
    if (core.sampler !== undefined && !core.sampler.pass(rank, msg, now)) return;
    const own = encodeFields(fields);
    const line = core.encode({
      level,
      ts: core.format(now),
      logger: this.name,
      caller: this.caller,
      msg,
      fields: this.common === '' || own === '' ? this.common + own : `${this.common},${own}`,
      stack: rank >= LEVEL_RANK.error ? stackHere() : '',
    });
    for (const sink of core.sinks) sink.write(line);
  }

  log(level: LogLevel, msg: string, fields?: Fields): void {
    this.emit(level, msg, fields);
  }
  debug(msg: string, fields?: Fields): void {
    if (this.core.rank === 0) this.emit('debug', msg, fields);
  }
  info(msg: string, fields?: Fields): void {
    this.emit('info', msg, fields);
  }
  warn(msg: string, fields?: Fields): void {
    this.emit('warn', msg, fields);
  }
  error(msg: string, fields?: Fields): void {
    this.emit('error', msg, fields);
  }
  panic(msg: string, fields?: Fields): void {
    this.emit('panic', msg, fields);
  }
  fatal(msg: string, fields?: Fields): void {
    this.emit('fatal', msg, fields);
  }

  with(scope: LoggerScope): Logger {
    const own = encodeFields(scope.fields);
    const common = this.common === '' || own === '' ? this.common + own : `${this.common},${own}`;
    const name = this.name && scope.logger ? `${this.name}.${scope.logger}` : (scope.logger ?? this.name);
    return new ZapLogger(this.core, name, scope.caller ?? this.caller, common);
  }

  flushSync(): void {
    for (const sink of this.core.sinks) sink.flushSync();
  }

  async close(): Promise<void> {
    await Promise.all(this.core.sinks.map((sink) => sink.close()));
  }
}

export function createLogger(options: LoggerOptions): Logger {
  const core: Core = {
    rank: LEVEL_RANK[options.level],
    level: options.level,
    sinks: options.sinks,
    clock: options.clock ?? systemWallClock(),
    format: timestampFormatter(),
    encode: options.format === 'console' ? encodeConsole : encodeJson,
    sampler: options.sampling === false ? undefined : new Sampler(),
  };
  return new ZapLogger(core, '', '', '');
}

/** A logger that says nothing; for tests and in-process use. */
export function silentLogger(): Logger {
  return createLogger({ level: 'fatal', format: 'json', sinks: [], sampling: false });
}

/** What the raft core logs through. */
export function textLogger(logger: Logger): TextLogger {
  return {
    debug: (text) => logger.debug(text),
    info: (text) => logger.info(text),
    warn: (text) => logger.warn(text),
    error: (text) => logger.error(text),
    fatal: (text) => logger.fatal(text),
  };
}
