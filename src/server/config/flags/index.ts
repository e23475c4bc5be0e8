/**
 * The one table of server flags. The property of a row is the name of its value in the configuration; durations and
 * other millisecond values say so at their end.
 */
import type { FlagSpec } from '../flag-spec.ts';
import { CLUSTERING_FLAGS } from './clustering.ts';
import { MEMBER_FLAGS } from './member.ts';
import { OPERATIONS_FLAGS } from './operations.ts';
import { SECURITY_FLAGS } from './security.ts';

export const FLAGS = {
  ...MEMBER_FLAGS,
  ...CLUSTERING_FLAGS,
  ...SECURITY_FLAGS,
  ...OPERATIONS_FLAGS,
} as const;

export type FlagProperty = keyof typeof FLAGS;

/** The value of every flag. */
export type FlagValues = {
  readonly [P in FlagProperty]: (typeof FLAGS)[P] extends FlagSpec<infer V> ? V : never;
};

/** Rows with their property, in the order of help. */
export const FLAG_ROWS: readonly (readonly [FlagProperty, FlagSpec])[] = Object.entries(FLAGS) as [
  FlagProperty,
  FlagSpec,
][];

export const PROPERTY_OF_FLAG: ReadonlyMap<string, FlagProperty> = new Map(
  FLAG_ROWS.map(([property, spec]) => [spec.flag, property]),
);

/**
 * Names that etcd still accepts and does nothing with. Like booleans they take no following word, but any text
 * after `=`.
 */
export const IGNORED_FLAGS: ReadonlySet<string> = new Set([
  'cluster-active-size',
  'cluster-remove-delay',
  'cluster-sync-interval',
  'config',
  'force',
  'max-result-buffer',
  'max-retry-attempts',
  'peer-heartbeat-interval',
  'peer-election-timeout',
  'retry-interval',
  'snapshot',
  'v',
  'vv',
  'test.coverprofile',
  'test.outputdir',
]);

/** Flags that are not settings: they choose where settings come from, or end the program. */
export const CONFIG_FILE_FLAG = 'config-file';
export const VERSION_FLAG = 'version';
