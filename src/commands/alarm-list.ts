/** `kvctl alarm list`. */
import { AlarmAction, MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  if (context.args.length !== 0) throw badArgs('alarm list command accepts no arguments');
  const client = await context.client();
  const request = { action: AlarmAction.GET };
  await context.print(
    'alarm',
    await client.call(MaintenanceService.alarm, request, { deadline: context.deadline() }),
  );
}

export const command: Command = {
  use: '',
  examples: ['# No answer is a good answer', '$ kvctl alarm list'],
  flags: [],
  run,
};
