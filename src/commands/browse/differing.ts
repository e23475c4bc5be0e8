/** The printing of differences as they are found, for `diff` and `history --diff`. */
import type { KeySpan } from '../../client/range.ts';
import { type Difference, differences, type Revisions } from '../../client/walk/differences.ts';
import type { ReadRange } from '../../client/walk/range-reader.ts';
import { CATALOGUE } from '../../core/errors.ts';
import type { Decoding } from '../../printer/decode.ts';
import type { Context } from '../command.ts';
import { badArgs, CommandError, Exit } from '../exit.ts';
import { parseInteger, ValueError } from '../grammar/values.ts';
import { isStreamed } from './reading.ts';

export function parseRevision(text: string): number {
  try {
    const revision = Number(parseInteger(text, { base: 10, signed: false }));
    if (revision > 0) return revision;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
  }
  throw badArgs(`a revision is a whole number from 1 on, not "${text}"`);
}

/** Says which of the two cannot be read, before anything is printed. */
async function check(read: ReadRange, span: KeySpan, revision: number): Promise<void> {
  try {
    await read({ ...span, revision, countOnly: true });
  } catch (error) {
    const { details } = error as { readonly details?: string };
    if (details === CATALOGUE.Compacted[1]) {
      throw new CommandError(Exit.Error, `revision ${revision} is gone: it has been compacted`);
    }
    if (details === CATALOGUE.FutureRev[1]) {
      throw new CommandError(Exit.Error, `revision ${revision} does not exist yet`);
    }
    throw error;
  }
}

export interface DiffQuestion {
  readonly span: KeySpan;
  readonly revisions: Revisions;
  readonly namesOnly: boolean;
  readonly decoding: Decoding | undefined;
}

/** How many there were. */
export async function printDifferences(
  context: Context,
  read: ReadRange,
  { span, revisions, namesOnly, decoding }: DiffQuestion,
): Promise<number> {
  await check(read, span, revisions.before);
  await check(read, span, revisions.after);
  const print = (list: readonly Difference[]) =>
    context.print('differences', { revisions, differences: list, namesOnly }, { decoding });
  const all: Difference[] = [];
  let count = 0;
  for await (const item of differences(read, span, revisions)) {
    count++;
    if (isStreamed(context)) await print([item]);
    else all.push(item);
  }
  if (!isStreamed(context)) await print(all);
  return count;
}
