/** /livez and /readyz: named checks, one by one or together, as orchestrators ask them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HealthOptions } from './health.ts';
import type { MemberProbe } from './probe.ts';
import { locationOf, messageOf, notFound, refusesMethod, reply, replyError, withTimeout } from './reply.ts';

type Check = (probe: MemberProbe) => Promise<void>;

const CHECKS: Readonly<Record<string, Check>> = {
  async data_corruption(probe) {
    if (probe.alarms().some((raised) => raised.alarm === 'CORRUPT'))
      throw new Error('alarm activated: CORRUPT');
  },
  serializable_read: (probe) => probe.serializableRead(),
  linearizable_read: (probe) => probe.linearizableRead(),
  async non_learner(probe) {
    if (probe.isLearner()) throw new Error('not supported for learner');
  },
};

const CHECKS_OF = {
  livez: ['serializable_read'],
  readyz: ['data_corruption', 'serializable_read', 'linearizable_read', 'non_learner'],
} as const satisfies Record<string, readonly string[]>;

export type CheckType = keyof typeof CHECKS_OF;

interface Result {
  readonly name: string;
  readonly error: string | undefined;
}

async function run(options: HealthOptions, type: CheckType, name: string): Promise<Result> {
  let error: string | undefined;
  try {
    await withTimeout(CHECKS[name](options.probe), options.readTimeoutMs);
  } catch (failure) {
    error = messageOf(failure);
  }
  options.observer.check(type, name, error === undefined);
  return { name, error };
}

function lineOf({ name, error }: Result): string {
  return error === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${error}\n`;
}

/** Which checks a path asks for; undefined: there is no such path. */
function wanted(type: CheckType, path: string): readonly string[] | undefined {
  const all: readonly string[] = CHECKS_OF[type];
  if (path === `/${type}`) return all;
  const name = path.slice(type.length + 2);
  return all.includes(name) ? [name] : undefined;
}

function withoutExcluded(
  options: HealthOptions,
  names: readonly string[],
  query: URLSearchParams,
): readonly string[] {
  const excluded = new Set(query.getAll('exclude'));
  const unknown = [...excluded].filter((name) => !names.includes(name)).sort();
  if (unknown.length > 0) {
    const missing = unknown.map((name) => JSON.stringify(name)).join(',');
    options.log.warn('some health checks cannot be excluded', { 'missing-health-checks': missing });
  }
  return names.filter((name) => !excluded.has(name));
}

export async function answerChecks(
  options: HealthOptions,
  type: CheckType,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path, query } = locationOf(request);
  const all = wanted(type, path);
  if (all === undefined) {
    notFound(response);
    return;
  }
  if (refusesMethod(request, response, 'GET')) return;
  const names = path === `/${type}` ? withoutExcluded(options, all, query) : all;
  const results = await Promise.all(names.map((name) => run(options, type, name)));
  const text = results.map(lineOf).join('');
  const failed = results.filter(({ error }) => error !== undefined);
  if (failed.length > 0) {
    const reason = failed.map(lineOf).join('');
    options.log.error('Health check error', { path, reason, 'status-code': 503 });
    replyError(response, 503, text);
    return;
  }
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  reply(response, 200, headers, query.has('verbose') ? `${text}ok\n` : 'ok\n');
}
