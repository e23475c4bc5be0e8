/**
 * Go's flag syntax: `-x` is `--x`; a value follows as the next word or behind `=`; a boolean takes one only behind `=`;
 * reading stops at the first word that is not a flag. Values are read as they come, so the first error is the one
 * that is told.
 */
import { parseBool } from './feature-gates.ts';
import {
  CONFIG_FILE_FLAG,
  FLAGS,
  type FlagProperty,
  IGNORED_FLAGS,
  PROPERTY_OF_FLAG,
  VERSION_FLAG,
} from './flags/index.ts';
import { ValueError } from './urls.ts';
import { parseValue } from './values.ts';

export type Settings = Map<FlagProperty, unknown>;

export type CommandLine =
  | {
      readonly kind: 'flags';
      readonly values: Settings;
      /** Names of all flags that were given, also of those without a value to keep. */
      readonly names: ReadonlySet<string>;
      readonly configFile: string;
      readonly version: boolean;
      /** What is left from the first word on that is not a flag. */
      readonly words: readonly string[];
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly text: string };

class SyntaxFailure extends Error {}

interface Reading {
  readonly values: Settings;
  readonly names: Set<string>;
  configFile: string;
  version: boolean;
}

function isBoolean(name: string): boolean {
  if (name === VERSION_FLAG || IGNORED_FLAGS.has(name)) return true;
  const property = PROPERTY_OF_FLAG.get(name);
  return property !== undefined && FLAGS[property].kind === 'bool';
}

function isDefined(name: string): boolean {
  return (
    PROPERTY_OF_FLAG.has(name) ||
    name === VERSION_FLAG ||
    name === CONFIG_FILE_FLAG ||
    IGNORED_FLAGS.has(name)
  );
}

function setFlag(reading: Reading, name: string, text: string): void {
  reading.names.add(name);
  if (IGNORED_FLAGS.has(name)) return;
  const quoted = JSON.stringify(text);
  if (isBoolean(name) && parseBool(text) === undefined) {
    throw new SyntaxFailure(`invalid boolean value ${quoted} for -${name}: parse error`);
  }
  if (name === VERSION_FLAG) reading.version = parseBool(text) as boolean;
  else if (name === CONFIG_FILE_FLAG) reading.configFile = text;
  else {
    const property = PROPERTY_OF_FLAG.get(name) as FlagProperty;
    try {
      reading.values.set(property, parseValue(FLAGS[property], text));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new SyntaxFailure(`invalid value ${quoted} for flag -${name}: ${error.message}`);
    }
  }
}

/** Reads one flag at `argv[at]`; returns the index behind it, or 'help'. */
function readFlag(reading: Reading, argv: readonly string[], at: number): number | 'help' {
  const word = argv[at];
  const bare = word.startsWith('--') ? word.slice(2) : word.slice(1);
  if (bare === '' || bare.startsWith('-') || bare.startsWith('='))
    throw new SyntaxFailure(`bad flag syntax: ${word}`);
  const equals = bare.indexOf('=');
  const name = equals < 0 ? bare : bare.slice(0, equals);
  if (!isDefined(name)) {
    if (name === 'help' || name === 'h') return 'help';
    throw new SyntaxFailure(`flag provided but not defined: -${name}`);
  }
  if (equals >= 0) {
    setFlag(reading, name, bare.slice(equals + 1));
    return at + 1;
  }
  if (isBoolean(name)) {
    setFlag(reading, name, 'true');
    return at + 1;
  }
  if (at + 1 >= argv.length) throw new SyntaxFailure(`flag needs an argument: -${name}`);
  setFlag(reading, name, argv[at + 1]);
  return at + 2;
}

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const reading: Reading = { values: new Map(), names: new Set(), configFile: '', version: false };
  let at = 0;
  try {
    while (at < argv.length) {
      const word = argv[at];
      if (word.length < 2 || !word.startsWith('-')) break;
      if (word === '--') {
        at++;
        break;
      }
      const next = readFlag(reading, argv, at);
      if (next === 'help') return { kind: 'help' };
      at = next;
    }
  } catch (error) {
    if (error instanceof SyntaxFailure) return { kind: 'error', text: error.message };
    throw error;
  }
  return { kind: 'flags', ...reading, words: argv.slice(at) };
}
