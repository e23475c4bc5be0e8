/** Parsing with everything of the machine replaced. */
import { type ParseOutcome, parseServerConfig, type ServerConfig } from '../../../src/server/config/index.ts';

export interface Given {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Text of the file that `FILE` stands for in `argv`. */
  readonly file?: string;
  readonly host?: string;
}

export function parse({ argv = [], env = {}, file, host }: Given): ParseOutcome {
  return parseServerConfig({
    argv,
    env,
    program: ['etcd'],
    readFile(path) {
      if (path === 'FILE' && file !== undefined) return file;
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
    },
    build: {
      kvctlVersion: '9.8.7',
      gitSha: 'abc1234',
      nodeVersion: 'v20.19.0',
      platform: 'linux',
      arch: 'x64',
    },
    defaultHost: () => (host === undefined ? { error: 'could not find default route' } : { host }),
  });
}

export function configOf(given: Given): ServerConfig {
  const outcome = parse(given);
  if (outcome.kind === 'run') return outcome.config;
  throw new Error(
    `exit ${outcome.code}: ${outcome.stderr}${JSON.stringify([...outcome.early, ...outcome.lines])}`,
  );
}
