import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parse } from './support.ts';

/**
 * What etcd 3.7.1 does with several hundred command lines, environments and config files: exit code (null: it starts),
 * first line on stderr that is not a log line, and the log lines up to the start, without `Running: `.
 */
interface Recorded {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly code: number | null;
  readonly stderr?: string;
  readonly log?: readonly unknown[];
}

const recorded = readFileSync(new URL('etcd-outcomes.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

/** Lines that etcd logs later or not at all. */
const OWN_LINES = /^(Running: $|flag has no effect|feature gate has no effect|failed to detect default host)/;

function seen({ argv, env, file }: Recorded): Omit<Recorded, 'argv'> {
  const outcome = parse({ argv, env, file });
  const lines = [...outcome.early, ...outcome.lines].filter(({ msg }) => !OWN_LINES.test(msg));
  return {
    code: outcome.kind === 'run' ? null : outcome.code,
    stderr: outcome.kind === 'exit' ? outcome.stderr.split('\n')[0] : '',
    log: lines.map(({ level, msg, fields }) => (fields ? [level, msg, fields] : [level, msg])),
  };
}

describe('config: etcd does the same', () => {
  const kinds = ['command line', 'environment', 'config file'] as const;
  const kindOf = (r: Recorded): (typeof kinds)[number] =>
    r.env ? 'environment' : r.file === undefined ? 'command line' : 'config file';
  for (const kind of kinds) {
    const cases = recorded.filter((r) => kindOf(r) === kind);
    it(`in ${cases.length} cases of the ${kind}`, () => {
      const different: unknown[] = [];
      for (const { argv, env, file, ...rest } of cases) {
        const own = seen({ argv, env, file, code: null });
        // Help and version go to stdout here, and are words of our own.
        const told = own.code === 0 ? '' : (rest.stderr ?? '');
        const expected = { code: rest.code, stderr: told, log: rest.log ?? [] };
        if (!isDeepStrictEqual(own, expected)) different.push({ argv, env, file, own, expected });
      }
      assert.deepEqual(different, []);
    });
  }
});
