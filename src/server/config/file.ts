/**
 * The config file: YAML, or JSON, which is YAML too. Keys are the names of flags, matched without regard to case;
 * unknown ones are passed over. A value has to have the JSON type that etcd's Go struct has, and the errors are those
 * of Go's decoder, struct names included: that is what people find when they search for one.
 */
import { parse, YAMLParseError } from 'yaml';
import type { Settings } from './command-line.ts';
import { parseGates } from './feature-gates.ts';
import { type FlagKind, type FlagSpec, filePath } from './flag-spec.ts';
import { FLAG_ROWS } from './flags/index.ts';
import { parseOrigins, parseUrls, ValueError } from './urls.ts';
import { sortedUnique } from './values.ts';

export type FileOutcome =
  | { readonly kind: 'values'; readonly values: Settings }
  /** Told as `failed to verify flags`. */
  | { readonly kind: 'invalid'; readonly error: string }
  /** Told on stderr as it is. */
  | { readonly kind: 'raw'; readonly text: string; readonly code: number };

class FileFailure extends Error {
  readonly outcome: FileOutcome;
  constructor(outcome: FileOutcome) {
    super('bad config file');
    this.outcome = outcome;
  }
}

function invalid(error: string): FileFailure {
  return new FileFailure({ kind: 'invalid', error });
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value;
}

const DECODING = 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal';

const GO_TYPES: Readonly<Record<FlagKind, string>> = {
  string: 'string',
  choice: 'string',
  gates: 'string',
  urls: 'string',
  origins: 'string',
  bool: 'bool',
  uint: 'uint',
  uint32: 'uint32',
  int: 'int',
  duration: 'time.Duration',
  list: '[]string',
  set: '[]string',
};

/** Where the Go type is not the one that its kind has mostly. */
const OWN_GO_TYPES: Readonly<Record<string, string>> = {
  'snapshot-count': 'uint64',
  'snapshot-catchup-entries': 'uint64',
  'quota-backend-bytes': 'int64',
};

/** Go types of mappings, by the path that leads to them. */
const MAPPING_TYPES: Readonly<Record<string, string>> = {
  'client-transport-security': 'configYAML.configJSON.client-transport-security of type embed.securityConfig',
  'peer-transport-security': 'configYAML.configJSON.peer-transport-security of type embed.securityConfig',
  'socket-options': 'configYAML.Config.socket-options of type transport.SocketOpts',
  'discovery-config': 'configYAML.Config.discovery-config of type v3discovery.DiscoveryConfig',
  'discovery-config.client': 'DiscoveryConfig.Config.discovery-config.client of type clientv3.ConfigSpec',
  'discovery-config.client.secure':
    'ConfigSpec.Config.discovery-config.client.secure of type clientv3.SecureConfig',
  'discovery-config.client.auth':
    'ConfigSpec.Config.discovery-config.client.auth of type clientv3.AuthConfig',
};

/** Given as one text with commas, not as a list. */
const TEXT_SETS = new Set(['host-whitelist']);

/** Name of the Go struct that holds a key, as Go's decoder prints it. */
function goField(spec: FlagSpec, path: readonly string[]): string {
  const name = path.join('.');
  if (path[0].endsWith('-transport-security')) return `securityConfig.configJSON.${name}`;
  if (path[0] === 'discovery-config') return `ConfigSpec.Config.${name}`;
  if (path[0] === 'socket-options') return `SocketOpts.Config.${name}`;
  const inJson =
    spec.kind === 'urls' || spec.kind === 'origins' || spec.kind === 'gates' || TEXT_SETS.has(name);
  return `configYAML.${inJson ? 'configJSON' : 'Config'}.${name}`;
}

function mismatch(
  spec: FlagSpec,
  path: readonly string[],
  value: unknown,
  goType = TEXT_SETS.has(spec.flag) ? 'string' : (OWN_GO_TYPES[spec.flag] ?? GO_TYPES[spec.kind]),
): FileFailure {
  const numeric = ['uint', 'uint32', 'int', 'duration'].includes(spec.kind) && typeof value === 'number';
  const shown = numeric ? `number ${value}` : jsonType(value);
  return invalid(`${DECODING} ${shown} into Go struct field ${goField(spec, path)} of type ${goType}`);
}

function lookup(root: Mapping, path: readonly string[]): unknown {
  let value: unknown = root;
  for (const [depth, key] of path.entries()) {
    if (!isMapping(value)) {
      if (value === undefined || value === null) return undefined;
      const outer = path.slice(0, depth).join('.');
      throw invalid(`${DECODING} ${jsonType(value)} into Go struct field ${MAPPING_TYPES[outer]}`);
    }
    const mapping: Mapping = value;
    const exact = Object.hasOwn(mapping, key)
      ? key
      : Object.keys(mapping).find((k) => k.toLowerCase() === key);
    value = exact === undefined ? undefined : mapping[exact];
  }
  return value;
}

function wholeNumber(spec: FlagSpec, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false;
  if (spec.kind === 'uint') return value >= 0 && value < 2 ** 64;
  if (spec.kind === 'uint32') return value >= 0 && value < 2 ** 32;
  return Math.abs(value) < 2 ** 63;
}

function safe(value: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}

const NS_PER_MS = 1e6;

/** The value at `path`, checked. @throws FileFailure */
function convert(spec: FlagSpec, path: readonly string[], value: unknown): unknown {
  const fail = (): never => {
    throw mismatch(spec, path, value);
  };
  switch (spec.kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : fail();
    case 'uint':
    case 'uint32':
    case 'int':
      return wholeNumber(spec, value) ? safe(value as number) : fail();
    case 'duration':
      return wholeNumber(spec, value) ? (value as number) / NS_PER_MS : fail();
    case 'list':
    case 'set':
      if (TEXT_SETS.has(spec.flag))
        return typeof value === 'string' ? sortedUnique(value.split(',')) : fail();
      return Array.isArray(value) ? convertList(spec, path, value) : fail();
    default:
      return typeof value === 'string' ? convertText(spec, value) : fail();
  }
}

function convertList(spec: FlagSpec, path: readonly string[], items: readonly unknown[]): readonly string[] {
  for (const item of items) {
    if (typeof item !== 'string') throw mismatch(spec, path, item, 'string');
  }
  return items as readonly string[];
}

function convertText(spec: FlagSpec, text: string): unknown {
  try {
    if (spec.kind === 'urls') return parseUrls(text);
    if (spec.kind === 'origins') return text === '' ? [] : parseOrigins(text);
    if (spec.kind === 'gates') parseGates(text);
    return text;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    if (spec.kind === 'gates') throw invalid(error.message);
    throw spec.kind === 'origins' ? badOrigins(error) : badUrls(spec, error);
  }
}

function badUrls(spec: FlagSpec, error: ValueError): FileFailure {
  // etcd names the wrong key for this one; people search for what it prints.
  const name = spec.flag === 'advertise-client-urls' ? 'advertise-peer-urls' : spec.flag;
  return new FileFailure({
    kind: 'raw',
    text: `unexpected error setting up ${name}: ${error.message}\n`,
    code: 1,
  });
}

function badOrigins(error: ValueError): FileFailure {
  return new FileFailure({
    kind: 'raw',
    text: `panic: new UniqueURLs should never fail: ${error.message}\n`,
    code: 2,
  });
}

/** Empty text leaves the default of these in place. */
function keepsDefault(spec: FlagSpec, value: unknown): boolean {
  return (
    value === undefined || value === null || ((spec.kind === 'urls' || spec.kind === 'gates') && value === '')
  );
}

function parseMapping(text: string): Mapping {
  let root: unknown;
  try {
    root = parse(text, { uniqueKeys: false, logLevel: 'error' });
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line;
    const [first] = error.message.split('\n');
    const what = first.replace(/ at line \d+, column \d+:?$/, '');
    throw invalid(
      `error converting YAML to JSON: yaml: ${line === undefined ? '' : `line ${line}: `}${what}`,
    );
  }
  if (root === null || root === undefined) return {};
  if (!isMapping(root)) throw invalid(`${DECODING} ${jsonType(root)} into Go value of type embed.configYAML`);
  return root;
}

export function parseConfigFile(text: string): FileOutcome {
  const values: Settings = new Map();
  try {
    const root = parseMapping(text);
    for (const [property, spec] of FLAG_ROWS) {
      const path = filePath(spec);
      if (path === undefined) continue;
      const value = lookup(root, path);
      if (!keepsDefault(spec, value)) values.set(property, convert(spec, path, value));
    }
    return { kind: 'values', values };
  } catch (error) {
    if (error instanceof FileFailure) return error.outcome;
    throw error;
  }
}
