/** `kvctl cluster stop-member`. */
import { memberCommand } from './cluster.ts';

export const command = memberCommand(
  'stop',
  'Stops a member in order: a leader hands over first. Its data stays.',
);
