/** Words of a line typed into `txn` or `watch -i`: blanks separate, quotes keep together (cli.md 6.5). */
import { QuoteError, unquote } from '../printer/quote.ts';
import { CommandError, Exit } from './exit.ts';
import { argumentText } from './io.ts';

const WORD = /"(?:[^"\\]|\\.)*"|'[^']*'|[^\s'"]\S*[^\s'"]?|[^\s'"]/g;

/** @throws CommandError for a quoted word with a bad escape. */
export function splitWords(line: string): string[] {
  return Array.from(line.matchAll(WORD), ([word]) => {
    if (word.startsWith("'")) return word.slice(1, -1);
    if (!word.startsWith('"')) return word;
    try {
      return argumentText(unquote(word));
    } catch (error) {
      if (error instanceof QuoteError) throw new CommandError(Exit.InvalidInput, error.message);
      throw error;
    }
  });
}
