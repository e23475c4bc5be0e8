/**
 * Bundles src/ into dist/ with esbuild.
 *
 *   dist/cli.cjs     the command line: all commands in one file, each run only when it is called. CommonJS, because
 *                    node starts it faster and a dependency is loaded by the command that needs it, not before.
 *   dist/client.js   the client as a library, an ES module
 *   dist/check-thread.js   what the server starts in a thread of its own
 *   dist/oclif.js    the commands as oclif classes, for oclif's tools
 *
 * Dependencies are never bundled. What is `APART` is made of entry points of its own, so that no client command reads a
 * byte of the server's.
 */
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
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

/**
 * What `kvctl get` does not need, and what would only make it start later: each of these that the command line imports
 * with `import()` is an entry of its own. Errors that pass from one to the other are known by their names.
 */
const APART =
  /\/main\.ts$|^src\/(storage|server|gateway|bench|cluster)\/|^src\/commands\/(browse\/|topics\/|top\.ts|(backup|cluster|benchmark|check)-)/;

/** Entry names in dist/ by source file. */
const rooms = new Map();

function entryName(file) {
  const isMain = file.endsWith('/main.ts');
  return isMain ? basename(dirname(file)) : file.slice('src/'.length, -'.ts'.length).replaceAll('/', '-');
}

const roomsApart = {
  name: 'rooms-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, kind, resolveDir }) => {
      const file = relative(root, join(resolveDir, path));
      if (kind !== 'dynamic-import' || !APART.test(file)) return undefined;
      rooms.set(file, entryName(file));
      return { path: `./${rooms.get(file)}.js`, external: true };
    });
  },
};

/** Built beside dist/ and put in its place when it is whole: nobody runs half a build. */
const outdir = `${root}.dist-${process.pid}`;
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
      // A thread of the server's.
      'check-thread': 'src/storage/lmdb/file/check-thread.ts',
      ...Object.fromEntries([...rooms].map(([file, name]) => [name, file])),
    },
    outdir,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  });
  await rm(`${root}dist`, { recursive: true, force: true });
  await rename(outdir, `${root}dist`);
} finally {
  await rm(outdir, { recursive: true, force: true });
}
