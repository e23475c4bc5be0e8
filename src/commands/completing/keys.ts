/** Keys of the cluster that begin with what is typed, up to the next separator; within a short time, or none. */
import type { FlagSet } from '../grammar/flags.ts';
import { argumentBytes } from '../io.ts';
import type { Environment } from '../terminal.ts';

/** Connecting and asking together: nobody waits longer for a prompt. */
const TIME_LIMIT_MS = 300;
const MOST_CANDIDATES = 200;
const DEFAULT_SEPARATOR = '/';

/** A prompt in the middle of a command line would be a disaster: no password, no keys. */
const neverAsk = () => Promise.reject(new Error('completion asks no questions'));

/** What can be typed and read back: no control characters, no bytes that are no text. */
const TYPABLE = /^[^\p{Cc}\ufffd]+$/u;

function separatorOf(flags: FlagSet): string {
  const given = flags.lookup('separator') === undefined ? '' : flags.text('separator');
  return given === '' ? DEFAULT_SEPARATOR : given;
}

async function readKeys(
  begun: string,
  flags: FlagSet,
  env: Environment,
  deadline: number,
): Promise<string[]> {
  const { applyEnvironment } = await import('../environment.ts');
  const { applyContext } = await import('../contexts/apply.ts');
  const { clientConfig, GLOBAL_FLAGS } = await import('../globals.ts');
  const { connect } = await import('../../client/connect.ts');
  const { children } = await import('../../client/walk/children.ts');
  const { KVService } = await import('../../core/wire/gen/rpc.ts');
  applyEnvironment(flags, GLOBAL_FLAGS, env, []);
  applyContext(flags, env);
  const config = await clientConfig(flags, neverAsk, () => undefined);
  const client = await connect({ ...config, dialTimeoutMs: TIME_LIMIT_MS });
  const found: string[] = [];
  try {
    const options = { prefix: argumentBytes(begun), separator: argumentBytes(separatorOf(flags)) };
    const pages = children((request) => client.call(KVService.range, request, { deadline }), options);
    for await (const page of pages) {
      found.push(...page.children.map(({ key }) => Buffer.from(key).toString('utf8')));
      if (found.length >= MOST_CANDIDATES) break;
    }
  } catch {
    // What came before the time was over is better than nothing.
  } finally {
    client.close();
  }
  return found.filter((key) => TYPABLE.test(key)).slice(0, MOST_CANDIDATES);
}

/** Never fails: a prompt is no place for errors. */
export async function keyCandidates(begun: string, flags: FlagSet, env: Environment): Promise<string[]> {
  const deadline = Date.now() + TIME_LIMIT_MS;
  const late = new Promise<string[]>((resolve) => setTimeout(resolve, TIME_LIMIT_MS, []));
  const keys = readKeys(begun, flags, env, deadline).catch(() => []);
  return Promise.race([keys, late]);
}
