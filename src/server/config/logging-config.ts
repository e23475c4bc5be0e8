/** The log flags to a LoggingConfig. */
import { type LogRotation, parseLevel } from '../logging/index.ts';
import type { FlagValues } from './flags/index.ts';
import type { LoggingConfig } from './server-config.ts';

/** What is wrong; told as `failed to verify flags`. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** A level that zap does not know makes etcd panic: plain text, exit 2. */
export class LevelError extends Error {
  override name = 'LevelError';
}

const STANDARD = new Set(['default', 'stderr', 'stdout', 'systemd/journal']);
const NULL_DEVICE = '/dev/null';

type LogFlags = Pick<
  FlagValues,
  'logger' | 'logOutputs' | 'logLevel' | 'logFormat' | 'enableLogRotation' | 'logRotationConfigJson'
>;

function outputsOf(words: readonly string[]): readonly string[] {
  const outputs = words.length === 0 ? ['default'] : words;
  if (outputs.length > 1 && outputs.includes('default')) {
    throw new ConfigError('multi logoutput for "default" is not supported yet');
  }
  if (outputs.includes('systemd/journal')) {
    throw new ConfigError(
      "can't write to systemd/journal: Node.js has no datagram sockets; log to stderr, which systemd takes to the journal",
    );
  }
  if (outputs.includes(NULL_DEVICE)) return [];
  return outputs.map((output) => (output === 'default' ? 'stderr' : output));
}

function goJsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function rotationOf(words: readonly string[], json: string): LogRotation {
  if (words.length !== 1 || STANDARD.has(words[0])) {
    throw new ConfigError(
      '--log-outputs requires a single file path when --log-rotate-config-json is defined',
    );
  }
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(json) as Record<string, unknown>;
  } catch (error) {
    const cause = json.trim() === '' || /end of JSON|Unterminated|Expected/.test(String(error));
    const text = cause ? 'unexpected end of JSON input' : (error as Error).message;
    throw new ConfigError(`improperly formatted log rotation config: ${text}`);
  }
  const field = <T extends number | boolean>(name: keyof LogRotation, fallback: T): T => {
    const value = given?.[name];
    if (value === undefined || value === null) return fallback;
    if (typeof value === typeof fallback) return value as T;
    const goType = typeof fallback === 'number' ? 'int' : 'bool';
    throw new ConfigError(
      `invalid log rotation config: json: cannot unmarshal ${goJsonKind(value)} into Go struct field logRotationConfig.Logger.${name} of type ${goType}`,
    );
  };
  return {
    maxsize: field('maxsize', 0),
    maxage: field('maxage', 0),
    maxbackups: field('maxbackups', 0),
    localtime: field('localtime', false),
    compress: field('compress', false),
  };
}

/** @throws ConfigError, LevelError */
export function loggingConfig(values: LogFlags): LoggingConfig {
  if (values.logger === 'capnslog') throw new ConfigError('--logger=capnslog is removed in v3.5');
  if (values.logger !== 'zap')
    throw new ConfigError(`unknown logger option ${JSON.stringify(values.logger)}`);
  const outputs = outputsOf(values.logOutputs);
  const rotation = values.enableLogRotation
    ? rotationOf(values.logOutputs, values.logRotationConfigJson)
    : undefined;
  const format = values.logFormat;
  if (format !== 'json' && format !== 'console') {
    throw new ConfigError(`unknown log format: ${format}, supported values json, console`);
  }
  const level = parseLevel(values.logLevel);
  if (level === undefined) throw new LevelError(`unrecognized level: ${JSON.stringify(values.logLevel)}`);
  return { level, format, outputs, rotation };
}
