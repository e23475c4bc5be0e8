/** What is shown of a context: everything but the password itself. */
import type { ContextFacts } from '../../printer/printables.ts';
import type { Settings } from './model.ts';

export function factsOf(name: string, { password, ...settings }: Settings, current: boolean): ContextFacts {
  return { name, current, settings, passwordStored: password !== undefined };
}
