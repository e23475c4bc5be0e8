/** /health: alarms, then the leader, then a read. What load balancers and etcd's own tools ask. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HealthObserver, HttpLog, MemberProbe } from './probe.ts';
import { locationOf, messageOf, refusesMethod, replyError, replyText, withTimeout } from './reply.ts';

export interface HealthOptions {
  readonly probe: MemberProbe;
  readonly observer: HealthObserver;
  readonly log: HttpLog;
  /** How long a read may take: 5 seconds and two election timeouts. */
  readonly readTimeoutMs: number;
}

/** Why the member is not healthy; empty: it is. */
async function unhealthyReason(options: HealthOptions, query: URLSearchParams): Promise<string> {
  const { probe } = options;
  const excluded = new Set(query.getAll('exclude'));
  const alarm = probe.alarms().find((raised) => !excluded.has(raised.alarm));
  if (alarm) return `ALARM ${alarm.alarm}`;
  const serializable = query.get('serializable') === 'true';
  if (!serializable && probe.leader() === 0n) return 'RAFT NO LEADER';
  try {
    const read = serializable ? probe.serializableRead() : probe.linearizableRead();
    await withTimeout(read, options.readTimeoutMs);
  } catch (error) {
    return `RANGE ERROR:${messageOf(error)}`;
  }
  return '';
}

export async function answerHealth(
  options: HealthOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (refusesMethod(request, response, 'GET')) return;
  const reason = await unhealthyReason(options, locationOf(request).query);
  const body = JSON.stringify({ health: reason === '' ? 'true' : 'false', reason });
  options.observer.health(reason === '');
  if (reason === '') {
    replyText(response, body);
    return;
  }
  options.log.warn('/health error', { output: body, 'status-code': 503 });
  replyError(response, 503, body);
}
