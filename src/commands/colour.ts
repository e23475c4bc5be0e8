/** Colours, for terminals that want them: `paintFor(outputTerminal())`. In a pipe every colour is the text itself. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Terminal } from './terminal.ts';

export type Paint = ChalkInstance;

const NONE = 0;
/** The sixteen colours that each user has chosen for the own terminal. */
const BASIC = 1;

export function paintFor(terminal: Pick<Terminal, 'colours'> | undefined): Paint {
  return new Chalk({ level: terminal?.colours ? BASIC : NONE });
}
