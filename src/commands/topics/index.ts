/** All topics, in the order in which they are listed. */
import { compatibility } from './compatibility.ts';
import { connection } from './connection.ts';
import { environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { formats } from './formats.ts';
import { keys } from './keys.ts';
import { leases } from './leases.ts';
import { revisions } from './revisions.ts';
import type { Topic } from './topic.ts';
import { transactions } from './transactions.ts';
import { watching } from './watching.ts';

export type { Topic } from './topic.ts';

export const TOPICS: readonly Topic[] = [
  keys,
  revisions,
  transactions,
  watching,
  leases,
  connection,
  formats,
  exitCodes,
  environment,
  compatibility,
];

/** By its name, or the only one that begins so. */
export function topicNamed(name: string): Topic | undefined {
  const exact = TOPICS.find((topic) => topic.name === name);
  if (exact !== undefined || name === '') return exact;
  const [first, ...others] = TOPICS.filter((topic) => topic.name.startsWith(name));
  return others.length === 0 ? first : undefined;
}

/** The topics that say more about a command. */
export function topicsAbout(command: string): readonly Topic[] {
  return TOPICS.filter(({ commands }) => commands.includes(command));
}
