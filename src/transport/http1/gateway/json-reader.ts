/**
 * Proto3 JSON to a message, by the fields of its descriptor. The text has passed json-scanner.ts, so it is grammatical;
 * what can still be wrong is told as Go's protojson tells it, with line and column.
 *
 * Accepted: proto names and their lowerCamel form; 64-bit numbers as strings or numbers; bytes in either base64
 * alphabet, padded or not; enums by name or number, unknown names as the default; unknown fields, passed over; null
 * for "not set".
 */
import { type FieldDescriptor, MAX_NESTING, type MessageCodec } from '../../../core/wire/codec.ts';
import { JsonSyntaxError } from './json-scanner.ts';

/** The message is what goes to the client, with status InvalidArgument. */
export class ProtoJsonError extends Error {
  override name = 'ProtoJsonError';
}

export function isBadJson(error: unknown): error is Error {
  return error instanceof ProtoJsonError || error instanceof JsonSyntaxError;
}

type Target = Record<string, unknown>;

/** `sort_order` → `sortOrder`, `remaining_TTL` → `remainingTTL`. */
export function jsonName(name: string): string {
  return name.replace(/_([a-zA-Z])/g, (_whole, letter: string) => letter.toUpperCase());
}

const byName = new WeakMap<MessageCodec<unknown>, ReadonlyMap<string, FieldDescriptor>>();

function fieldsByName(codec: MessageCodec<unknown>): ReadonlyMap<string, FieldDescriptor> {
  let names = byName.get(codec);
  if (names === undefined) {
    const all = codec.fields.flatMap((f) => [[f.name, f] as const, [jsonName(f.name), f] as const]);
    names = new Map(all);
    byName.set(codec, names);
  }
  return names;
}

const KIND_NAMES: Readonly<Record<FieldDescriptor['kind'], string>> = {
  bool: 'bool',
  int32: 'int32',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
  bigint64: 'int64',
  biguint64: 'uint64',
  string: 'string',
  bytes: 'bytes',
  enum: 'enum',
  message: 'message',
};

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/** Longest exponent looked at: no 64-bit number has more digits. */
const MAX_EXPONENT = 40;

/** A JSON number with a whole value, `1e2` and `5.0` included; undefined: it is none. */
function wholeNumber(text: string): bigint | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null || /^-?0\d/.test(text)) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const power = Number(exponent);
  if (Math.abs(power) > MAX_EXPONENT) return undefined;
  const digits = whole + fraction;
  const point = whole.length + power;
  const left = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const right = point <= 0 ? digits : digits.slice(point);
  if (/[1-9]/.test(right)) return undefined;
  return sign === '-' ? -BigInt(left) : BigInt(left);
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$|^[A-Za-z0-9_-]*={0,2}$/;

function base64Bytes(text: string): Uint8Array | undefined {
  const bare = text.replace(/=+$/, '');
  if (!BASE64.test(text) || bare.length % 4 === 1) return undefined;
  if (text.length !== bare.length && text.length % 4 !== 0) return undefined;
  return Buffer.from(bare, 'base64');
}

class Reader {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  private where(at: number): string {
    const before = this.text.slice(0, at);
    const line = before.split('\n').length;
    const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
    return `(line ${line}:${column})`;
  }

  private space(): void {
    while (/[ \n\r\t]/.test(this.text[this.at] ?? '')) this.at++;
  }

  /** The next token as it is written; `at` is behind it. */
  private token(): { raw: string; at: number } {
    this.space();
    const at = this.at;
    const first = this.text[at];
    if (first === '"') {
      let end = at + 1;
      while (this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
      this.at = end + 1;
    } else if ('{}[],:'.includes(first)) this.at++;
    else {
      while (this.at < this.text.length && !/[\s{}[\],:"]/.test(this.text[this.at])) this.at++;
    }
    return { raw: this.text.slice(at, this.at), at };
  }

  private peek(): string {
    this.space();
    return this.text[this.at];
  }

  private unexpected(token: { raw: string; at: number }): never {
    throw new ProtoJsonError(`proto: syntax error ${this.where(token.at)}: unexpected token ${token.raw}`);
  }

  /** Steps over a value of a field that is not known. */
  private skip(): void {
    let open = 0;
    do {
      const { raw } = this.token();
      if (raw === '{' || raw === '[') open++;
      else if (raw === '}' || raw === ']') open--;
    } while (open > 0);
  }

  private unquote(token: { raw: string; at: number }): string {
    const text = JSON.parse(token.raw) as string;
    if (/\p{Surrogate}/u.test(text)) throw new ProtoJsonError('proto: unexpected EOF');
    return text;
  }

  message(codec: MessageCodec<unknown>): unknown {
    const open = this.token();
    if (open.raw !== '{') this.unexpected(open);
    if (++this.depth > MAX_NESTING) throw new ProtoJsonError('proto: exceeded max recursion depth');
    const target = codec.create() as Target;
    const names = fieldsByName(codec);
    const seen = new Set<FieldDescriptor>();
    const oneofs = new Set<string>();
    while (this.peek() !== '}') {
      const key = this.token();
      const name = this.unquote(key);
      this.token();
      const field = names.get(name);
      if (field === undefined) this.skip();
      else {
        const quoted = JSON.stringify(name);
        if (seen.has(field))
          throw new ProtoJsonError(`proto: ${this.where(key.at)}: duplicate field ${quoted}`);
        seen.add(field);
        if (this.isNull()) this.token();
        else {
          if (field.oneof !== undefined && oneofs.has(field.oneof)) {
            const oneof = `${codec.typeName}.${field.oneof}`;
            throw new ProtoJsonError(
              `proto: ${this.where(key.at)}: error parsing ${quoted}, oneof ${oneof} is already set`,
            );
          }
          if (field.oneof !== undefined) oneofs.add(field.oneof);
          target[field.property] = field.repeated ? this.list(field) : this.value(field);
        }
      }
      if (this.peek() === ',') this.token();
    }
    this.token();
    this.depth--;
    return target;
  }

  private isNull(): boolean {
    return this.peek() === 'n';
  }

  private list(field: FieldDescriptor): unknown[] {
    const open = this.token();
    if (open.raw !== '[') this.unexpected(open);
    const items: unknown[] = [];
    while (this.peek() !== ']') {
      items.push(this.value(field));
      if (this.peek() === ',') this.token();
    }
    this.token();
    return items;
  }

  private value(field: FieldDescriptor): unknown {
    if (field.kind === 'message') return this.message(field.message!());
    const token = this.token();
    const value = this.scalar(field, token);
    if (value === undefined) {
      const kind = KIND_NAMES[field.kind];
      throw new ProtoJsonError(
        `proto: ${this.where(token.at)}: invalid value for ${kind} field ${jsonName(field.name)}: ${token.raw}`,
      );
    }
    return value;
  }

  private scalar(field: FieldDescriptor, token: { raw: string; at: number }): unknown {
    const quoted = token.raw.startsWith('"');
    switch (field.kind) {
      case 'bool':
        return token.raw === 'true' ? true : token.raw === 'false' ? false : undefined;
      case 'string':
        return quoted ? this.unquote(token) : undefined;
      case 'bytes':
        return quoted ? base64Bytes(this.unquote(token)) : undefined;
      case 'enum':
        return quoted
          ? (field.enumValues?.[this.unquote(token)] ?? 0)
          : this.number('int32', token.raw, Number);
      case 'int32':
      case 'uint32':
        return this.number(field.kind, quoted ? this.unquote(token) : token.raw, Number);
      case 'int64':
      case 'uint64':
        return this.number(field.kind, quoted ? this.unquote(token) : token.raw, Number);
      default:
        return this.number(KIND_NAMES[field.kind], quoted ? this.unquote(token) : token.raw, (n) => n);
    }
  }

  private number<T>(kind: string, text: string, as: (n: bigint) => T): T | undefined {
    const value = wholeNumber(text);
    const [min, max] = RANGES[kind];
    return value === undefined || value < min || value > max ? undefined : as(value);
  }
}

/** @throws ProtoJsonError */
export function readMessage<T>(codec: MessageCodec<T>, text: string): T {
  return new Reader(text).message(codec as MessageCodec<unknown>) as T;
}
