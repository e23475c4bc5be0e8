/** `kvctl cluster resume-member`. */
import { memberCommand } from './cluster.ts';

export const command = memberCommand('resume', 'Lets a member go on that was paused (SIGCONT).');
