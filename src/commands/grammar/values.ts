/**
 * Values of flags and numeric arguments, read and refused as Go's strconv, time and encoding/csv do: scripts compare
 * the messages. Every reader throws a SyntaxError whose message is the part behind `flag: `.
 */
import { quote } from '../../printer/quote.ts';

/** A value that its reader refused. */
export class ValueError extends Error {
  override name = 'ValueError';
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

export function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new ValueError(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
}

const PREFIXED =
  /^(?:0[xX](?<hex>[0-9a-fA-F_]+)|0[bB](?<bin>[01_]+)|0[oO]?(?<oct>[0-7_]+)|(?<dec>[0-9][0-9_]*))$/;
const UNDERSCORES = /__|_$/;

/** The magnitude of a number in the base that its prefix says, or undefined. Underscores only between digits. */
function magnitude(text: string): bigint | undefined {
  if (text === '0') return 0n;
  const groups = PREFIXED.exec(text)?.groups;
  if (groups === undefined || UNDERSCORES.test(text)) return undefined;
  if (groups.dec !== undefined && (groups.dec.startsWith('0') || groups.dec.startsWith('_')))
    return undefined;
  const digits = (groups.hex ?? groups.bin ?? groups.oct ?? groups.dec).replaceAll('_', '');
  if (groups.hex !== undefined) return BigInt('0x' + digits);
  if (groups.bin !== undefined) return BigInt('0b' + digits);
  return groups.oct !== undefined ? BigInt('0o' + digits) : BigInt(digits);
}

interface IntegerRule {
  /** 0 takes the base from the prefix (0x, 0b, 0o, 0) and allows underscores. */
  readonly base: 0 | 10 | 16;
  readonly signed: boolean;
}

/** @throws ValueError when the text is no integer of that base or does not fit into 64 bits. */
export function parseInteger(text: string, { base, signed }: IntegerRule): bigint {
  const name = signed ? 'strconv.ParseInt' : 'strconv.ParseUint';
  const refuse = (why: string) => new ValueError(`${name}: parsing ${quote(text)}: ${why}`);
  const sign = signed ? /^[+-]/.exec(text)?.[0] : undefined;
  const body = sign === undefined ? text : text.slice(1);
  let value: bigint | undefined;
  if (base === 0) value = magnitude(body);
  else if (base === 16) value = /^[0-9a-fA-F]+$/.test(body) ? BigInt('0x' + body) : undefined;
  else value = /^[0-9]+$/.test(body) ? BigInt(body) : undefined;
  if (value === undefined) throw refuse('invalid syntax');
  if (sign === '-') value = -value;
  const fits = signed ? BigInt.asIntN(64, value) === value : BigInt.asUintN(64, value) === value;
  if (!fits) throw refuse('value out of range');
  return value;
}

const UNIT_NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A duration such as `1m30s` or `-1.5h`, in milliseconds. */
export function parseDuration(text: string): number {
  const invalid = () => new ValueError(`time: invalid duration ${quote(text)}`);
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw invalid();
  let nanoseconds = 0;
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw invalid();
    rest = rest.slice(number.length);
    const unit = /^[^.\d]*/.exec(rest)![0];
    if (unit === '') throw new ValueError(`time: missing unit in duration ${quote(text)}`);
    const scale = UNIT_NANOSECONDS[unit];
    if (scale === undefined) {
      throw new ValueError(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    }
    nanoseconds += Number(number) * scale;
    rest = rest.slice(unit.length);
  }
  return (sign * nanoseconds) / 1e6;
}

function csvError(column: number, why: string): ValueError {
  return new ValueError(`parse error on line 1, column ${column}: ${why}`);
}

/** One quoted field that starts at `start`; returns its text and the index behind its closing quote. */
function quotedField(text: string, start: number): { field: string; next: number } {
  let field = '';
  let i = start + 1;
  for (;;) {
    const close = text.indexOf('"', i);
    if (close === -1) throw csvError(text.length + 1, 'extraneous or missing " in quoted-field');
    field += text.slice(i, close);
    if (text[close + 1] !== '"') {
      if (close + 1 < text.length && text[close + 1] !== ',') {
        throw csvError(close + 1, 'extraneous or missing " in quoted-field');
      }
      return { field, next: close + 1 };
    }
    field += '"';
    i = close + 2;
  }
}

/** A comma-separated list (RFC 4180, one record). An empty text is an empty list. */
export function parseList(text: string): string[] {
  if (text === '') return [];
  const fields: string[] = [];
  let i = 0;
  for (;;) {
    if (text[i] === '"') {
      const { field, next } = quotedField(text, i);
      fields.push(field);
      i = next;
    } else {
      const comma = text.indexOf(',', i);
      const end = comma === -1 ? text.length : comma;
      const field = text.slice(i, end);
      const bare = field.indexOf('"');
      if (bare !== -1) throw csvError(i + bare + 1, 'bare " in non-quoted field');
      fields.push(field);
      i = end;
    }
    if (i >= text.length) return fields;
    i++;
    if (i === text.length) return [...fields, ''];
  }
}
