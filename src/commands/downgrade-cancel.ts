/** `kvctl downgrade cancel`. */
import { DowngradeAction, MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';

async function run(context: Context): Promise<void> {
  const client = await context.client();
  const request = { action: DowngradeAction.CANCEL };
  const response = await client.call(MaintenanceService.downgrade, request, { deadline: context.deadline() });
  await context.print('downgradeCancel', response);
}

export const command: Command = {
  use: '',
  examples: ['$ kvctl downgrade cancel', 'Downgrade cancel success, cluster version 3.7'],
  flags: [],
  run,
};
