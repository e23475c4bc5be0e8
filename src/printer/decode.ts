/**
 * `--decode`: keys and values in JSON, YAML and tables as something that people read, instead of the base64 that etcd's
 * JSON has. Nothing is lost: what cannot be shown in the way asked for becomes `{"base64": "..."}`.
 */
import { asBuffer } from '../core/wire/bytes.ts';
import { quoteBytes } from './quote.ts';

export const DECODINGS = ['base64', 'utf8', 'json', 'hex', 'auto'] as const;
export type Decoding = (typeof DECODINGS)[number];

export function isDecoding(name: string): name is Decoding {
  return (DECODINGS as readonly string[]).includes(name);
}

/** The text that the bytes are, undefined if they are not UTF-8. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  const buffer = asBuffer(bytes);
  const text = buffer.toString('utf8');
  return text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(buffer) ? undefined : text;
}

/** JSON on one line, every number as it was written; undefined if it is none. */
function compactJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}

export type Role = 'key' | 'value';

/** The bytes as JSON. A key is never taken for JSON itself. */
export function jsonOfBytes(bytes: Uint8Array, decoding: Decoding, role: Role): string {
  const base64 = `"${asBuffer(bytes).toString('base64')}"`;
  if (decoding === 'base64') return base64;
  if (decoding === 'hex') return `"${asBuffer(bytes).toString('hex')}"`;
  const text = utf8Of(bytes);
  if (text === undefined) return `{"base64":${base64}}`;
  const mayBeJson =
    role === 'value' && (decoding === 'json' || (decoding === 'auto' && /^\s*[[{]/.test(text)));
  return (mayBeJson ? compactJson(text) : undefined) ?? JSON.stringify(text);
}

/**
 * Printable text as it is, unless it begins with a quote; anything else in quotes, with escapes. So it is one line, and
 * no two keys look the same.
 */
export function shown(bytes: Uint8Array): string {
  const quoted = quoteBytes(bytes);
  const text = quoted.slice(1, -1).replace(/\\(["\\])/g, '$1');
  const isPlain = asBuffer(bytes).equals(Buffer.from(text)) && text.trim() === text && !/^"|^$/.test(text);
  return isPlain ? text : quoted;
}

/** Characters of a value in a table; the rest is said to be there. */
const CELL_WIDTH = 60;

/** Text of several lines on one, for a look at it: what it was exactly does not matter there. */
function inOneLine(bytes: Uint8Array): string {
  const text = utf8Of(bytes)
    ?.replace(/\s*\n\s*(?=\S)/g, ' ⏎ ')
    .replace(/\s*\n\s*$/, ' ⏎');
  return text === undefined ? shown(bytes) : shown(Buffer.from(text));
}

function previewText(bytes: Uint8Array, decoding: Decoding | undefined): string {
  if (decoding === 'hex' || decoding === 'base64') return asBuffer(bytes).toString(decoding);
  return inOneLine(bytes);
}

/** The bytes on one line, cut where they are too long to be looked at. */
export function preview(bytes: Uint8Array, decoding: Decoding | undefined, width = CELL_WIDTH): string {
  // Four bytes make at most one letter that is cut in two.
  const isCut = bytes.length > width * 4;
  const head = isCut ? wholeLetters(bytes.subarray(0, width * 4)) : bytes;
  const letters = Array.from(previewText(head, decoding));
  if (letters.length <= width && !isCut) return letters.join('');
  return `${letters.slice(0, width - 1).join('')}…`;
}

/** Without the beginning of a letter at the end. */
function wholeLetters(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 4 && (bytes[end - 1] & 0xc0) === 0x80) end--;
  return end > 0 && bytes[end - 1] >= 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}
