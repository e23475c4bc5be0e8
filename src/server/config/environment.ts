/**
 * ETCD_* variables: every flag has one. A flag that is given twice, on the command line and here, is fatal: nobody can
 * know which was meant, not even when they are equal or the variable is empty.
 */
import type { Settings } from './command-line.ts';
import { envName } from './flag-spec.ts';
import { CONFIG_FILE_FLAG, FLAGS, IGNORED_FLAGS, PROPERTY_OF_FLAG, VERSION_FLAG } from './flags/index.ts';
import type { StartLine } from './server-config.ts';
import { ValueError } from './urls.ts';
import { parseValue } from './values.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'ETCD_';
const VERSION_VARIABLE = envName(VERSION_FLAG);

const CONFLICT =
  'conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))';

export interface EnvironmentOutcome {
  readonly lines: readonly StartLine[];
  /** A bad value. etcd tells the last one, in the order of flag names. */
  readonly error?: string;
  /** Last line is fatal. */
  readonly conflict: boolean;
}

/** Names that a variable can stand for, in the order in which etcd looks. */
const NAMES: readonly string[] = [
  ...PROPERTY_OF_FLAG.keys(),
  ...IGNORED_FLAGS,
  CONFIG_FILE_FLAG,
  VERSION_FLAG,
].sort();

/** Adds what the environment sets to `values`. `given` are the names on the command line. */
export function applyEnvironment(
  env: Environment,
  given: ReadonlySet<string>,
  values: Settings,
): EnvironmentOutcome {
  const lines: StartLine[] = [];
  const used = new Set<string>();
  const shadowed = new Set<string>();
  let error: string | undefined;
  const special = env[VERSION_VARIABLE];
  if (special !== undefined && special !== '') {
    used.add(VERSION_VARIABLE);
    const fields = { key: VERSION_VARIABLE, value: special };
    lines.push({ level: 'warn', msg: 'cannot set special environment variable', fields });
  }
  for (const name of NAMES) {
    const variable = envName(name);
    if (given.has(name)) shadowed.add(variable);
    const text = env[variable];
    if (given.has(name) || text === undefined || text === '' || used.has(variable)) continue;
    used.add(variable);
    const cause = setFrom(name, text, values);
    if (cause !== undefined) error = `invalid value ${JSON.stringify(text)} for ${variable}: ${cause}`;
    else {
      const fields = { 'variable-name': variable, 'variable-value': text };
      lines.push({ level: 'info', msg: 'recognized and used environment variable', fields });
    }
  }
  for (const [variable, text] of Object.entries(env)) {
    if (used.has(variable) || text === undefined) continue;
    if (shadowed.has(variable)) {
      lines.push({ level: 'fatal', msg: CONFLICT, fields: { 'environment-variable': variable } });
      return { lines, conflict: true };
    }
    if (variable.startsWith(PREFIX)) {
      const fields = { 'environment-variable': `${variable}=${text}` };
      lines.push({ level: 'warn', msg: 'unrecognized environment variable', fields });
    }
  }
  return { lines, error, conflict: false };
}

/** Sets the value; the result is what is wrong with it. */
function setFrom(name: string, text: string, values: Settings): string | undefined {
  const property = PROPERTY_OF_FLAG.get(name);
  if (property === undefined) return undefined;
  try {
    values.set(property, parseValue(FLAGS[property], text));
    return undefined;
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
}
