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
  /** Lines of the file that hold the expected output: from `from` (counted from 0) up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
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
    if (i === lines.length) throw new Error(`line ${line}: a case without ${SEPARATOR}`);
    const from = ++i;
    const expected: string[] = [];
    if (lines[i] === SEPARATOR) {
      i++;
      while (!(lines[i] === SEPARATOR && lines[i + 1] === SEPARATOR)) {
        if (i >= lines.length) throw new Error(`line ${line}: doubled ${SEPARATOR} is not closed`);
        expected.push(lines[i++]);
      }
      i += 2;
    } else while (i < lines.length && lines[i].trim() !== '') expected.push(lines[i++]);
    const [command, ...rest] = splitDirective(directive);
    const output = expected.length > 0 ? `${expected.join('\n')}\n` : '';
    cases.push({
      line,
      command,
      args: rest.map(parseArgument),
      input: input.join('\n'),
      expected: output,
      from,
      to: i,
    });
  }
  return cases;
}

/** The same script with other outputs, in the order of its cases: how a script is rewritten when behaviour changes. */
export function withOutputs(text: string, outputs: readonly string[]): string {
  const lines = text.split('\n');
  let done = 0;
  const out: string[] = [];
  parseScript(text).forEach(({ from, to }, i) => {
    const output = outputs[i].replace(/\n$/, '').split('\n');
    out.push(...lines.slice(done, from));
    if (output.some((l) => l.trim() === '')) out.push(SEPARATOR, ...output, SEPARATOR, SEPARATOR);
    else out.push(...output);
    done = to;
  });
  return [...out, ...lines.slice(done)].join('\n');
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

/** Arguments by what they are for. */
export class Arguments {
  readonly all: readonly Argument[];

  constructor(args: readonly Argument[]) {
    this.all = args;
  }

  /** Words without a value. */
  get words(): string[] {
    return this.all.filter((a) => a.values.length === 0).map((a) => a.key);
  }

  ids(): number[] {
    return this.words.map(Number);
  }

  list(key: string): string[] | undefined {
    const found = this.all.find((a) => a.key === key && a.values.length > 0);
    return found ? [...found.values] : undefined;
  }

  value(key: string): string | undefined {
    return this.list(key)?.[0];
  }

  flag(key: string): boolean {
    return this.value(key) === 'true';
  }
}
