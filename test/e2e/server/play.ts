/** Plays a script: steps one after the other, but neighbours that only end by a signal side by side. */
import {
  execute,
  normalise,
  type Step,
  sideBySide,
  type Tool,
  withoutLogs,
  words,
} from '../cli/transcript.ts';

/** Time of a step that only ends by a signal, milliseconds: enough to print on a busy machine. */
const ENDLESS_STEP_MS = 1000;

export interface Line {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or the signal's name. */
  readonly exit: string;
}

/** `captured` is what steps may name in braces; what they capture is added to it. */
export async function play(
  tool: Tool,
  endpoint: string,
  script: readonly Step[],
  captured = new Map<string, string>(),
): Promise<Line[]> {
  captured.set('endpoint', endpoint);
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (whole, name) => captured.get(name) ?? whole);

  const one = async (step: Step): Promise<Line> => {
    const args = words(step.args).map(fill);
    const stdin = step.stdin === undefined ? undefined : fill(step.stdin);
    const all = step.bare === true ? args : [`--endpoints=${endpoint}`, ...args];
    const raw = await execute(tool, all, {
      ...step,
      stdin,
      killAfterMs: step.killAfterMs && ENDLESS_STEP_MS,
    });
    const found = step.capture?.pattern.exec(raw.stdout.toString('utf8'));
    if (found) captured.set(step.capture!.name, found[1]);
    return {
      stdout: normalise(raw.stdout, tool),
      stderr: normalise(withoutLogs(raw.stderr), tool),
      exit: raw.exit,
    };
  };

  const played: Line[] = [];
  for (const together of sideBySide(script)) played.push(...(await Promise.all(together.map(one))));
  return played;
}
