/** `kvctl cluster kill-member`. */
import { memberCommand } from './cluster.ts';

export const command = memberCommand(
  'kill',
  'Kills a member at once (SIGKILL), as if its process had crashed. Its data stays.',
);
