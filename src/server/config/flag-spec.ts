/**
 * What one flag is: everything else (parsing, environment names, keys of the config file, help, the type of the
 * configuration, the docs) is derived from these rows.
 */
import type { ServerUrl } from './urls.ts';

export type FlagGroup =
  | 'Member'
  | 'Clustering'
  | 'Security'
  | 'Auth'
  | 'Profiling and Monitoring'
  | 'Logging'
  | 'Distributed tracing'
  | 'Features'
  | 'Unsafe feature';

/** How the text of a value is read. Durations are held in milliseconds, `urls` and `origins` sorted and unique. */
export type FlagKind =
  | 'string'
  | 'bool'
  | 'uint'
  | 'uint32'
  | 'int'
  | 'duration'
  | 'list'
  | 'set'
  | 'urls'
  | 'origins'
  | 'choice'
  | 'gates';

/**
 * effective: does what etcd's does. pending: accepted, and named in a warning when it is given, because the part of
 * kvctl that it steers does not exist yet. never: the same, because it steers something that kvctl does not have.
 * ignored: etcd ignores it too, and says so by itself.
 */
export type Effect =
  | { readonly kind: 'effective' }
  | { readonly kind: 'pending'; readonly reason: string }
  | { readonly kind: 'never'; readonly reason: string }
  | { readonly kind: 'ignored' };

export interface FlagSpec<V = unknown> {
  readonly flag: string;
  readonly group: FlagGroup;
  readonly kind: FlagKind;
  readonly default: V;
  readonly help: string;
  readonly effect: Effect;
  /** Allowed words of a `choice`. */
  readonly choices?: readonly string[];
  /** A refused choice quotes the value (`invalid value "x"`) instead of just saying `invalid value`. */
  readonly quotesBadChoice?: boolean;
  /** Path in the config file where it is not the flag's own name; false: not settable there. */
  readonly file?: readonly string[] | false;
  /** What help prints as the default when it is not the value itself. */
  readonly shownDefault?: string;
}

interface Extra {
  readonly effect?: Effect;
  readonly file?: readonly string[] | false;
  readonly shownDefault?: string;
}

const EFFECTIVE: Effect = { kind: 'effective' };

export function pending(reason: string): Extra {
  return { effect: { kind: 'pending', reason } };
}

export function never(reason: string): Extra {
  return { effect: { kind: 'never', reason } };
}

type Row<V> = (flag: string, value: V, help: string, extra?: Extra) => FlagSpec<V>;

export interface Rows {
  readonly string: Row<string>;
  readonly bool: Row<boolean>;
  readonly uint: Row<number>;
  readonly uint32: Row<number>;
  readonly int: Row<number>;
  /** Milliseconds. */
  readonly duration: Row<number>;
  /** Comma list, order and repetitions kept. */
  readonly list: Row<readonly string[]>;
  /** Comma list, sorted, without repetitions. */
  readonly set: Row<readonly string[]>;
  readonly urls: Row<readonly ServerUrl[]>;
  readonly origins: Row<readonly string[]>;
  readonly gates: Row<string>;
}

/** The constructors of rows of one group. */
export function rowsOf(group: FlagGroup): Rows {
  const row =
    <V>(kind: FlagKind): Row<V> =>
    (flag, value, help, extra) => ({ flag, group, kind, default: value, help, effect: EFFECTIVE, ...extra });
  return {
    string: row('string'),
    bool: row('bool'),
    uint: row('uint'),
    uint32: row('uint32'),
    int: row('int'),
    duration: row('duration'),
    list: row('list'),
    set: row('set'),
    urls: row('urls'),
    origins: row('origins'),
    gates: row('gates'),
  };
}

/** A row whose value is one of some words. */
export function choice<const C extends string>(
  group: FlagGroup,
  flag: string,
  choices: readonly C[],
  value: NoInfer<C>,
  help: string,
  extra?: Extra & { readonly quotesBadChoice?: boolean },
): FlagSpec<C> {
  return { flag, group, kind: 'choice', default: value, help, effect: EFFECTIVE, choices, ...extra };
}

/** `--listen-peer-urls` → `ETCD_LISTEN_PEER_URLS`. */
export function envName(flag: string): string {
  return `ETCD_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** Where the config file has it; undefined: it cannot be set there. */
export function filePath(spec: FlagSpec): readonly string[] | undefined {
  if (spec.file === false) return undefined;
  return spec.file ?? [spec.flag];
}
