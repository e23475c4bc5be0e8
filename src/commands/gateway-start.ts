/** `kvctl gateway start`: a TCP proxy in front of the members of a cluster. */

import { formatDuration } from '../printer/humanize.ts';
import type { Command, Context } from './command.ts';
import { Exit } from './exit.ts';

const RETRY_DELAY_MS = 60_000;
const DRAIN_MS = 5000;

async function run({ flags, io, env }: Context): Promise<number> {
  const retryDelayMs = flags.number('retry-delay');
  if (retryDelayMs <= 0) {
    io.warn(`Error: --retry-delay must be greater than 0 (got ${formatDuration(retryDelayMs * 1e6)})`);
    return Exit.Error;
  }
  const { GatewayError, startGateway } = await import('../gateway/main.ts');
  const domain = flags.text('discovery-srv');
  const discovery = {
    domain,
    suffix: flags.text('discovery-srv-name'),
    insecure: flags.bool('insecure-discovery'),
    ca: flags.text('trusted-ca-file'),
  };
  try {
    return await startGateway({
      listenAddress: flags.text('listen-addr'),
      endpoints: flags.list('endpoints'),
      discovery: domain === '' ? undefined : discovery,
      retryDelayMs,
      drainMs: Math.max(0, flags.number('drain-timeout')),
      args: process.argv.slice(1),
      async notify(log) {
        const { notifyReady } = await import('../server/init-daemon.ts');
        await notifyReady(env, log);
      },
    });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.stream === 'stdout') io.write(`${error.message}\n`);
    else io.warn(error.message);
    return Exit.Error;
  }
}

export const command: Command = {
  use: '[flags]',
  long: `Starts a TCP (layer 4) gateway: clients connect to it, and each connection goes to one of the endpoints, in turn or as
the priorities and weights of their SRV records say. TLS, gRPC and HTTP pass through untouched. An endpoint that cannot
be reached is left out until it can. On SIGTERM no more connections are taken, and those that are open may end.`,
  examples: [
    '$ kvctl gateway start --endpoints=127.0.0.1:2379 --listen-addr=127.0.0.1:0 &',
    '# Endpoints from DNS, with certificates that are looked at: --discovery-srv=example.com --trusted-ca-file=ca.pem',
  ],
  flags: [
    { name: 'listen-addr', kind: 'string', default: '127.0.0.1:23790', usage: 'address to listen on' },
    {
      name: 'insecure-discovery',
      kind: 'bool',
      usage: 'take endpoints from DNS discovery without TLS, and without a look at their certificates',
    },
    {
      name: 'trusted-ca-file',
      kind: 'string',
      usage: 'file of CA certificates that discovered endpoints are checked against',
    },
    {
      name: 'retry-delay',
      kind: 'duration',
      default: RETRY_DELAY_MS,
      usage: 'how often an endpoint that is down is tried again',
    },
    {
      name: 'drain-timeout',
      kind: 'duration',
      default: DRAIN_MS,
      usage: 'how long open connections may go on after SIGTERM',
    },
  ],
  run,
};
