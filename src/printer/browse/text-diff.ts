/** The difference of two values as lines that begin with `-`, `+` or a blank, with hunks as in a unified diff. */
import { structuredPatch } from 'diff';
import { utf8Of } from '../decode.ts';
import { formatSize } from '../humanize.ts';
import type { Paint } from '../paint.ts';
import { quoteBytes } from '../quote.ts';

/** Lines around a change. */
const CONTEXT_LINES = 3;
/** Changed lines beyond which the shortest way from one text to the other is no longer looked for. */
const MOST_EDITS = 2000;

export interface DiffLimits {
  /** Lines of one value or hunk; the rest is counted. */
  readonly lines: number;
  /** Characters of one line. */
  readonly columns: number;
}

export const WHOLE: DiffLimits = { lines: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };

/** Text that a terminal shows as it is; control characters other than tabs and line ends are none. */
const TEXT = /^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$/;

/** The lines of a value; undefined if it is no text. */
function linesOf(value: Uint8Array): string[] | undefined {
  const text = utf8Of(value);
  if (text === undefined || !TEXT.test(text.replaceAll('\r\n', '\n'))) return undefined;
  return text.split('\n');
}

const NO_NEWLINE = '\\ No newline at end of file';

type Mark = '-' | '+' | ' ' | '@' | '\\';

function painted(mark: Mark, line: string, paint: Paint): string {
  if (mark === '-') return paint.red(line);
  if (mark === '+') return paint.green(line);
  return mark === '@' ? paint.cyan(line) : mark === '\\' ? paint.dim(line) : line;
}

function cut(line: string, columns: number): string {
  return line.length <= columns
    ? line
    : `${line.slice(0, columns)}… (${line.length - columns} more characters)`;
}

/** `marked` begin with their mark. */
function finished(marked: readonly string[], limits: DiffLimits, paint: Paint): string[] {
  const kept = marked.length > limits.lines ? marked.slice(0, limits.lines) : marked;
  const lines = kept.map((line) => painted(line[0] as Mark, cut(line, limits.columns), paint));
  return kept.length === marked.length
    ? lines
    : [...lines, paint.dim(`… ${(marked.length - kept.length).toLocaleString('en-US')} more lines`)];
}

/** All lines of one value, each with the mark. An empty value has none. */
function allLines(mark: '-' | '+', value: Uint8Array): string[] {
  const lines = linesOf(value);
  if (lines === undefined) return [`${mark}${binary(value)}`];
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => mark + line);
}

const SHORT_BINARY_BYTES = 64;

/** Bytes that are no text: in quotes if they are few. */
function binary(value: Uint8Array): string {
  return value.length <= SHORT_BINARY_BYTES ? quoteBytes(value) : `(binary, ${formatSize(value.length)})`;
}

function hunks(before: string, after: string): string[] | undefined {
  const options = { context: CONTEXT_LINES, maxEditLength: MOST_EDITS };
  const patch = structuredPatch('', '', before, after, '', '', options);
  if (patch === undefined) return undefined;
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]);
}

/** `undefined`: there was no value, or there is none any more. */
export function diffLines(
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
  limits: DiffLimits,
  paint: Paint,
): string[] {
  const [old, fresh] = [before && linesOf(before), after && linesOf(after)];
  const isLong = (old?.length ?? 0) > 2 || (fresh?.length ?? 0) > 2;
  const found =
    old !== undefined && fresh !== undefined && isLong ? hunks(old.join('\n'), fresh.join('\n')) : undefined;
  // Whether the last line is ended is worth a word only where that has changed.
  const endsAlike = (old?.at(-1) === '') === (fresh?.at(-1) === '');
  if (found !== undefined) {
    return finished(endsAlike ? found.filter((line) => line !== NO_NEWLINE) : found, limits, paint);
  }
  const marked = [
    ...(before === undefined ? [] : allLines('-', before)),
    ...(after === undefined ? [] : allLines('+', after)),
  ];
  return finished(marked, limits, paint);
}
