/**
 * The two forms of a line. JSON keeps zap's order of keys: level, ts, logger, caller, msg, fields, stacktrace.
 * Console has the same parts with tabs between, the fields as one JSON object.
 */
import type { LogLevel } from './levels.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface Line {
  readonly level: LogLevel;
  readonly ts: string;
  readonly logger: string;
  readonly caller: string;
  readonly msg: string;
  /** Encoded members of the fields object, each `"name":value`, with commas between; may be empty. */
  readonly fields: string;
  readonly stack: string;
}

export type LineEncoder = (line: Line) => string;

/** One value as JSON. A bigint is a number of as many digits as it takes; an Error is its message. */
export function encodeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : `"${goInfinity(value)}"`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    case 'object':
      return encodeObject(value);
    default:
      return 'null';
  }
}

function goInfinity(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function encodeObject(value: object | null): string {
  if (value === null) return 'null';
  if (value instanceof Error) return JSON.stringify(value.message);
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`;
  if (Array.isArray(value)) return `[${value.map(encodeValue).join(',')}]`;
  return `{${encodeFields(value as Fields)}}`;
}

/** The members of an object, without its braces; members that are undefined are left out. */
export function encodeFields(fields: Fields | undefined): string {
  if (fields === undefined) return '';
  let out = '';
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    out += `${out === '' ? '' : ','}${JSON.stringify(name)}:${encodeValue(value)}`;
  }
  return out;
}

export const encodeJson: LineEncoder = (line) => {
  let out = `{"level":"${line.level}","ts":"${line.ts}"`;
  if (line.logger !== '') out += `,"logger":${JSON.stringify(line.logger)}`;
  if (line.caller !== '') out += `,"caller":${JSON.stringify(line.caller)}`;
  out += `,"msg":${JSON.stringify(line.msg)}`;
  if (line.fields !== '') out += `,${line.fields}`;
  if (line.stack !== '') out += `,"stacktrace":${JSON.stringify(line.stack)}`;
  return `${out}}\n`;
};

export const encodeConsole: LineEncoder = (line) => {
  let out = `${line.ts}\t${line.level}`;
  if (line.logger !== '') out += `\t${line.logger}`;
  if (line.caller !== '') out += `\t${line.caller}`;
  out += `\t${line.msg}`;
  if (line.fields !== '') out += `\t{${line.fields}}`;
  if (line.stack !== '') out += `\n${line.stack}`;
  return `${out}\n`;
};
