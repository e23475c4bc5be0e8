/**
 * What other terminals ask of a running cluster, over a socket that only its owner can open: one line of JSON there, one
 * line back, and the connection ends.
 */
export const MEMBER_ACTIONS = ['start', 'stop', 'kill', 'pause', 'resume'] as const;
export type MemberAction = (typeof MEMBER_ACTIONS)[number];

export type ControlRequest =
  | { readonly kind: 'status' }
  /** All members, and the command with them. */
  | { readonly kind: 'stop-all' }
  | { readonly kind: 'member'; readonly action: MemberAction; readonly name: string };

export interface MemberStatus {
  readonly name: string;
  /** For people. */
  readonly state: string;
  readonly pid: number | undefined;
  readonly clientUrl: string;
  readonly peerUrl: string;
  readonly dataDir: string;
}

export type ControlReply =
  | { readonly kind: 'done'; readonly what: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'status'; readonly pid: number; readonly members: readonly MemberStatus[] };

/** Longest line taken, in characters. */
export const MAX_LINE = 64 * 1024;

/** undefined: nonsense. */
export function parseRequest(line: string): ControlRequest | undefined {
  let value: Partial<Record<string, unknown>>;
  try {
    value = (JSON.parse(line) ?? {}) as typeof value;
  } catch {
    return undefined;
  }
  const { kind, action, name } = value;
  if (kind === 'status' || kind === 'stop-all') return { kind };
  if (kind !== 'member' || typeof name !== 'string') return undefined;
  const known = MEMBER_ACTIONS.find((one) => one === action);
  return known && { kind, action: known, name };
}
