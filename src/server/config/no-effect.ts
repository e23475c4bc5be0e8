/** One warning for each thing that was given and changes nothing. */
import { FEATURE_GATES, type FeatureGate, parseGates } from './feature-gates.ts';
import type { FlagSpec } from './flag-spec.ts';
import { FLAGS, type FlagProperty, type FlagValues } from './flags/index.ts';
import type { StartLine } from './server-config.ts';

function flagLine(spec: FlagSpec): StartLine | undefined {
  const { effect } = spec;
  if (effect.kind !== 'pending' && effect.kind !== 'never') return undefined;
  const msg = effect.kind === 'pending' ? 'flag has no effect yet' : 'flag has no effect';
  return { level: 'warn', msg, fields: { flag: `--${spec.flag}`, reason: effect.reason } };
}

export function noEffectLines(values: FlagValues, given: ReadonlySet<FlagProperty>): readonly StartLine[] {
  const lines: StartLine[] = [];
  for (const property of given) {
    const line = flagLine(FLAGS[property] as FlagSpec);
    if (line) lines.push(line);
  }
  if (!given.has('featureGates')) return lines;
  for (const name of parseGates(values.featureGates).keys()) {
    const gate = (FEATURE_GATES as Readonly<Record<string, { noEffect?: string }>>)[name as FeatureGate];
    if (gate?.noEffect === undefined) continue;
    const fields = { gate: name, reason: gate.noEffect };
    lines.push({ level: 'warn', msg: 'feature gate has no effect', fields });
  }
  return lines;
}
