/**
 * Bundles src/ into dist/ with esbuild.
 *
 *   dist/cli.cjs     the command line: all commands in one file, each run only when it is called. CommonJS, because
 *                    node starts it faster and a dependency is loaded by the command that needs it, not before.
 *   dist/client.js   the client as a library, an ES module
 *
 * Dependencies are never bundled. Modules of `ROOMS_APART` are entry points of their own, so that no client command
 * reads a byte of the server's.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
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
};

const roomsApart = {
  name: 'rooms-apart',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/main\.ts$/ }, async (args) => {
      if (args.kind !== 'dynamic-import' || args.pluginData === 'seen') return undefined;
      const { path } = await resolve(args.path, { ...args, pluginData: 'seen' });
      const name = ROOMS_APART[path.slice(root.length)];
      return name === undefined ? undefined : { path: `./${name}.js`, external: true };
    });
  },
};

await rm(`${root}dist`, { recursive: true, force: true });
await build({
  ...COMMON,
  entryPoints: { cli: 'src/cli.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  plugins: [roomsApart],
});
const rooms = Object.entries(ROOMS_APART).filter(([file]) => existsSync(root + file));
await build({
  ...COMMON,
  entryPoints: {
    client: 'src/client/index.ts',
    ...Object.fromEntries(rooms.map(([file, name]) => [name, file])),
  },
  outdir: 'dist',
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});
