/** `kvctl downgrade validate`. */
import { DowngradeAction, MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { targetVersion } from './target-version.ts';

async function run(context: Context): Promise<void> {
  const version = targetVersion(context.args);
  const client = await context.client();
  const request = { action: DowngradeAction.VALIDATE, version };
  const response = await client.call(MaintenanceService.downgrade, request, { deadline: context.deadline() });
  await context.print('downgradeValidate', response);
}

export const command: Command = {
  use: '<TARGET_VERSION>',
  examples: [
    '# Could all members go back to 3.6?',
    '$ kvctl downgrade validate 3.6',
    'Downgrade validate success, cluster version 3.7',
  ],
  flags: [],
  run,
};
