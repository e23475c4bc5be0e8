/** A comparison of `txn`: `target("key") op "value"` (cli.md 6.5). */
import { Compare, CompareResult, CompareTarget } from '../core/wire/gen/rpc.ts';
import { QuoteError, quote, unquote } from '../printer/quote.ts';
import { CommandError, Exit } from './exit.ts';
import { parseInteger, ValueError } from './grammar/values.ts';

const bad = (message: string) => new CommandError(Exit.InvalidInput, message);

const OPERATORS: Readonly<Record<string, number>> = {
  '=': CompareResult.EQUAL,
  '!=': CompareResult.NOT_EQUAL,
  '>': CompareResult.GREATER,
  '<': CompareResult.LESS,
};

const TARGETS: Readonly<Record<string, number>> = {
  ver: CompareTarget.VERSION,
  version: CompareTarget.VERSION,
  c: CompareTarget.CREATE,
  create: CompareTarget.CREATE,
  m: CompareTarget.MOD,
  mod: CompareTarget.MOD,
  val: CompareTarget.VALUE,
  value: CompareTarget.VALUE,
  lease: CompareTarget.LEASE,
};

/** A string literal, then blanks; undefined if there is none. */
function literal(text: string): { readonly literal: string; readonly rest: string } | undefined {
  const match = /^\s*("(?:[^"\\]|\\.)*"|`[^`]*`)/.exec(text);
  return match === null ? undefined : { literal: match[1], rest: text.slice(match[0].length) };
}

function unquoted(text: string): Uint8Array {
  try {
    return unquote(text);
  } catch (error) {
    if (error instanceof QuoteError) throw bad(error.message);
    throw error;
  }
}

function operand(target: number, value: Uint8Array, line: string): Partial<Compare> {
  if (target === CompareTarget.VALUE) return { value };
  let number: bigint;
  try {
    number = parseInteger(Buffer.from(value).toString('utf8'), { base: 10, signed: true });
  } catch (error) {
    if (error instanceof ValueError) throw bad(`invalid txn compare request: ${line}`);
    throw error;
  }
  if (target === CompareTarget.LEASE) return { lease: number };
  if (target === CompareTarget.VERSION) return { version: Number(number) };
  return target === CompareTarget.CREATE
    ? { createRevision: Number(number) }
    : { modRevision: Number(number) };
}

/** @throws CommandError with exit code 3 */
export function parseComparison(line: string): Compare {
  const open = line.indexOf('(');
  if (open === -1) throw bad(`malformed comparison: ${line}`);
  const word = line.slice(0, open);
  const key = literal(line.slice(open + 1));
  const closed = key?.rest.startsWith(')') === true ? key.rest.slice(1) : undefined;
  const operator = closed === undefined ? undefined : /^\s+(\S+)\s/.exec(closed);
  const value =
    operator === null || operator === undefined || closed === undefined
      ? undefined
      : literal(closed.slice(operator[0].length));
  if (key === undefined || operator === undefined || operator === null || value === undefined) {
    const shownKey = key === undefined ? '' : key.literal;
    throw bad(`malformed comparison: ${line}; got ${word}(${shownKey}) ${operator?.[1] ?? ''} ${quote('')}`);
  }
  const target = TARGETS[word];
  if (target === undefined) throw bad(`malformed comparison: ${line} (unknown target ${word})`);
  const result = OPERATORS[operator[1]];
  if (result === undefined) throw bad(`malformed comparison: ${line} (unknown operator ${operator[1]})`);
  return Compare.create({
    key: unquoted(key.literal),
    result,
    target,
    ...operand(target, unquoted(value.literal), line),
  });
}
