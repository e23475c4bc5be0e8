/** `kvctl gateway start`: a TCP proxy in front of the members of a cluster. */
import type { Command, Context } from './command.ts';
import { Exit } from './exit.ts';

async function run({ flags, io }: Context): Promise<number> {
  const { GatewayError, startGateway } = await import('../gateway/main.ts');
  try {
    return await startGateway({
      listenAddress: flags.text('listen-addr'),
      endpoints: flags.list('endpoints'),
      retryDelayMs: flags.number('retry-delay'),
      args: process.argv.slice(1),
    });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    io.write(`${error.message}\n`);
    return Exit.Error;
  }
}

export const command: Command = {
  use: '',
  long: 'Starts a TCP (layer 4) gateway: clients connect to it, and each connection goes to one of the endpoints.',
  flags: [
    { name: 'listen-addr', kind: 'string', default: '127.0.0.1:23790', usage: 'address to listen on' },
    {
      name: 'retry-delay',
      kind: 'duration',
      default: 60_000,
      usage: 'how often an endpoint that is down is tried again',
    },
  ],
  run,
};
