/** Feature gates (server.md 1.10): names, stages, defaults, and the text form `A=true,B=false`. */
import { ValueError } from './urls.ts';

interface Gate {
  readonly stage: 'ALPHA' | 'BETA';
  readonly default: boolean;
  readonly help: string;
  /** Why setting it changes nothing; absent once it does. */
  readonly noEffect?: string;
}

export const FEATURE_GATES = {
  CompactHashCheck: {
    stage: 'ALPHA',
    default: true,
    help: 'compare the hashes taken at compactions',
  },
  FastLeaseKeepAlive: {
    stage: 'BETA',
    default: true,
    help: 'renew a known lease without waiting for apply',
    noEffect: 'a renewal waits only while something committed is not applied yet',
  },
  InitialCorruptCheck: {
    stage: 'ALPHA',
    default: true,
    help: 'compare hashes with the others before serving',
  },
  LeaseCheckpoint: {
    stage: 'ALPHA',
    default: false,
    help: 'tell the others how long leases have left',
    noEffect: 'clusters of more than one member are not built yet',
  },
  LeaseCheckpointPersist: {
    stage: 'ALPHA',
    default: false,
    help: 'and store it; needs LeaseCheckpoint',
    noEffect: 'clusters of more than one member are not built yet',
  },
  PriorityRequest: {
    stage: 'ALPHA',
    default: false,
    help: 'let lease revocations pass a full queue',
    noEffect: 'revocations never wait in a queue here',
  },
  SetMemberLocalAddr: {
    stage: 'ALPHA',
    default: false,
    help: 'connect to peers from the advertised address',
    noEffect: 'clusters of more than one member are not built yet',
  },
  StopGRPCServiceOnDefrag: {
    stage: 'ALPHA',
    default: false,
    help: 'report NOT_SERVING while defragmenting',
    noEffect: 'defragmentation is not built yet',
  },
  TxnModeWriteWithSharedBuffer: {
    stage: 'BETA',
    default: true,
    help: 'reads of write transactions share a buffer',
    noEffect: 'it chooses between two ways inside bbolt, which kvctl does not use',
  },
} as const satisfies Record<string, Gate>;

export type FeatureGate = keyof typeof FEATURE_GATES;

/** Set every gate of their stage that is not named itself. */
export const STAGE_GATES = { AllAlpha: 'ALPHA', AllBeta: 'BETA' } as const;

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Go's `strconv.ParseBool`; undefined if it is neither. */
export function parseBool(text: string): boolean | undefined {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  return undefined;
}

/** The gates that `text` names, including AllAlpha and AllBeta. @throws ValueError */
export function parseGates(text: string): ReadonlyMap<string, boolean> {
  const named = new Map<string, boolean>();
  for (const part of text.split(',')) {
    const item = part.trim();
    if (item === '') continue;
    const equals = item.indexOf('=');
    if (equals < 0) throw new ValueError(`missing bool value for ${item}`);
    const name = item.slice(0, equals).trim();
    const value = item.slice(equals + 1).trim();
    const on = parseBool(value);
    if (on === undefined) {
      const quoted = JSON.stringify(value);
      throw new ValueError(
        `invalid value of ${name}=${value}, err: strconv.ParseBool: parsing ${quoted}: invalid syntax`,
      );
    }
    named.set(name, on);
  }
  for (const name of named.keys()) {
    if (!(name in FEATURE_GATES) && !(name in STAGE_GATES)) {
      throw new ValueError(`unrecognized feature gate: ${name}`);
    }
  }
  return named;
}

/** Every gate's value: its own setting, else that of its stage, else its default. */
export function resolveGates(named: ReadonlyMap<string, boolean>): Record<FeatureGate, boolean> {
  const result = {} as Record<FeatureGate, boolean>;
  for (const [name, gate] of Object.entries(FEATURE_GATES) as [FeatureGate, Gate][]) {
    const all = named.get(gate.stage === 'ALPHA' ? 'AllAlpha' : 'AllBeta');
    result[name] = named.get(name) ?? all ?? gate.default;
  }
  return result;
}
