/** The file of contexts: JSON, readable by its owner only, replaced as a whole. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { badArgs, CommandError, Exit } from '../exit.ts';
import type { FlagKind, FlagValue } from '../grammar/flags.ts';
import type { Environment } from '../terminal.ts';
import { type Contexts, NO_CONTEXTS, SETTINGS, type Settings } from './model.ts';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;
const FILE_NAME = 'contexts.json';

/** `$KVCTL_CONFIG`, or `kvctl/contexts.json` in the directory for configuration of the user. */
export function contextsPath(env: Environment): string {
  if (env.KVCTL_CONFIG) return env.KVCTL_CONFIG;
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return join(base, 'kvctl', FILE_NAME);
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  bool: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  list: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

const WANTED: Readonly<Record<string, string>> = {
  bool: 'true or false',
  string: 'a text',
  list: 'a list of texts',
};

function settingsOf(value: unknown, refuse: (why: string) => never): Settings {
  if (!isObject(value)) refuse('is no object');
  for (const [name, item] of Object.entries(value)) {
    const kind: FlagKind | undefined = SETTINGS[name];
    if (kind === undefined) refuse(`has a setting ${JSON.stringify(name)}, which no context has`);
    if (!FITS[kind](item)) refuse(`has ${name} that is not ${WANTED[kind]}`);
  }
  return value as Record<string, FlagValue>;
}

function parse(text: string, path: string): Contexts {
  const refuse = (why: string): never => {
    throw badArgs(`bad file of contexts ${path}: ${why}`);
  };
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    refuse((error as Error).message);
  }
  if (!isObject(file) || !isObject(file.contexts)) return refuse('no object with "contexts" in it');
  const { current = '', contexts } = file;
  if (typeof current !== 'string') return refuse('"current" is no text');
  const byName = Object.entries(contexts).map(
    ([name, value]) =>
      [name, settingsOf(value, (why) => refuse(`context ${JSON.stringify(name)} ${why}`))] as const,
  );
  return { current, byName: new Map(byName) };
}

const isMissing = ({ code }: NodeJS.ErrnoException) => code === 'ENOENT' || code === 'ENOTDIR';

/** A file that is not there holds no contexts. @throws CommandError for one that cannot be read or understood. */
export function readContexts(path: string): Contexts {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error as NodeJS.ErrnoException)) return NO_CONTEXTS;
    throw badArgs(`cannot read the file of contexts ${path}: ${(error as Error).message}`);
  }
  return parse(text, path);
}

/** @throws CommandError */
export function writeContexts(path: string, { current, byName }: Contexts): void {
  const text = `${JSON.stringify({ current, contexts: Object.fromEntries(byName) }, undefined, 2)}\n`;
  const part = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    writeFileSync(part, text, { mode: OWNER_ONLY_FILE, flag: 'wx' });
    chmodSync(part, OWNER_ONLY_FILE); // whatever the umask
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw new CommandError(
      Exit.Error,
      `cannot write the file of contexts ${path}: ${(error as Error).message}`,
    );
  }
}
