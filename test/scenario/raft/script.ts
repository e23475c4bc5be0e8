/**
 * Data-driven scripts: directives, optional input, `----`, the expected output up to an empty line. Output that contains
 * empty lines stands between doubled separators. A trailing `\` continues a directive on the next line.
 */

export interface Argument {
  readonly key: string;
  readonly values: readonly string[];
}

export interface Case {
  readonly line: number;
  readonly command: string;
  readonly args: readonly Argument[];
  readonly input: string;
  readonly expected: string;
}

const SEPARATOR = '----';

export function parseScript(text: string): Case[] {
  const lines = text.split('\n');
  const cases: Case[] = [];
  let i = 0;
  while (i < lines.length) {
    if (lines[i].trim() === '' || lines[i].startsWith('#')) {
      i++;
      continue;
    }
    const line = i + 1;
    let directive = lines[i++];
    while (directive.endsWith('\\')) directive = directive.slice(0, -1) + lines[i++];
    const input: string[] = [];
    while (i < lines.length && lines[i] !== SEPARATOR) input.push(lines[i++]);
    i++;
    const expected: string[] = [];
    if (lines[i] === SEPARATOR) {
      i++;
      while (!(lines[i] === SEPARATOR && lines[i + 1] === SEPARATOR)) expected.push(lines[i++]);
      i += 2;
    } else while (i < lines.length && lines[i].trim() !== '') expected.push(lines[i++]);
    const [command, ...rest] = splitDirective(directive);
    const output = expected.length > 0 ? `${expected.join('\n')}\n` : '';
    cases.push({ line, command, args: rest.map(parseArgument), input: input.join('\n'), expected: output });
  }
  return cases;
}

/** Words at blanks, but parentheses keep theirs. */
function splitDirective(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ' ' && depth === 0) {
      if (word) words.push(word);
      word = '';
    } else word += char;
  }
  if (word) words.push(word);
  return words;
}

function parseArgument(word: string): Argument {
  const eq = word.indexOf('=');
  if (eq < 0) return { key: word, values: [] };
  const value = word.slice(eq + 1);
  const key = word.slice(0, eq);
  if (!value.startsWith('(')) return { key, values: [value] };
  const inner = value.slice(1, -1).trim();
  return { key, values: inner === '' ? [] : inner.split(',').map((v) => v.trim()) };
}
