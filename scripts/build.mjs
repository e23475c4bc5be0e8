/**
 * Bundles src/ into dist/ with esbuild: one entry for the command line, chunks for what only some commands need, so
 * that `kvctl get` reads a few files and none of the server's. Native packages stay outside.
 */
import { readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** Packages that load their own binaries or files at run time. */
const EXTERNAL = ['lmdb', '@node-rs/*', '@grpc/proto-loader'];

/** CommonJS packages inside an ES module bundle want these names. */
const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

const LAZY_PACKAGES = /node_modules\/(@grpc\/grpc-js|@oclif\/core)\/.*\.js$/;
const REQUIRE_LINE = /^const (\w+) = (__importStar|__importDefault)?\(?require\("([^"]+)"\)\)?;$/gm;

/**
 * TypeScript's CommonJS output loads every dependency of a file at its top. This turns `const x_1 = require("x")` into
 * a function and its uses into calls, so that a module runs when its first export is used: loading grpc-js takes about
 * half the time. Names like x_1 are the compiler's own and never shadowed.
 */
function lazyRequires(source) {
  const names = [];
  let text = source.replace(REQUIRE_LINE, (_, name, wrap, file) => {
    names.push(name);
    return wrap === undefined
      ? `const ${name} = () => require("${file}");`
      : `let ${name}$; const ${name} = () => (${name}$ ??= ${wrap}(require("${file}")));`;
  });
  for (const name of names) {
    const use = new RegExp(`(?<![\\w.$'"/-])(new )?${name}(?=[.)\\[])`, 'g');
    text = text.replace(use, (_, constructs) => (constructs ? `new (${name}())` : `${name}()`));
  }
  return text;
}

/**
 * What a client needs of grpc-js. Its own index also loads the server, channelz, ORCA and their protobuf runtime, which
 * is half of its code.
 */
const GRPC_CLIENT = `
const { Client } = require('@grpc/grpc-js/build/src/client');
const { Metadata } = require('@grpc/grpc-js/build/src/metadata');
const { ChannelCredentials } = require('@grpc/grpc-js/build/src/channel-credentials');
const { ConnectivityState } = require('@grpc/grpc-js/build/src/connectivity-state');
require('@grpc/grpc-js/build/src/resolver-dns').setup();
require('@grpc/grpc-js/build/src/resolver-uds').setup();
require('@grpc/grpc-js/build/src/resolver-ip').setup();
require('@grpc/grpc-js/build/src/load-balancer-pick-first').setup();
exports.Client = Client;
exports.Metadata = Metadata;
exports.connectivityState = ConnectivityState;
exports.credentials = {
  createInsecure: ChannelCredentials.createInsecure,
  createSsl: ChannelCredentials.createSsl,
};
`;

const grpcClientPlugin = {
  name: 'grpc-client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@grpc\/grpc-js$/ }, ({ importer }) =>
      importer.endsWith('/src/client/grpc-channel.ts') ? { path: 'grpc-client', namespace: 'virtual' } : undefined,
    );
    onLoad({ filter: /^grpc-client$/, namespace: 'virtual' }, () => ({
      contents: GRPC_CLIENT,
      loader: 'js',
      resolveDir: root,
    }));
  },
};

const lazyPlugin = {
  name: 'lazy-requires',
  setup({ onLoad }) {
    onLoad({ filter: LAZY_PACKAGES }, async ({ path }) => ({
      contents: lazyRequires(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

const root = new URL('..', import.meta.url).pathname;
const outdir = `${root}dist/`;
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: { cli: 'src/cli.ts', client: 'src/client/index.ts' },
  absWorkingDir: root,
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  external: EXTERNAL,
  banner: { js: BANNER },
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [grpcClientPlugin, lazyPlugin],
  logLevel: 'warning',
});
