/** `kvctl endpoint health`: each endpoint commits a read and has no alarm. */
import { performance } from 'node:perf_hooks';
import type { Client } from '../client/index.ts';
import { CATALOGUE } from '../core/errors.ts';
import { AlarmAction, KVService, MaintenanceService } from '../core/wire/gen/rpc.ts';
import { formatDuration } from '../printer/humanize.ts';
import type { EndpointHealth } from '../printer/printables.ts';
import { ALARM_NAMES } from '../printer/words.ts';
import type { Command, Context } from './command.ts';
import { CommandError, Exit } from './exit.ts';
import { atEndpoint, endpointsToAsk } from './one-endpoint.ts';
import { timeoutFromNow } from './timeouts.ts';

const PROBE_KEY = Buffer.from('health');
const PERMISSION_DENIED = CATALOGUE.PermissionDenied[1];

/** A refused read was still answered by the whole cluster. */
async function probe(client: Client, deadline: number): Promise<string> {
  try {
    await client.call(KVService.range, { key: PROBE_KEY }, { deadline });
    return '';
  } catch (error) {
    const { message } = error as Error;
    return message === PERMISSION_DENIED ? '' : message;
  }
}

async function alarms(client: Client, deadline: number): Promise<string> {
  try {
    const response = await client.call(MaintenanceService.alarm, { action: AlarmAction.GET }, { deadline });
    if (response.alarms.length === 0) return '';
    return `Active Alarm(s): ${response.alarms.map(({ alarm }) => `${ALARM_NAMES[alarm] ?? alarm} `).join('')}`;
  } catch {
    return 'Unable to fetch the alarm list';
  }
}

async function healthOf(context: Context, endpoint: string): Promise<EndpointHealth> {
  try {
    return await atEndpoint(context, endpoint, async (client) => {
      const start = performance.now();
      const deadline = timeoutFromNow(context);
      const failure = await probe(client, deadline);
      const took = formatDuration((performance.now() - start) * 1e6);
      const error = failure === '' ? await alarms(client, deadline) : failure;
      return { endpoint, health: error === '', took, error };
    });
  } catch (error) {
    return { endpoint, health: false, took: '', error: (error as Error).message };
  }
}

function sayWhich({ io }: Context, list: readonly EndpointHealth[]): void {
  for (const { endpoint, health, took, error } of list) {
    if (health) io.write(`${endpoint} is healthy: successfully committed proposal: took = ${took}\n`);
    else io.warn(`${endpoint} is unhealthy: failed to commit proposal: ${error}`);
  }
}

async function run(context: Context): Promise<void> {
  const endpoints = await endpointsToAsk(context);
  const list: EndpointHealth[] = [];
  await Promise.all(endpoints.map(async (endpoint) => list.push(await healthOf(context, endpoint))));
  if (context.format === 'simple') sayWhich(context, list);
  else await context.print('endpointHealth', list);
  if (list.some((item) => !item.health)) throw new CommandError(Exit.Error, 'unhealthy cluster');
}

export const command: Command = {
  use: '',
  examples: [
    '$ kvctl endpoint health',
    '127.0.0.1:2379 is healthy: successfully committed proposal: took = ...',
  ],
  flags: [],
  run,
};
