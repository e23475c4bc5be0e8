import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The walls of the house. A room may import the rooms in its row and nothing else; `import type` counts too. Changing
 * a row is changing the architecture: say why in docs/architecture.md.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'core/wire': [],
  'core/errors': [],
  'core/ids': ['core/wire'],
  'core/failure': ['core/errors', 'core/mvcc', 'core/lease'],
  'core/drive': ['core/errors', 'core/failure', 'core/mvcc'],
  'core/ports': ['core/wire', 'core/raft', 'core/mvcc', 'core/membership'],
  'core/raft': ['core/wire', 'core/ports'],
  'core/mvcc': ['core/wire', 'core/ports', 'core/errors'],
  'core/watch': ['core/wire', 'core/mvcc', 'core/errors'],
  'core/lease': ['core/wire', 'core/errors', 'core/ports', 'core/mvcc'],
  'core/auth': ['core/wire', 'core/errors', 'core/ports'],
  'core/membership': ['core/wire', 'core/errors', 'core/ports'],
  'core/apply': ['core'],
  storage: ['core'],
  member: ['core'],
  services: ['core'],
  transport: ['core', 'services'],
  peer: ['core', 'services', 'transport'],
  server: ['core', 'storage', 'member', 'services', 'transport', 'peer', 'server'],
  client: ['core/wire', 'core/errors', 'core/ports', 'transport/http2'],
  printer: ['core/wire', 'core/errors', 'client'],
  gateway: ['client', 'core/wire'],
  discovery: ['client', 'core'],
  bench: ['client', 'core', 'printer', 'transport/http2'],
  'local-cluster': ['printer'],
  backup: ['client', 'core', 'storage'],
  commands: [
    'core',
    'client',
    'printer',
    'server',
    'gateway',
    'local-cluster',
    'discovery',
    'bench',
    'backup',
    'storage',
  ],
  cli: ['commands'],
  index: ['core', 'client', 'server'],
};

/** Packages that live behind one door. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  lmdb: ['storage/lmdb'],
  '@grpc/grpc-js': ['client'],
  '@oclif/core': ['commands', 'cli'],
  'node:fs': [
    'storage',
    'server',
    'client',
    'commands',
    'gateway',
    'local-cluster',
    'discovery',
    'bench',
    'backup',
    'transport',
  ],
  chalk: ['commands', 'local-cluster'],
  aws4fetch: ['backup/s3'],
  undici: ['peer', 'discovery', 'client', 'server', 'commands'],
};

/** What would make the core depend on the machine it runs on. */
const BANNED_IN_CORE: readonly [RegExp, string][] = [
  [/\bDate\b/, 'a clock (Date)'],
  [/\bMath\.random\b/, 'randomness (Math.random)'],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/, 'a timer'],
  [/\bprocess\.(?!nextTick\b)\w+|\bprocess\.nextTick\b/, 'process'],
  [/\bperformance\b/, 'a clock (performance)'],
  [/\bconsole\b/, 'output (console)'],
  [/\bfetch\(/, 'the network (fetch)'],
];

const src = join(dirname(fileURLToPath(import.meta.url)), '../../src');

function filesBelow(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory()
      ? filesBelow(path)
      : path.endsWith('.ts') && !path.endsWith('.d.ts')
        ? [path]
        : [];
  });
}

const files = filesBelow(src).map((path) => ({
  path,
  name: relative(src, path),
  text: readFileSync(path, 'utf8'),
}));

function roomOf(name: string): string {
  const parts = name.replace(/\.ts$/, '').split('/');
  return parts[0] === 'core' ? `core/${parts[1]}` : parts[0];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/g;

function importsOf(file: {
  name: string;
  text: string;
}): { target: string; typeOnly: boolean; lazy: boolean }[] {
  return [...file.text.matchAll(IMPORT)].map((m) => ({
    target: m[2] ?? m[3],
    typeOnly: m[1] !== undefined,
    lazy: m[3] !== undefined,
  }));
}

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'|`[^`]*`/g, "''");
}

describe('architecture', () => {
  it('rooms import downwards only', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const room = roomOf(file.name);
      const allowed = MAY_IMPORT[room];
      if (!allowed) {
        wrong.push(`${file.name}: room ${room} is not on the plan`);
        continue;
      }
      for (const { target } of importsOf(file)) {
        if (!target.startsWith('.')) continue;
        const to = relative(src, join(dirname(file.path), target));
        const toRoom = roomOf(to);
        const fine = toRoom === room || allowed.some((a) => toRoom === a || to.startsWith(`${a}/`));
        if (!fine) wrong.push(`${file.name} imports ${to}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('each heavy package lives behind one door', () => {
    const wrong: string[] = [];
    for (const file of files) {
      for (const { target } of importsOf(file)) {
        const doors = Object.entries(ONLY_IN).find(([p]) => target === p || target.startsWith(`${p}/`))?.[1];
        if (doors && !doors.some((d) => file.name === `${d}.ts` || file.name.startsWith(`${d}/`))) {
          wrong.push(`${file.name} imports ${target}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('the core and the member are pure', () => {
    const wrong: string[] = [];
    for (const file of files) {
      if (!file.name.startsWith('core/') && !file.name.startsWith('member/')) continue;
      for (const { target } of importsOf(file))
        if (!target.startsWith('.')) wrong.push(`${file.name} imports ${target}`);
      const code = withoutComments(file.text);
      for (const [pattern, what] of BANNED_IN_CORE)
        if (pattern.test(code)) wrong.push(`${file.name} uses ${what}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('Buffer stays a byte type: in the core only wire/ and hot codecs name it', () => {
    const wrong = files
      .filter(
        (f) =>
          f.name.startsWith('core/') &&
          /\bBuffer\.(from|alloc|concat|allocUnsafe\w*)\(/.test(withoutComments(f.text)),
      )
      .map((f) => f.name)
      .filter((name) => !name.startsWith('core/wire/'));
    assert.deepEqual(wrong, []);
  });

  it('no circle among imports', () => {
    const graph = new Map<string, string[]>();
    for (const file of files) {
      const out = importsOf(file)
        .filter((i) => i.target.startsWith('.') && !i.typeOnly && !i.lazy)
        .map((i) => relative(src, join(dirname(file.path), i.target)));
      graph.set(file.name, out);
    }
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (name: string, trail: string[]): void => {
      if (state.get(name) === 'done') return;
      if (state.get(name) === 'open') {
        circles.push([...trail.slice(trail.indexOf(name)), name].join(' -> '));
        return;
      }
      state.set(name, 'open');
      for (const next of graph.get(name) ?? []) visit(next, [...trail, name]);
      state.set(name, 'done');
    };
    for (const name of graph.keys()) visit(name, []);
    assert.deepEqual(circles, []);
  });
});
