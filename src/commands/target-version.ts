/** The argument of `downgrade validate` and `downgrade enable`: a version such as 3.6. */
import { badArgs } from './exit.ts';

export function targetVersion(args: readonly string[]): string {
  if (args.length < 1) throw badArgs('TARGET_VERSION not provided');
  if (args.length > 1) throw badArgs('too many arguments');
  if (args[0] === '') throw badArgs('target version not provided');
  return args[0];
}
