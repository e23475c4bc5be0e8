/** `kvctl alarm disarm`: clears every alarm there is, and shows which. */
import { AlarmAction, type AlarmMember, AlarmResponse, MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { Command, Context } from './command.ts';
import { badArgs } from './exit.ts';

async function run(context: Context): Promise<void> {
  if (context.args.length !== 0) throw badArgs('alarm disarm command accepts no arguments');
  const client = await context.client();
  const scope = { deadline: context.deadline() };
  const raised = await client.call(MaintenanceService.alarm, { action: AlarmAction.GET }, scope);
  const cleared: AlarmMember[] = [];
  for (const { memberID, alarm } of raised.alarms) {
    const request = { action: AlarmAction.DEACTIVATE, memberID, alarm };
    cleared.push(...(await client.call(MaintenanceService.alarm, request, scope)).alarms);
  }
  await context.print('alarm', AlarmResponse.create({ alarms: cleared }));
}

export const command: Command = {
  use: '',
  examples: ['# After compaction and defrag have made room', '$ kvctl alarm disarm'],
  flags: [],
  run,
};
