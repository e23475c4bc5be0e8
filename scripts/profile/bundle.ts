/** The server as one file with a source map, so that a sample can be told by the file of src/ that it fell into. */
import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../../test/support/processes.ts';

export interface ProfiledServer {
  /** The bundle; it serves with the words of its command line. */
  readonly file: string;
  /** `src/...` of a place in the bundle (counted from 0); undefined outside. */
  sourceOf(line: number, column: number): string | undefined;
}

const ENTRY = `
import { serve } from './src/server/main.ts';
const build = { kvctlVersion: 'profile', gitSha: 'unknown', nodeVersion: process.version,
  platform: process.platform, arch: process.arch };
process.exit(await serve({ argv: process.argv.slice(2), env: process.env, build }));
`;

/** Inside node_modules, so that the packages it needs are found. */
const OUT = join(projectRoot, 'node_modules/.cache/kvctl-profile/server.mjs');

export async function bundleServer(): Promise<ProfiledServer> {
  await build({
    absWorkingDir: projectRoot,
    stdin: { contents: ENTRY, resolveDir: projectRoot, loader: 'ts' },
    outfile: OUT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: 'external',
    logLevel: 'warning',
  });
  const map = new SourceMap(JSON.parse(readFileSync(`${OUT}.map`, 'utf8')) as SourceMapPayload);
  return {
    file: OUT,
    sourceOf(line, column) {
      const entry = map.findEntry(line, column);
      if (!('originalSource' in entry)) return undefined;
      const path = relative(projectRoot, resolve(OUT, '..', entry.originalSource));
      return path.startsWith('src/') ? path : undefined;
    },
  };
}
