// Makes src/core/wire/gen/*.ts from proto/*.proto (`npm run wire`). The output is checked in; a test makes it anew
// and compares. Conventions: 64-bit fields are bigint unless they carry [jstype = JS_NUMBER]; `bytes` are views;
// proto2 `required` fields are written even when zero. Messages listed in STORED get a second form in which the
// named message types stay encoded: what storage holds goes out without being decoded.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const STORED = {
  raw: new Set(['mvccpb.KeyValue', 'mvccpb.Event']),
  messages: [
    'RangeResponse',
    'PutResponse',
    'DeleteRangeResponse',
    'ResponseOp',
    'TxnResponse',
    'WatchResponse',
  ],
};

const camel = (name) => name.replace(/_([a-zA-Z0-9])/g, (_, c) => c.toUpperCase());

/** Loads every file and remembers which file each type came from. */
function load() {
  const files = readdirSync(join(root, 'proto'))
    .filter((f) => f.endsWith('.proto'))
    .sort();
  const loaded = new protobuf.Root();
  const fileOf = new Map();
  for (const file of files) {
    const before = new Set(everyType(loaded).map((t) => t.fullName));
    protobuf.parse(readFileSync(join(root, 'proto', file), 'utf8'), loaded, { keepCase: true });
    for (const t of everyType(loaded))
      if (!before.has(t.fullName)) fileOf.set(t.fullName, file.replace('.proto', ''));
  }
  loaded.resolveAll();
  return { root: loaded, files: files.map((f) => f.replace('.proto', '')), fileOf };
}

function everyType(ns) {
  const out = [];
  for (const nested of ns.nestedArray ?? []) {
    out.push(nested);
    if (nested.nestedArray) out.push(...everyType(nested));
  }
  return out;
}

/** How a field is spelt in TypeScript and which codec call moves it. */
function shape(field, ctx) {
  const repeated = field.repeated;
  const jsNumber = field.options?.jstype === 'JS_NUMBER';
  const resolved = field.resolvedType;
  const oneof = field.partOf?.name;
  const base = {
    property: camel(field.name),
    number: field.id,
    repeated,
    oneof,
    always: field.required === true,
  };
  if (resolved instanceof protobuf.Enum) {
    return {
      ...base,
      kind: 'enum',
      ts: 'number',
      wire: 0,
      zero: '0',
      write: 'int32',
      read: 'int32',
      enumName: ctx.name(resolved),
    };
  }
  if (resolved) {
    if (ctx.raw(resolved))
      return {
        ...base,
        kind: 'bytes',
        ts: 'Uint8Array',
        wire: 2,
        message: false,
        rawMessage: true,
        write: 'bytes',
        read: 'bytes',
      };
    const name = ctx.name(resolved);
    return { ...base, kind: 'message', ts: name, wire: 2, message: true, type: name };
  }
  switch (field.type) {
    case 'bool':
      return { ...base, kind: 'bool', ts: 'boolean', wire: 0, zero: 'false', read: 'bool' };
    case 'int32':
      return { ...base, kind: 'int32', ts: 'number', wire: 0, zero: '0', write: 'int32', read: 'int32' };
    case 'uint32':
      return {
        ...base,
        kind: 'uint32',
        ts: 'number',
        wire: 0,
        zero: '0',
        write: 'varint32',
        read: 'varint32',
      };
    case 'int64':
      return jsNumber
        ? { ...base, kind: 'int64', ts: 'number', wire: 0, zero: '0', write: 'int64', read: 'int64' }
        : { ...base, kind: 'bigint64', ts: 'bigint', wire: 0, zero: '0n', write: 'bigint', read: 'bigint64' };
    case 'uint64':
      return jsNumber
        ? { ...base, kind: 'uint64', ts: 'number', wire: 0, zero: '0', write: 'int64', read: 'uint64' }
        : {
            ...base,
            kind: 'biguint64',
            ts: 'bigint',
            wire: 0,
            zero: '0n',
            write: 'bigint',
            read: 'biguint64',
          };
    case 'string':
      return { ...base, kind: 'string', ts: 'string', wire: 2, zero: "''", write: 'string', read: 'string' };
    case 'bytes':
      return {
        ...base,
        kind: 'bytes',
        ts: 'Uint8Array',
        wire: 2,
        zero: 'EMPTY',
        write: 'bytes',
        read: 'bytes',
      };
    default:
      throw new Error(`${field.fullName}: type ${field.type} is not supported`);
  }
}

const optional = (s) => !s.repeated && (s.kind === 'message' || s.rawMessage || s.oneof);
const tag = (s, wire = s.wire) => (s.number << 3) | wire;

function writeField(s, value, indent) {
  const t = tag(s);
  const lines = [];
  if (s.kind === 'message')
    lines.push(
      `w.varint32(${t});`,
      `const mark = w.open();`,
      `${s.type}.write(w, ${value});`,
      'w.close(mark);',
    );
  else if (s.kind === 'bool') lines.push(`w.varint32(${t});`, `w.varint32(${value} ? 1 : 0);`);
  else lines.push(`w.varint32(${t});`, `w.${s.write}(${value});`);
  return lines.map((l) => indent + l).join('\n');
}

function present(s, value) {
  if (optional(s)) return `${value} !== undefined`;
  if (s.kind === 'bytes' || s.kind === 'string') return `${value}.length !== 0`;
  if (s.kind === 'bool') return value;
  return `${value} !== ${s.zero}`;
}

function message(type, ctx, localName) {
  const fields = type.fieldsArray.map((f) => ({ f, s: shape(f, ctx) }));
  const byNumber = [...fields].sort((a, b) => a.s.number - b.s.number);
  const out = [];
  out.push(
    type.comment ? `/** ${type.comment.replace(/\n/g, '\n * ')} */` : '',
    `export interface ${localName} {`,
  );
  for (const { s } of fields)
    out.push(
      `  ${s.property}${optional(s) ? '?' : ''}: ${s.ts}${s.repeated ? '[]' : ''}${optional(s) ? ' | undefined' : ''};`,
    );
  out.push(
    '}',
    '',
    `export const ${localName}: MessageCodec<${localName}> = {`,
    `  typeName: '${type.fullName.slice(1)}',`,
    '  fields: [',
  );
  for (const { f, s } of fields) {
    const extra = [
      s.oneof ? `oneof: '${s.oneof}'` : '',
      s.kind === 'message' ? `message: () => ${s.type} as MessageCodec<unknown>` : '',
      s.kind === 'enum' ? `enumValues: ${s.enumName}` : '',
    ].filter(Boolean);
    out.push(
      `    { name: '${f.name}', property: '${s.property}', number: ${s.number}, kind: '${s.kind}', repeated: ${s.repeated}${extra.length ? ', ' + extra.join(', ') : ''} },`,
    );
  }
  const init = fields
    .map(({ s }) => `${s.property}: ${s.repeated ? '[]' : optional(s) ? 'undefined' : s.zero}`)
    .join(', ');
  out.push('  ],', `  create(partial?: Partial<${localName}>): ${localName} {`);
  out.push(
    fields.length
      ? `    return partial ? { ${init}, ...partial } : { ${init} };`
      : '    return { ...partial };',
    '  },',
  );
  out.push(
    `  write(${fields.length ? 'w' : '_w'}: Writer, ${fields.length ? 'm' : '_m'}: ${localName}): void {`,
  );
  for (const { s } of byNumber) {
    const v = `m.${s.property}`;
    if (s.repeated)
      out.push(`    for (let i = 0; i < ${v}.length; i++) {`, writeField(s, `${v}[i]`, '      '), '    }');
    else if (s.always && !optional(s)) out.push(writeField(s, v, '    '));
    else out.push(`    if (${present(s, v)}) {`, writeField(s, v, '      '), '    }');
  }
  out.push(
    '  },',
    `  read(r: Reader): ${localName} {`,
    `    const m = ${localName}.create();`,
    '    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {',
    '      switch (tag) {',
  );
  for (const { s } of byNumber) {
    const set = (value) => (s.repeated ? `m.${s.property}.push(${value});` : `m.${s.property} = ${value};`);
    const scalarRepeated = s.repeated && s.wire === 0;
    out.push(`        case ${tag(s)}:`);
    if (scalarRepeated) out.push(`        case ${tag(s, 2)}:`);
    if (s.kind === 'message') {
      out.push(
        '        {',
        '          const outer = r.enter();',
        `          ${set(`${s.type}.read(r)`)}`,
        '          r.leave(outer);',
        '          break;',
        '        }',
      );
    } else if (scalarRepeated)
      out.push(`          r.repeated(tag, () => { ${set(`r.${s.read}()`)} });`, '          break;');
    else {
      if (s.oneof)
        for (const other of fields)
          if (other.s.oneof === s.oneof && other.s !== s)
            out.push(`          m.${other.s.property} = undefined;`);
      out.push(`          ${set(`r.${s.read}()`)}`, '          break;');
    }
  }
  out.push('        default:', '          r.skip(tag);', '      }', '    }', '    return m;', '  },');
  out.push(
    `  encode(message: ${localName}): Uint8Array {`,
    `    return encodeWith(${localName}.write, message);`,
    '  },',
  );
  out.push(
    `  decode(bytes: Uint8Array): ${localName} {`,
    `    return ${localName}.read(new Reader(bytes));`,
    '  },',
    '};',
    '',
  );
  return out.join('\n');
}

function enumeration(type, name) {
  const values = Object.entries(type.values)
    .map(([k, v]) => `${k}: ${v}`)
    .join(', ');
  return `export const ${name} = { ${values} } as const;\n`;
}

const HEAD = '// Made by scripts/wire.mjs from proto/; do not edit.\n';

function render(world, file, extra = {}) {
  const imports = new Map();
  const types = extra.types ?? everyType(world.root).filter((t) => world.fileOf.get(t.fullName) === file);
  const nameOf = (t) => {
    const plain = t instanceof protobuf.Enum && t.name === 'Type' ? `${t.parent.name}${t.name}` : t.name;
    return extra.rename?.(t) ?? plain;
  };
  const own = new Set(types.map((t) => t.fullName));
  const ctx = {
    raw: (t) => extra.raw?.has(t.fullName.slice(1)) ?? false,
    name: (t) => {
      const name = nameOf(t);
      if (!own.has(t.fullName)) {
        const from = world.fileOf.get(t.fullName);
        if (!imports.has(from)) imports.set(from, new Set());
        imports.get(from).add(name);
      }
      return name;
    },
  };
  const parts = [];
  for (const t of types) if (t instanceof protobuf.Enum) parts.push(enumeration(t, nameOf(t)));
  for (const t of types) {
    if (t instanceof protobuf.Type) parts.push(message(t, ctx, nameOf(t)));
  }
  for (const t of types) {
    if (!(t instanceof protobuf.Service)) continue;
    const service = t.fullName.slice(1);
    const rows = t.methodsArray.map((m) => {
      const kind = m.requestStream
        ? m.responseStream
          ? 'bidi'
          : 'clientStream'
        : m.responseStream
          ? 'serverStream'
          : 'unary';
      const [req, res] = [ctx.name(m.resolvedRequestType), ctx.name(m.resolvedResponseType)];
      const key = m.name[0].toLowerCase() + m.name.slice(1);
      return `  ${key}: { service: '${service}', name: '${m.name}', path: '/${service}/${m.name}', kind: '${kind}', request: ${req}, response: ${res} } satisfies MethodDescriptor<${req}, ${res}>,`;
    });
    parts.push(`export const ${t.name}Service = {\n${rows.join('\n')}\n} as const;\n`);
  }
  const body = parts.join('\n');
  const needs = ['encodeWith', 'Reader'].filter((n) => body.includes(n));
  const typesNeeded = ['FieldDescriptor', 'MessageCodec', 'MethodDescriptor', 'Writer'].filter((n) =>
    new RegExp(`\\b${n}\\b`).test(body),
  );
  const head = [HEAD];
  if (body.includes('EMPTY')) head.push("import { EMPTY } from '../bytes.ts';");
  head.push(
    `import { ${[...needs, ...typesNeeded.map((n) => `type ${n}`)].join(', ')} } from '../codec.ts';`,
  );
  for (const [from, names] of [...imports].sort())
    head.push(`import { ${[...names].sort().join(', ')} } from './${from}.ts';`);
  return `${head.join('\n')}\n\n${body}`;
}

export function generate() {
  const world = load();
  const out = new Map(world.files.map((f) => [f, render(world, f)]));
  const rpc = everyType(world.root).filter(
    (t) =>
      t instanceof protobuf.Type &&
      STORED.messages.includes(t.name) &&
      t.fullName.startsWith('.etcdserverpb.'),
  );
  const names = new Set(rpc.map((t) => t.fullName));
  out.set(
    'stored',
    render(world, 'stored', {
      types: rpc,
      raw: STORED.raw,
      rename: (t) => (names.has(t.fullName) ? `Stored${t.name}` : undefined),
    }),
  );
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dir = join(root, 'src/core/wire/gen');
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of generate()) writeFileSync(join(dir, `${name}.ts`), text);
}
