/** Acts on what parsing came to: opens the log, writes the lines, and says whether there is anything to run. */
import { createLogger, type Logger, openSinks, SinkError, streamSink } from '../logging/index.ts';
import type { LoggingConfig, ParseOutcome, ServerConfig, StartLine } from './server-config.ts';

export interface Begin {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

export type Beginning =
  | { readonly kind: 'run'; readonly config: ServerConfig; readonly logger: Logger }
  | { readonly kind: 'exit'; readonly code: number };

const CALLER = 'config/begin.ts';

function logLines(logger: Logger, lines: readonly StartLine[]): void {
  const scoped = logger.with({ caller: CALLER });
  for (const line of lines) scoped.log(line.level, line.msg, line.fields);
}

function defaultLogger(): Logger {
  return createLogger({ level: 'info', format: 'json', sinks: [streamSink(process.stderr)] });
}

function configuredLogger(logging: LoggingConfig): Logger {
  const sinks = openSinks(logging.outputs, logging.rotation);
  return createLogger({ level: logging.level, format: logging.format, sinks });
}

export function begin(outcome: ParseOutcome, out: Begin): Beginning {
  if (outcome.kind === 'exit') {
    out.stdout(outcome.stdout);
    out.stderr(outcome.stderr);
  }
  const early = defaultLogger();
  logLines(early, outcome.early);
  const logging = outcome.kind === 'run' ? outcome.config.logging : outcome.logging;
  let logger: Logger;
  try {
    logger = logging ? configuredLogger(logging) : early;
  } catch (error) {
    if (!(error instanceof SinkError)) throw error;
    const running = outcome.lines.filter((line) => line.msg === 'Running: ');
    const failed: StartLine = {
      level: 'warn',
      msg: 'failed to verify flags',
      fields: { error: error.message },
    };
    logLines(early, [...running, failed]);
    return { kind: 'exit', code: 1 };
  }
  logLines(logger, outcome.lines);
  if (outcome.kind === 'run') return { kind: 'run', config: outcome.config, logger };
  logger.flushSync();
  return { kind: 'exit', code: outcome.code };
}
