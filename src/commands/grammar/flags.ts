/**
 * Flags as pflag users know them: `--name value`, `--name=value`, `-w json`, `-wjson`, `-w=json`, anywhere between
 * positional arguments, until `--`. A boolean flag never takes a detached word.
 */
import { formatDuration } from '../../printer/humanize.ts';
import { quote } from '../../printer/quote.ts';
import { parseBool, parseDuration, parseInteger, parseList, ValueError } from './values.ts';

export type FlagKind = 'bool' | 'string' | 'int' | 'uint' | 'duration' | 'list';
export type FlagValue = boolean | string | number | readonly string[];

/** A flag's declaration. Durations are in milliseconds. */
export interface FlagSpec {
  readonly name: string;
  readonly kind: FlagKind;
  readonly usage: string;
  readonly short?: string;
  readonly default?: FlagValue;
  /** Word for the value in help, where the kind's own says too little. */
  readonly word?: string;
  readonly hidden?: boolean;
  readonly required?: boolean;
}

/** A command line that its grammar refuses; the usage of the command follows the message. Exit code 1. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export const HELP_FLAG = 'help';

const ZERO: Readonly<Record<FlagKind, FlagValue>> = {
  bool: false,
  string: '',
  int: 0,
  uint: 0,
  duration: 0,
  list: [],
};

export function zeroValue(kind: FlagKind): FlagValue {
  return ZERO[kind];
}

/** @throws ValueError */
export function readValue(kind: FlagKind, text: string): FlagValue {
  switch (kind) {
    case 'bool':
      return parseBool(text);
    case 'int':
      return Number(parseInteger(text, { base: 0, signed: true }));
    case 'uint':
      return Number(parseInteger(text, { base: 0, signed: false }));
    case 'duration':
      return parseDuration(text);
    case 'list':
      return parseList(text);
    default:
      return text;
  }
}

/** How a value is shown as a default, and in --debug's listing. */
export function showValue(kind: FlagKind, value: FlagValue): string {
  if (kind === 'duration') return formatDuration((value as number) * 1e6);
  return kind === 'list' ? `[${(value as readonly string[]).join(',')}]` : String(value);
}

/** The flags one command accepts, and what the command line and the environment set them to. */
export class FlagSet {
  private readonly byName = new Map<string, FlagSpec>();
  private readonly byShort = new Map<string, FlagSpec>();
  private readonly values = new Map<string, FlagValue>();
  private readonly changed = new Set<string>();
  /** Positional arguments before `--`; undefined if there was none. */
  beforeDash: number | undefined;

  constructor(...groups: readonly (readonly FlagSpec[])[]) {
    for (const specs of groups) for (const spec of specs) this.add(spec);
  }

  add(spec: FlagSpec): void {
    this.byName.set(spec.name, spec);
    if (spec.short !== undefined) this.byShort.set(spec.short, spec);
  }

  lookup(name: string): FlagSpec | undefined {
    return this.byName.get(name);
  }

  lookupShort(letter: string): FlagSpec | undefined {
    return this.byShort.get(letter);
  }

  isSet(name: string): boolean {
    return this.changed.has(name);
  }

  assign(spec: FlagSpec, value: FlagValue): void {
    const appended = spec.kind === 'list' && this.changed.has(spec.name);
    const before = appended ? (this.values.get(spec.name) as readonly string[]) : [];
    this.values.set(spec.name, spec.kind === 'list' ? [...before, ...(value as readonly string[])] : value);
    this.changed.add(spec.name);
  }

  private set(spec: FlagSpec, text: string): void {
    try {
      this.assign(spec, readValue(spec.kind, text));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const name = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
      throw new UsageError(`invalid argument ${quote(text)} for ${quote(name)} flag: ${error.message}`);
    }
  }

  private value(name: string): FlagValue {
    const spec = this.byName.get(name);
    if (spec === undefined) throw new Error(`flag ${name} was never declared`);
    return this.values.get(name) ?? spec.default ?? ZERO[spec.kind];
  }

  bool(name: string): boolean {
    return this.value(name) as boolean;
  }

  text(name: string): string {
    return this.value(name) as string;
  }

  number(name: string): number {
    return this.value(name) as number;
  }

  list(name: string): readonly string[] {
    return this.value(name) as readonly string[];
  }

  show(name: string): string {
    return showValue(this.byName.get(name)!.kind, this.value(name));
  }

  /** Reads the flags out of `args` and returns the positional arguments. @throws UsageError */
  parse(args: readonly string[]): string[] {
    const positional: string[] = [];
    const rest = [...args].reverse();
    while (rest.length > 0) {
      const word = rest.pop()!;
      if (word === '--') {
        this.beforeDash = positional.length;
        return [...positional, ...rest.reverse()];
      }
      if (word.startsWith('--')) this.parseLong(word, rest);
      else if (word.startsWith('-') && word !== '-') this.parseShort(word.slice(1), rest);
      else positional.push(word);
    }
    return positional;
  }

  private parseLong(word: string, rest: string[]): void {
    const body = word.slice(2);
    if (body.startsWith('-') || body.startsWith('=')) throw new UsageError(`bad flag syntax: ${word}`);
    const equals = body.indexOf('=');
    const name = equals === -1 ? body : body.slice(0, equals);
    const spec = this.byName.get(name);
    if (spec === undefined) throw new UsageError(`unknown flag: --${name}`);
    if (equals !== -1) this.set(spec, body.slice(equals + 1));
    else if (spec.kind === 'bool') this.assign(spec, true);
    else if (rest.length > 0) this.set(spec, rest.pop()!);
    else throw new UsageError(`flag needs an argument: ${word}`);
  }

  /** `letters` is a group such as `iw=json`: booleans, then at most one flag with a value. */
  private parseShort(letters: string, rest: string[]): void {
    for (let i = 0; i < letters.length; i++) {
      const group = letters.slice(i);
      const spec = this.byShort.get(group[0]);
      if (spec === undefined) throw new UsageError(`unknown shorthand flag: '${group[0]}' in -${group}`);
      if (group.length > 2 && group[1] === '=') return this.set(spec, group.slice(2));
      if (spec.kind === 'bool') {
        this.assign(spec, true);
        continue;
      }
      if (group.length > 1) return this.set(spec, group.slice(1));
      if (rest.length === 0) throw new UsageError(`flag needs an argument: '${group}' in -${group}`);
      return this.set(spec, rest.pop()!);
    }
  }
}

/** What a command sees of its flags. */
export type FlagReader = Pick<FlagSet, 'bool' | 'text' | 'number' | 'list' | 'isSet' | 'beforeDash'>;
