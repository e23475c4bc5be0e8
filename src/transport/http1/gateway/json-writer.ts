/**
 * A message to proto3 JSON, as etcd's gateway prints it: names as in the .proto files, 64-bit numbers as strings, bytes
 * in base64, enums by name; what is zero or empty is left out, except members of a oneof and messages that are there.
 */
import type { FieldDescriptor, MessageCodec } from '../../../core/wire/codec.ts';

const enumNames = new WeakMap<Readonly<Record<string, number>>, ReadonlyMap<number, string>>();

function enumName(values: Readonly<Record<string, number>>, value: number): string {
  let names = enumNames.get(values);
  if (names === undefined) {
    names = new Map(Object.entries(values).map(([name, number]) => [number, name]));
    enumNames.set(values, names);
  }
  const name = names.get(value);
  return name === undefined ? String(value) : `"${name}"`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** A 64-bit value that the wire gave as a number: beyond 2^53 it has lost digits, but not its magnitude. */
function wideNumber(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

function valueText(field: FieldDescriptor, value: unknown): string {
  switch (field.kind) {
    case 'message':
      return writeMessage(field.message!(), value);
    case 'string':
      return JSON.stringify(value);
    case 'bytes':
      return `"${base64(value as Uint8Array)}"`;
    case 'enum':
      return enumName(field.enumValues!, value as number);
    case 'int64':
    case 'uint64':
      return `"${wideNumber(value as number)}"`;
    case 'bigint64':
    case 'biguint64':
      return `"${value as bigint}"`;
    default:
      return String(value);
  }
}

function isZero(field: FieldDescriptor, value: unknown): boolean {
  if (field.kind === 'message' || field.oneof !== undefined) return false;
  if (field.kind === 'bytes') return (value as Uint8Array).length === 0;
  return value === 0 || value === 0n || value === false || value === '';
}

function fieldText(field: FieldDescriptor, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (field.repeated) {
    const items = value as readonly unknown[];
    return items.length === 0 ? undefined : `[${items.map((item) => valueText(field, item)).join(',')}]`;
  }
  return isZero(field, value) ? undefined : valueText(field, value);
}

export function writeMessage(codec: MessageCodec<any>, message: unknown): string {
  let out = '';
  for (const field of codec.fields) {
    const text = fieldText(field, (message as Readonly<Record<string, unknown>>)[field.property]);
    if (text !== undefined) out += `${out === '' ? '' : ','}"${field.name}":${text}`;
  }
  return `{${out}}`;
}
