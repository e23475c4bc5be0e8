/** `kvctl downgrade enable`. */
import { DowngradeAction, MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { targetVersion } from './target-version.ts';

async function run(context: Context): Promise<void> {
  const version = targetVersion(context.args);
  const client = await context.client();
  const request = { action: DowngradeAction.ENABLE, version };
  const response = await client.call(MaintenanceService.downgrade, request, { deadline: context.deadline() });
  await context.print('downgradeEnable', response);
}

export const command: Command = {
  use: '<TARGET_VERSION>',
  examples: [
    '# Then each member is replaced by one of the older version',
    '$ kvctl downgrade enable 3.6',
    'Downgrade enable success, cluster version 3.7',
  ],
  flags: [],
  run,
};
