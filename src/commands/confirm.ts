/** A question before something that cannot be undone, where somebody is there to answer. */
import type { Io } from './io.ts';

/** Somebody types and looks on: a script is never asked. */
export const isInteractive = () => process.stdin.isTTY === true && process.stdout.isTTY === true;

export async function confirmed(io: Io, question: string): Promise<boolean> {
  io.write(`${question} [y/N] `);
  const answer = (await io.readLine()) ?? '';
  return /^\s*y(es)?\s*$/i.test(answer);
}
