/**
 * Bundles src/ into dist/ with esbuild.
 *
 *   dist/cli.cjs     the command line: all commands in one file, each run only when it is called. CommonJS, because
 *                    node starts it faster and a dependency is loaded by the command that needs it, not before.
 *   dist/client.js   the client as a library, an ES module
 *   dist/oclif.js    the commands as oclif classes, for oclif's tools
 *
 * Dependencies are never bundled. Modules of `ROOMS_APART` are entry points of their own, so that no client command
 * reads a byte of the server's.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  packages: 'external',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Imported with `import()` by a command: source file to the entry's name in dist/. */
const ROOMS_APART = {
  'src/server/main.ts': 'server',
  'src/gateway/main.ts': 'gateway',
  'src/bench/main.ts': 'bench',
  'src/local-cluster/main.ts': 'local-cluster',
  'src/backup/main.ts': 'backup',
};

const roomsApart = {
  name: 'rooms-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/main\.ts$/ }, ({ path, kind, resolveDir }) => {
      const name = ROOMS_APART[relative(root, join(resolveDir, path))];
      if (name === undefined || kind !== 'dynamic-import') return undefined;
      return { path: `./${name}.js`, external: true };
    });
  },
};

/** Built beside dist/ and put in its place when it is whole: nobody runs half a build. */
const outdir = `${root}.dist-${process.pid}`;
const rooms = Object.entries(ROOMS_APART).filter(([file]) => existsSync(root + file));
try {
  await build({
    ...COMMON,
    entryPoints: { cli: 'src/cli.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    plugins: [roomsApart],
  });
  await build({
    ...COMMON,
    entryPoints: {
      client: 'src/client/index.ts',
      oclif: 'src/commands/oclif.ts',
      ...Object.fromEntries(rooms.map(([file, name]) => [name, file])),
    },
    outdir,
    format: 'esm',
    plugins: [roomsApart],
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  });
  await rm(`${root}dist`, { recursive: true, force: true });
  await rename(outdir, `${root}dist`);
} finally {
  await rm(outdir, { recursive: true, force: true });
}
