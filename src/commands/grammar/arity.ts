/** How many arguments a command takes, refused in cobra's words; for `Command.refuse`. */
import { quote } from '../../printer/quote.ts';

type Refuse = (args: readonly string[], path: string) => string | undefined;

export const exactArgs =
  (count: number): Refuse =>
  ({ length }) =>
    length === count ? undefined : `accepts ${count} arg(s), received ${length}`;

export const atMostArgs =
  (most: number): Refuse =>
  ({ length }) =>
    length <= most ? undefined : `accepts at most ${most} arg(s), received ${length}`;

export const noArgs: Refuse = ([first], path) =>
  first === undefined ? undefined : `unknown command ${quote(first)} for ${quote(path)}`;
