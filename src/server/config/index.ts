/**
 * From arguments, environment and config file to a ServerConfig. Pure: what it needs of the machine is handed in, and
 * what is to be logged, printed or exited with comes out as values. `kvctl serve` and tests call `parseServerConfig`.
 *
 * Laws: flags are rows of one table (flags/); names, rules, order of checks, texts and exit codes are etcd's 3.7; a
 * flag without effect is never passed over in silence.
 */
import { humanBytes } from '../logging/index.ts';
import { ADVERTISE_REQUIRED, checkConfig } from './checks.ts';
import { parseCommandLine, type Settings } from './command-line.ts';
import { detectDefaultHost, type HostDetection } from './default-host.ts';
import {
  clearClusterForDiscovery,
  type Draft,
  raiseRaftTimeouts,
  replaceZeros,
  rewriteDefaults,
} from './defaults.ts';
import { applyEnvironment, type Environment } from './environment.ts';
import { parseConfigFile } from './file.ts';
import { envName } from './flag-spec.ts';
import { CONFIG_FILE_FLAG, FLAG_ROWS, type FlagProperty } from './flags/index.ts';
import { helpText, usageText } from './help.ts';
import { autoCompaction, certificateLines, checkListeners, plainUrlLines } from './late-checks.ts';
import { ConfigError, LevelError, loggingConfig } from './logging-config.ts';
import { noEffectLines } from './no-effect.ts';
import type { LoggingConfig, ParseOutcome, ServerConfig, StartLine } from './server-config.ts';
import { type BuildInfo, versionText } from './version.ts';

export { type Beginning, begin } from './begin.ts';
export { opensslCiphers } from './cipher-suites.ts';
export { envName } from './flag-spec.ts';
export { FLAG_ROWS, FLAGS, type FlagProperty, type FlagValues } from './flags/index.ts';
export { helpText } from './help.ts';
export type {
  AutoCompaction,
  LoggingConfig,
  ParseOutcome,
  ServerConfig,
  StartLine,
} from './server-config.ts';
export { isSecure, type ServerUrl, urlTexts } from './urls.ts';
export * from './version.ts';

export interface ParseInput {
  /** Words behind `kvctl serve`. */
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Text of a file. @throws with the `code` of the system's error */
  readonly readFile: (path: string) => string;
  readonly build: BuildInfo;
  /** What the log calls this program: the words before `argv`. */
  readonly program?: readonly string[];
  readonly defaultHost?: () => HostDetection;
}

type Exit = Extract<ParseOutcome, { kind: 'exit' }>;

const MISUSE = 2;
const FAILURE = 1;

function exit(code: number, part: Partial<Exit>): Exit {
  return { kind: 'exit', code, stdout: '', stderr: '', early: [], lines: [], ...part };
}

function runningLine(input: ParseInput): StartLine {
  const args = [...(input.program ?? ['kvctl', 'serve']), ...input.argv];
  return { level: 'info', msg: 'Running: ', fields: { args } };
}

function failedLines(error: string): readonly StartLine[] {
  const lines: StartLine[] = [{ level: 'warn', msg: 'failed to verify flags', fields: { error } }];
  if (error === ADVERTISE_REQUIRED) {
    lines.push({ level: 'warn', msg: 'advertise client URLs are not set', fields: { error } });
  }
  return lines;
}

/** Values as they were given, before any check. */
interface Gathered {
  readonly source: 'flags' | 'file';
  readonly values: Settings;
  readonly early: readonly StartLine[];
  /** Path of the config file. */
  readonly file?: string;
}

const FILE_LOADED =
  'loaded server configuration, other configuration command line flags and environment variables will be ignored if provided';

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
};

function gatherFile(input: ParseInput, path: string): Gathered | Exit {
  const fail = (error: string): Exit => exit(FAILURE, { early: [runningLine(input), ...failedLines(error)] });
  let text: string;
  try {
    text = input.readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const verb = code === 'EISDIR' ? 'read' : 'open';
    return fail(`${verb} ${path}: ${ERRNO_TEXT[code ?? ''] ?? message}`);
  }
  const outcome = parseConfigFile(text);
  if (outcome.kind === 'invalid') return fail(outcome.error);
  if (outcome.kind === 'raw') return exit(outcome.code, { stderr: outcome.text });
  return { source: 'file', values: outcome.values, early: [], file: path };
}

function gather(input: ParseInput): Gathered | Exit {
  const line = parseCommandLine(input.argv);
  if (line.kind === 'help') return exit(0, { stdout: helpText() });
  if (line.kind === 'error') return exit(MISUSE, { stderr: `${line.text}\n${usageText()}` });
  const fail = (early: readonly StartLine[], error: string): Exit =>
    exit(FAILURE, { early: [...early, runningLine(input), ...failedLines(error)] });
  if (line.words.length > 0) return fail([], `${JSON.stringify(line.words[0])} is not a valid flag`);
  if (line.version) return exit(0, { stdout: versionText(input.build) });
  const file = line.configFile || input.env[envName(CONFIG_FILE_FLAG)];
  if (file) return gatherFile(input, file);
  const { values } = line;
  const environment = applyEnvironment(input.env, line.names, values);
  if (environment.conflict) return exit(FAILURE, { early: environment.lines });
  if (environment.error !== undefined) return fail(environment.lines, environment.error);
  return { source: 'flags', values, early: environment.lines };
}

function withDefaults(values: Settings): Draft {
  const draft: Record<string, unknown> = {};
  for (const [property, spec] of FLAG_ROWS) {
    draft[property] = values.has(property) ? values.get(property) : spec.default;
  }
  return draft as unknown as Draft;
}

const RECOMMENDED_REQUEST_BYTES = 10 * 1024 * 1024;

/** etcd's own deprecations: told also when a check has failed. */
function deprecationLines(given: ReadonlySet<FlagProperty>, source: 'flags' | 'file'): readonly StartLine[] {
  if (source === 'file') return [];
  const lines: StartLine[] = [];
  if (given.has('v2Deprecation')) {
    const msg =
      '--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is enforced, ignoring user input.';
    lines.push({ level: 'warn', msg });
  }
  if (given.has('maxSnapshots')) {
    const msg = '--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8.';
    lines.push({ level: 'warn', msg });
  }
  return lines;
}

function requestSizeLine(bytes: number): readonly StartLine[] {
  if (bytes <= RECOMMENDED_REQUEST_BYTES) return [];
  const fields = {
    'max-request-bytes': bytes,
    'max-request-size': humanBytes(bytes),
    'recommended-request-bytes': RECOMMENDED_REQUEST_BYTES,
    'recommended-request-size': humanBytes(RECOMMENDED_REQUEST_BYTES),
  };
  return [{ level: 'warn', msg: 'exceeded recommended request limit', fields }];
}

/** Reads, checks and completes a configuration. Never throws for what a user did. */
export function parseServerConfig(input: ParseInput): ParseOutcome {
  const gathered = gather(input);
  if ('kind' in gathered) return gathered;
  const { source } = gathered;
  const given: ReadonlySet<FlagProperty> = new Set(gathered.values.keys());
  const draft = withDefaults(gathered.values);
  clearClusterForDiscovery(draft, given);
  const early = [...gathered.early, ...raiseRaftTimeouts(draft)];
  const lines: StartLine[] = [];
  let logging: LoggingConfig | undefined;
  try {
    if (draft.discoveryFallback === 'proxy') {
      throw new ConfigError(
        'v2 proxy is deprecated, and --discovery-fallback can\'t be configured as "proxy"',
      );
    }
    logging = loggingConfig(draft);
    const gates = checkConfig({ values: draft, given, source }, lines);
    lines.push(...deprecationLines(given, source), ...noEffectLines(draft, given));
    if (gathered.file !== undefined)
      lines.push({ level: 'info', msg: FILE_LOADED, fields: { path: gathered.file } });
    lines.push(runningLine(input));
    return complete({ draft, given, gates, logging, early, lines, source, detect: input.defaultHost });
  } catch (error) {
    if (error instanceof LevelError) return exit(MISUSE, { stderr: `panic: ${error.message}\n`, early });
    if (!(error instanceof ConfigError)) throw error;
    lines.push(...deprecationLines(given, source), runningLine(input), ...failedLines(error.message));
    return logging
      ? exit(FAILURE, { early, lines, logging })
      : exit(FAILURE, { early: [...early, ...lines] });
  }
}

interface Checked {
  readonly draft: Draft;
  readonly given: ReadonlySet<FlagProperty>;
  readonly gates: ServerConfig['gates'];
  readonly logging: LoggingConfig;
  readonly early: readonly StartLine[];
  readonly lines: StartLine[];
  readonly source: 'flags' | 'file';
  readonly detect: ParseInput['defaultHost'];
}

/** The steps that etcd takes after its checks have passed. */
function complete(checked: Checked): ParseOutcome {
  const { draft, logging, early, lines } = checked;
  lines.push(...rewriteDefaults(draft, (checked.detect ?? detectDefaultHost)()));
  if (draft.dataDir === '') {
    draft.dataDir = `${draft.name}.etcd`;
    const fields = { 'data-dir': draft.dataDir };
    lines.push({ level: 'warn', msg: "'data-dir' was empty; using default", fields });
  }
  replaceZeros(draft);
  try {
    const compaction = autoCompaction(draft.autoCompactionMode, draft.autoCompactionRetention);
    lines.push(...plainUrlLines(draft));
    checkListeners(draft);
    lines.push(...certificateLines(draft));
    lines.push(...requestSizeLine(draft.maxRequestBytes));
    const config: ServerConfig = {
      ...draft,
      source: checked.source,
      given: checked.given,
      gates: checked.gates,
      logging,
      autoCompaction: compaction,
      electionTicks: Math.floor(draft.electionTimeoutMs / draft.heartbeatIntervalMs),
    };
    return { kind: 'run', config, early, lines };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    lines.push({ level: 'fatal', msg: 'discovery failed', fields: { error: error.message } });
    return exit(FAILURE, { early, lines, logging });
  }
}
