/** `kvctl cluster start-member`. */
import { memberCommand } from './cluster.ts';

export const command = memberCommand(
  'start',
  'Starts a member that was stopped or killed, or that ended by itself.',
);
