/** The pieces that JSON is put together of, in Go's spelling. */

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

export function jsonString(text: string): string {
  return JSON.stringify(text)
    .replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character])
    .replace(/\\ud[89a-f][0-9a-f]{2}/g, '\\ufffd');
}

/** `parts` are `"name":value`. */
export function object(...parts: readonly string[]): string {
  return `{${parts.join(',')}}`;
}

/** An object of values that are JSON already; what is undefined is left out. */
export function record(
  fields: Readonly<Record<string, string | number | bigint | boolean | undefined>>,
): string {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return object(...present.map(([name, value]) => `"${name}":${value}`));
}

export const array = (items: readonly string[]): string => `[${items.join(',')}]`;
