/** `kvctl context add`: keeps the connection flags of this command line under a name. */
import { resolve } from 'node:path';
import type { Command, Context } from './command.ts';
import { settingsOf } from './contexts/apply.ts';
import { contextsPath, readContexts, writeContexts } from './contexts/file.ts';
import { checkName, SETTINGS, type Settings, withContext } from './contexts/model.ts';
import { badArgs } from './exit.ts';
import { ALL_GLOBAL_FLAGS } from './globals.ts';
import { exactArgs } from './grammar/arity.ts';
import type { FlagReader } from './grammar/flags.ts';
import { askPassword } from './password.ts';

const FILES = ['cacert', 'cert', 'key'];

function refuseWhatIsNotKept(flags: FlagReader): void {
  const strange = ALL_GLOBAL_FLAGS.find(({ name }) => flags.isSet(name) && !(name in SETTINGS));
  if (strange !== undefined) throw badArgs(`a context does not keep --${strange.name}`);
}

function checkPlace({ endpoints, 'discovery-srv': domain }: Settings): void {
  const listed = (endpoints as readonly string[] | undefined) ?? [];
  if (domain === undefined && !listed.some((endpoint) => endpoint.trim() !== ''))
    throw badArgs('a context needs --endpoints or --discovery-srv');
}

/** Paths that hold in every directory, of files that are there and fit together. */
async function tlsFiles(settings: Settings): Promise<Settings> {
  const given = FILES.filter((name) => settings[name] !== undefined);
  if (given.length === 0) return {};
  const paths = Object.fromEntries(given.map((name) => [name, resolve(String(settings[name]))]));
  const { loadTls } = await import('../client/tls-files.ts');
  loadTls({ cert: paths.cert ?? '', key: paths.key ?? '', ca: paths.cacert ?? '', skipVerify: false });
  return paths;
}

interface Login {
  readonly user?: string;
  readonly password?: string;
}

/** `name:password` in --user, unless --password is given too. */
function loginOf({ user, password }: Settings): Login {
  if (user === undefined || user === '') {
    if (password !== undefined) throw badArgs('--password is nothing without --user');
    return {};
  }
  const text = String(user);
  const colon = text.indexOf(':');
  if (password !== undefined || colon === -1) return { user: text, password: password as string | undefined };
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function storedLogin({ flags, io }: Context, settings: Settings): Promise<Settings> {
  const { user, password } = loginOf(settings);
  const store = flags.bool('store-password');
  if (user === undefined) {
    if (store) throw badArgs('--store-password is nothing without --user');
    return {};
  }
  if (store) return { user, password: password ?? (await askPassword(io, `Password of ${user}: `)) };
  if (user.includes(':')) throw badArgs('a user name with a colon needs --store-password');
  if (password !== undefined) {
    io.warn(
      'The password is not stored, commands will ask for it (--store-password stores it in clear text)',
    );
  }
  return { user };
}

async function run(context: Context): Promise<void> {
  const { args, env, flags, io } = context;
  const [name] = args;
  checkName(name);
  refuseWhatIsNotKept(flags);
  const path = contextsPath(env);
  const contexts = readContexts(path);
  if (contexts.byName.has(name) && !flags.bool('replace')) {
    throw badArgs(`there is a context ${JSON.stringify(name)} already (--replace replaces it)`);
  }
  const { user: _, password: __, ...given } = settingsOf(flags);
  checkPlace(given);
  const settings = {
    ...given,
    ...(await tlsFiles(given)),
    ...(await storedLogin(context, settingsOf(flags))),
  };
  const added = withContext(contexts, name, settings);
  writeContexts(path, flags.bool('use') ? { ...added, current: name } : added);
  io.write(`Context ${name} added\n`);
}

export const command: Command = {
  use: '[options] <name>',
  long: `Keeps the connection flags of this command line under a name: --endpoints or --discovery-srv, TLS files (their
paths are made absolute), --insecure-..., --user. A password is kept only with --store-password, in clear text, in a
file that only its owner can read; without it each command asks.`,
  examples: [
    '$ kvctl context add local --endpoints=127.0.0.1:2379',
    'Context local added',
    '$ kvctl context add prod --endpoints=https://db1:2379,https://db2:2379 --user=root --use',
    'Context prod added',
  ],
  flags: [
    { name: 'replace', kind: 'bool', usage: 'take the place of a context of that name' },
    { name: 'store-password', kind: 'bool', usage: 'store the password too, in clear text' },
    { name: 'use', kind: 'bool', usage: 'make it the current context' },
  ],
  refuse: exactArgs(1),
  run,
};
