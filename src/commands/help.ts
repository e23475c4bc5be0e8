/**
 * `kvctl help [command or topic]`. A name that is neither is told on stderr, with exit code 0, as cobra does it.
 */
import type { Command, CommandNode, Context } from './command.ts';
import { commandLists, nameList } from './grammar/help.ts';
import { resolveNames } from './grammar/resolve.ts';
import { helpOf, usageOf } from './manual.ts';
import { PROGRAM, ROOT } from './table.ts';
import type { Topic } from './topics/index.ts';

/** Texts that other commands need not load. */
const topics = () => import('./topics/index.ts');

async function overview(): Promise<string> {
  const { TOPICS } = await topics();
  return `An etcd-compatible key-value store and its whole toolkit in one command.

A first look, in two terminals:
  ${PROGRAM} serve                     a member, on ./default.etcd and port 2379
  ${PROGRAM} put greeting hello        one key
  ${PROGRAM} get greeting
  ${PROGRAM} watch --prefix ""         all changes, as they happen
  ${PROGRAM} top                       what the cluster is doing

Usage:
  ${PROGRAM} [flags] <command> [arguments]
${commandLists(ROOT)}
Topics:
${nameList(TOPICS.map(({ name, title }) => ({ name, short: title })))}
More:
  ${PROGRAM} help <command>            how it is used, with examples
  ${PROGRAM} help <topic>              a chapter of the manual
  ${PROGRAM} options                   the flags of all commands
`;
}

const topicText = ({ title, text }: Topic): string => `${title}\n\n${text}\n`;

/** Where the manual says more about a command. */
async function seeAlso(path: readonly CommandNode[]): Promise<string> {
  const { topicsAbout } = await topics();
  const more = topicsAbout(path[1]?.name ?? '');
  return more.map(({ name, title }) => `See also "${PROGRAM} help ${name}": ${title}\n`).join('');
}

async function run({ io, args }: Context): Promise<void> {
  if (args.length === 0) return io.write(await overview());
  const path = resolveNames(ROOT, args);
  if (path !== undefined) return io.write((await helpOf(path)) + (await seeAlso(path)));
  const topic = args.length === 1 ? (await topics()).topicNamed(args[0]) : undefined;
  if (topic !== undefined) return io.write(topicText(topic));
  io.warn(
    `Unknown help topic [${args.map((arg) => `\`${arg}\``).join(' ')}]\n${(await usageOf([ROOT])).trimEnd()}`,
  );
}

export const command: Command = {
  use: '[command or topic]',
  long: `The manual: "${PROGRAM} help" for an overview, "${PROGRAM} help <command>" for how a command is used, and
"${PROGRAM} help <topic>" for a chapter on keys, revisions, transactions, leases, connections, output, exit codes, ...`,
  examples: [
    '$ kvctl help exit-codes',
    'Exit codes',
    '...',
    '$ kvctl help lease grant',
    'Creates a lease',
    '...',
  ],
  completes: ['help'],
  flags: [],
  run,
};
