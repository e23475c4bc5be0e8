/** Which context a command runs in, and what of it still counts beside the command line and the environment. */
import type { FlagReader, FlagSet, FlagValue } from '../grammar/flags.ts';
import type { Environment } from '../terminal.ts';
import { contextsPath, readContexts } from './file.ts';
import { type Contexts, contextNamed, SETTINGS, type Settings } from './model.ts';

export const CONTEXT_FLAG = 'context';
const CONTEXT_VARIABLE = 'KVCTL_CONTEXT';

/** Settings that only make sense together: if one of them came from elsewhere, the context's others are left out. */
const UNITS: readonly { readonly settings: readonly string[]; readonly unless: readonly string[] }[] = [
  {
    settings: ['endpoints', 'discovery-srv', 'discovery-srv-name'],
    unless: ['endpoints', 'discovery-srv', 'discovery-srv-name'],
  },
  { settings: ['insecure-discovery'], unless: ['insecure-discovery'] },
  { settings: ['cacert'], unless: ['cacert'] },
  { settings: ['cert', 'key'], unless: ['cert', 'key'] },
  { settings: ['insecure-skip-tls-verify'], unless: ['insecure-skip-tls-verify'] },
  { settings: ['insecure-transport'], unless: ['insecure-transport'] },
  { settings: ['user'], unless: ['user', 'auth-jwt-token'] },
  { settings: ['password'], unless: ['user', 'password', 'auth-jwt-token'] },
];

function applySettings(flags: FlagSet, settings: Settings): void {
  const given = new Set(UNITS.flatMap(({ unless }) => unless).filter((name) => flags.isSet(name)));
  for (const unit of UNITS) {
    if (unit.unless.some((name) => given.has(name))) continue;
    for (const name of unit.settings) {
      if (settings[name] !== undefined) flags.assign(flags.lookup(name)!, settings[name]);
    }
  }
}

/** The context called for by name; undefined if none was. An empty flag calls for none at all. */
function calledFor(flags: FlagReader, env: Environment): string | undefined {
  return flags.isSet(CONTEXT_FLAG) ? flags.text(CONTEXT_FLAG) : env[CONTEXT_VARIABLE] || undefined;
}

/** The current context is for commands that do not say where to go. */
function saysWhere(flags: FlagReader): boolean {
  return flags.isSet('endpoints') || flags.isSet('discovery-srv');
}

/** The name of the context in which a command with these flags runs; '' for none. */
export function contextInUse(
  flags: FlagReader,
  env: Environment,
  contexts: () => Contexts = () => readContexts(contextsPath(env)),
): string {
  return calledFor(flags, env) ?? (saysWhere(flags) ? '' : contexts().current);
}

/**
 * Fills in what neither the command line nor the environment, which was read before, has set. Returns the name of the
 * context, '' for none. @throws CommandError for a context that is not there.
 */
export function applyContext(flags: FlagSet, env: Environment): string {
  let read: Contexts | undefined;
  const contexts = () => (read ??= readContexts(contextsPath(env)));
  const name = contextInUse(flags, env, contexts);
  if (name !== '') applySettings(flags, contextNamed(contexts(), name));
  return name;
}

/** What the command line sets of a context. */
export function settingsOf(flags: FlagReader): Settings {
  const read: Readonly<Record<string, (name: string) => FlagValue>> = {
    bool: (name) => flags.bool(name),
    list: (name) => flags.list(name),
    string: (name) => flags.text(name),
  };
  const given = Object.entries(SETTINGS).filter(([name]) => flags.isSet(name));
  return Object.fromEntries(given.map(([name, kind]) => [name, read[kind](name)]));
}
