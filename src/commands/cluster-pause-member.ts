/** `kvctl cluster pause-member`. */
import { memberCommand } from './cluster.ts';

export const command = memberCommand(
  'pause',
  'Makes a member stand still (SIGSTOP), with its connections open, as if its machine hung.',
);
