/**
 * Contexts: named sets of global flags (endpoints, TLS files, user) in one file of the user's own, so that nobody types
 * them again and again. Used by session.ts, by the `context` commands and by completion. Laws: what the command line
 * and the environment say comes first; a password is stored only when asked for, and goes to no endpoint but those it
 * was stored with, unless the context is called by its name; where no context was made, nothing behaves otherwise.
 *
 * This file: what a context is.
 */
import { badArgs } from '../exit.ts';
import type { FlagKind, FlagValue } from '../grammar/flags.ts';

/** Values by the names of their flags. */
export type Settings = Readonly<Record<string, FlagValue>>;

export interface Contexts {
  /** Empty: none. */
  readonly current: string;
  readonly byName: ReadonlyMap<string, Settings>;
}

export const NO_CONTEXTS: Contexts = { current: '', byName: new Map() };

/** The flags that a context holds. `password` is the one that is kept only on demand. */
export const SETTINGS: Readonly<Record<string, FlagKind>> = {
  endpoints: 'list',
  'discovery-srv': 'string',
  'discovery-srv-name': 'string',
  'insecure-discovery': 'bool',
  cacert: 'string',
  cert: 'string',
  key: 'string',
  'insecure-skip-tls-verify': 'bool',
  'insecure-transport': 'bool',
  user: 'string',
  password: 'string',
};

const LONGEST_NAME = 64;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** @throws CommandError */
export function checkName(name: string): void {
  if (NAME.test(name) && name.length <= LONGEST_NAME) return;
  throw badArgs(
    `bad context name ${JSON.stringify(name)}: 1 to ${LONGEST_NAME} letters, digits, '.', '_' and '-', the first a letter or a digit`,
  );
}

/** The settings of a context. @throws CommandError that names those there are. */
export function contextNamed({ byName }: Contexts, name: string): Settings {
  const settings = byName.get(name);
  if (settings !== undefined) return settings;
  const names = [...byName.keys()];
  const there = names.length === 0 ? 'there is none' : `there are: ${names.join(', ')}`;
  throw badArgs(`no context ${JSON.stringify(name)}; ${there}`);
}

export function withContext({ current, byName }: Contexts, name: string, settings: Settings): Contexts {
  const sorted = [...byName, [name, settings] as const].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { current, byName: new Map(sorted) };
}

export function withoutContext({ current, byName }: Contexts, name: string): Contexts {
  const rest = new Map(byName);
  rest.delete(name);
  return { current: current === name ? '' : current, byName: rest };
}
