/**
 * The text of a flag or an environment variable to its value, by Go's rules (package flag, strconv, time): numbers
 * may be written 0x10, 0b1, 0o7, 010 or 1_000; a duration needs its unit. What is wrong is the message of a ValueError.
 */
import { parseBool, parseGates } from './feature-gates.ts';
import type { FlagSpec } from './flag-spec.ts';
import { parseOrigins, parseUrls, ValueError } from './urls.ts';

const PARSE_ERROR = 'parse error';
const OUT_OF_RANGE = 'value out of range';
const MAX_UINT32 = 2n ** 32n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;

/** Digits with Go's base prefixes; undefined: it is no such number. */
function parseDigits(text: string): bigint | undefined {
  const spelled =
    /^(0[xX]_?[0-9a-fA-F]+(_[0-9a-fA-F]+)*|0[bB]_?[01]+(_[01]+)*|0[oO]?_?[0-7]+(_[0-7]+)*|0|[1-9]\d*(_\d+)*)$/;
  if (!spelled.test(text)) return undefined;
  const plain = text.replaceAll('_', '');
  return BigInt(/^0\d/.test(plain) ? `0o${plain.slice(1)}` : plain);
}

/** Settings beyond 2^53 mean "no limit"; held as the largest safe integer. */
function toSafe(value: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (value > limit) return Number.MAX_SAFE_INTEGER;
  return value < -limit ? -Number.MAX_SAFE_INTEGER : Number(value);
}

export function parseUint(text: string): number {
  const value = parseDigits(text);
  if (value === undefined) throw new ValueError(PARSE_ERROR);
  if (value > MAX_UINT64) throw new ValueError(OUT_OF_RANGE);
  return toSafe(value);
}

export function parseInt64(text: string): number {
  const negative = text.startsWith('-');
  const size = parseDigits(/^[+-]/.test(text) ? text.slice(1) : text);
  if (size === undefined) throw new ValueError(PARSE_ERROR);
  if (size > (negative ? MAX_INT64 + 1n : MAX_INT64)) throw new ValueError(OUT_OF_RANGE);
  return toSafe(negative ? -size : size);
}

function parseUint32(text: string): number {
  const value = parseDigits(text);
  const fail = (cause: string): never => {
    throw new ValueError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${cause}`);
  };
  if (value === undefined) return fail('invalid syntax');
  return value > MAX_UINT32 ? fail(OUT_OF_RANGE) : Number(value);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** 2^63 nanoseconds. */
const MAX_DURATION_MS = 2 ** 63 / 1e6;

/** A Go duration in milliseconds; undefined: it is none. */
export function parseDuration(text: string): number | undefined {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0;
  for (const [, number, unit] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(number) * UNIT_MS[unit];
  }
  if (total >= MAX_DURATION_MS) return undefined;
  return text.startsWith('-') ? -total : total;
}

function durationValue(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new ValueError(PARSE_ERROR);
  return ms;
}

function choiceValue(spec: FlagSpec, text: string): string {
  if (spec.choices?.includes(text)) return text;
  throw new ValueError(spec.quotesBadChoice ? `invalid value ${JSON.stringify(text)}` : 'invalid value');
}

export function sortedUnique(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}

/** @throws ValueError */
export function parseValue(spec: FlagSpec, text: string): unknown {
  switch (spec.kind) {
    case 'string':
      return text;
    case 'bool': {
      const value = parseBool(text);
      if (value === undefined) throw new ValueError(PARSE_ERROR);
      return value;
    }
    case 'uint':
      return parseUint(text);
    case 'uint32':
      return parseUint32(text);
    case 'int':
      return parseInt64(text);
    case 'duration':
      return durationValue(text);
    case 'list':
      return text.split(',');
    case 'set':
      return sortedUnique(text.split(','));
    case 'urls':
      return parseUrls(text);
    case 'origins':
      return parseOrigins(text);
    case 'choice':
      return choiceValue(spec, text);
    case 'gates':
      parseGates(text);
      return text;
  }
}
