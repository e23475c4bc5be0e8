/**
 * Go's quoted form of strings and bytes (strconv.Quote), which etcd's text outputs use, and its reverse for `txn`.
 * Printable characters stay, `\` and `"` and controls are escaped, bytes that are not UTF-8 become `\xNN`.
 */

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** Letters, marks, numbers, punctuation and symbols; of the spaces only U+0020. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');

function quoteCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  if (code < 0x80) return code < 0x20 || code === 0x7f ? `\\x${hex(code, 2)}` : character;
  if (PRINTABLE.test(character)) return character;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`; // a byte of argv that is not UTF-8
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

export function quote(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  return `"${Array.from(text, quoteCharacter).join('')}"`;
}

/** Length of the well-formed UTF-8 sequence at `i` (Unicode table 3-7), 0 if there is none. */
export function utf8Length(bytes: Uint8Array, i: number): number {
  const first = bytes[i];
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || i + length > bytes.length) return 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (bytes[i + 1] < low || bytes[i + 1] > high) return 0;
  for (let k = 2; k < length; k++) if ((bytes[i + k] & 0xc0) !== 0x80) return 0;
  return length;
}

export function quoteBytes(bytes: Uint8Array): string {
  const decoder = new TextDecoder();
  let out = '"';
  for (let i = 0; i < bytes.length; ) {
    const length = utf8Length(bytes, i);
    if (length === 0) out += `\\x${hex(bytes[i++], 2)}`;
    else if (length === 1) out += quoteCharacter(String.fromCharCode(bytes[i++]));
    else {
      out += quoteCharacter(decoder.decode(bytes.subarray(i, i + length)));
      i += length;
    }
  }
  return out + '"';
}

/** Text that is not a Go string literal. */
export class QuoteError extends Error {
  override name = 'QuoteError';
  constructor() {
    super('invalid syntax');
  }
}

const ESCAPED_BYTES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  '"': 34,
};

/** One escape behind its backslash; returns the bytes it stands for and its length. */
function readEscape(body: string): { bytes: Uint8Array; length: number } {
  const byte = ESCAPED_BYTES[body[0]];
  if (byte !== undefined) return { bytes: Uint8Array.of(byte), length: 1 };
  const digits = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(body);
  if (digits === null) throw new QuoteError();
  const length = digits[0].length;
  if (digits[1] !== undefined) return { bytes: Uint8Array.of(Number.parseInt(digits[1], 16)), length };
  if (digits[2] !== undefined) {
    const value = Number.parseInt(digits[2], 8);
    if (value > 255) throw new QuoteError();
    return { bytes: Uint8Array.of(value), length };
  }
  const point = Number.parseInt(digits[3] ?? digits[4], 16);
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) throw new QuoteError();
  return { bytes: Buffer.from(String.fromCodePoint(point)), length };
}

/** The bytes of a Go string literal, `"..."` with escapes or raw between backquotes. @throws QuoteError */
export function unquote(literal: string): Uint8Array {
  const mark = literal[0];
  if (literal.length < 2 || literal[literal.length - 1] !== mark) throw new QuoteError();
  const body = literal.slice(1, -1);
  if (mark === '`') {
    if (body.includes('`')) throw new QuoteError();
    return Buffer.from(body.replaceAll('\r', ''), 'utf8');
  }
  if (mark !== '"' || body.includes('\n')) throw new QuoteError();
  const parts: Uint8Array[] = [];
  for (let i = 0; i < body.length; ) {
    if (body[i] === '"') throw new QuoteError();
    if (body[i] === '\\') {
      const { bytes, length } = readEscape(body.slice(i + 1));
      parts.push(bytes);
      i += 1 + length;
      continue;
    }
    const end = body.slice(i).search(/[\\"]/);
    const run = end === -1 ? body.slice(i) : body.slice(i, i + end);
    parts.push(Buffer.from(run, 'utf8'));
    i += run.length;
  }
  return Buffer.concat(parts);
}
