/**
 * ETCDCTL_* variables: each global flag has one. Read once, when a command builds its client, so that commands without
 * a client never complain about them (cli.md 3.2).
 */
import { type FlagSet, type FlagSpec, readValue, zeroValue } from './grammar/flags.ts';
import { ValueError } from './grammar/values.ts';

const PREFIX = 'ETCDCTL_';

/** Variables that `watch` reads itself. */
export const WATCH_VARIABLES: readonly string[] = ['ETCDCTL_WATCH_KEY', 'ETCDCTL_WATCH_RANGE_END'];

export function variableOf(flag: string): string {
  return PREFIX + flag.toUpperCase().replaceAll('-', '_');
}

export interface EnvironmentReport {
  /** A variable for a flag that the command line sets too; nothing can be done then. */
  readonly conflict: string | undefined;
  /** `NAME=value` of variables that no flag reads. */
  readonly unknown: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Sets flags from the environment. A value that cannot be read becomes the zero value, silently, as in etcdctl. */
export function applyEnvironment(
  flags: FlagSet,
  specs: readonly FlagSpec[],
  env: Environment,
  exempt: readonly string[],
): EnvironmentReport {
  const used = new Set<string>(exempt);
  const shadowed = new Set<string>();
  for (const spec of specs) {
    const variable = variableOf(spec.name);
    const text = env[variable];
    if (flags.isSet(spec.name)) shadowed.add(variable);
    else if (text !== undefined && text !== '') {
      used.add(variable);
      flags.assign(spec, readOrZero(spec, text));
    }
  }
  const present = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !used.has(name));
  return {
    conflict: present.find((name) => shadowed.has(name)),
    unknown: present.filter((name) => !shadowed.has(name)).map((name) => `${name}=${env[name]}`),
  };
}

function readOrZero(spec: FlagSpec, text: string) {
  try {
    return readValue(spec.kind, text);
  } catch (error) {
    if (error instanceof ValueError) return zeroValue(spec.kind);
    throw error;
  }
}
