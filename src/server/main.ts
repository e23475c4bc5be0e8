/** `kvctl serve`: from arguments to a running server, and from a signal to its clean end. */
import { readFileSync } from 'node:fs';
import { type BuildInfo, begin, parseServerConfig, type ServerConfig } from './config/index.ts';
import { notifyReady } from './init-daemon.ts';
import type { Logger } from './logging/index.ts';
import { Server } from './server.ts';
import { MemberRemoved, StartError } from './start-error.ts';

export interface ServeOptions {
  /** Words behind `kvctl serve`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly build: BuildInfo;
}

const SIGNAL_NAMES = { SIGINT: 'interrupt', SIGTERM: 'terminated' } as const;
/** A member that can't stop in order still stops. */
const LAST_RESORT_MS = 30_000;

/** Runs until the server ends; the result is the exit code. On a signal the process ends by that signal. */
export async function serve(options: ServeOptions): Promise<number> {
  const outcome = parseServerConfig({
    ...options,
    readFile: (path) => readFileSync(path, 'utf8'),
  });
  const beginning = begin(outcome, {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
  if (beginning.kind === 'exit') return beginning.code;
  const { config } = beginning;
  const logger = beginning.logger.with({ caller: 'server/main.ts' });
  const ended = new Promise<number>((resolve) => {
    void run({ config, logger, env: options.env }, resolve);
  });
  const code = await ended;
  logger.flushSync();
  return code;
}

interface Run {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly env: ServeOptions['env'];
}

async function run({ config, logger, env }: Run, end: (code: number) => void): Promise<void> {
  let failing = false;
  const server = new Server(config, logger, (error) => {
    if (failing) return;
    failing = true;
    if (error instanceof MemberRemoved) {
      logger.warn('server error', { error: error.message });
      logger.warn('data-dir used by this member must be removed');
      const { wasReady } = server;
      void server.stop().then(() => {
        if (!wasReady) logger.fatal('listener failed', { error: 'server is stopping' });
        end(wasReady ? 0 : 1);
      });
      return;
    }
    logger.fatal('server error', { error: error.message });
    // What is in memory can't be trusted any more: nothing is flushed, the log has it.
    end(1);
  });
  try {
    await server.start();
  } catch (error) {
    const expected = error instanceof StartError;
    const about = expected ? error.about : 'discovery failed';
    if (about === 'discovery failed')
      logger.warn('failed to start etcd', { error: (error as Error).message });
    logger.fatal(about, { error: (error as Error).message });
    if (!expected) process.stderr.write(`${(error as Error).stack}\n`);
    return end(1);
  }
  void notifyReady(env, logger);
  if (process.stdout.isTTY) process.stdout.write(whatToTypeNext(config));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      logger.info('received signal; shutting down', { signal: SIGNAL_NAMES[signal] });
      setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
      void server.stop().then(async () => {
        await logger.close();
        if (process.pid === 1) return end(0);
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      });
    });
  }
}

/** For a person at a terminal, who may never have seen this. */
function whatToTypeNext(config: ServerConfig): string {
  const [url] = config.advertiseClientUrls;
  const flag = url.address === 'localhost:2379' ? '' : ` --endpoints=${url.address}`;
  return [
    '',
    `kvctl is ready: etcd's API on ${url.text}, data in ${config.dataDir}. In another terminal:`,
    `  npx kvctl${flag} put greeting hello`,
    `  npx kvctl${flag} get greeting`,
    `  npx kvctl${flag} watch --prefix ""`,
    'Ctrl-C stops it; the data stays.',
    '',
    '',
  ].join('\n');
}
