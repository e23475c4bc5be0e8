/**
 * What the commands that look into a store print: listings, trees, sums, histories, differences, reports. etcdctl has
 * none of them, so their forms are our own; keys are shown as they are where they are printable text, and quoted where
 * they are not. May be used by the printers only.
 *
 * This file: the things themselves.
 */
import type { Difference, Revisions } from '../../client/walk/differences.ts';
import type { KeyChange } from '../../client/walk/history.ts';
import type { TreeNode } from '../../client/walk/tree.ts';
import type { Usage } from '../../client/walk/usage.ts';
import type { KeyValue } from '../../core/wire/gen/kv.ts';

export interface ListEntry {
  readonly key: Uint8Array;
  readonly isGroup: boolean;
  /** With its value, of a key that was looked at closely. */
  readonly kv?: KeyValue | undefined;
  /** Of a group that was looked at closely. */
  readonly keys?: number | undefined;
}

export interface Listing {
  readonly revision: number;
  readonly isLong: boolean;
  readonly entries: readonly ListEntry[];
}

export interface DrawnTree {
  readonly revision: number;
  readonly root: TreeNode;
  /** Of the keys shown, by key in latin1; undefined if values were not asked for. */
  readonly values: ReadonlyMap<string, Uint8Array> | undefined;
}

export interface UsageReport {
  readonly revision: number;
  readonly total: Usage;
  readonly rows: readonly Usage[];
  /** Rows that were left out. */
  readonly more: number;
}

export interface History {
  readonly key: Uint8Array;
  readonly changes: readonly KeyChange[];
  /** What came before the first of them, if that is known. */
  readonly before: KeyChange | undefined;
}

export interface Differences {
  readonly revisions: Revisions;
  readonly differences: readonly Difference[];
  /** Only which keys differ, and how. */
  readonly namesOnly: boolean;
}

/** What `export`, `import` and `copy` did, or would do. */
export interface TransferReport {
  readonly what: 'exported' | 'imported' | 'copied';
  readonly dryRun: boolean;
  /** That was read; 0 if nobody knows. */
  readonly revision: number;
  readonly keys: number;
  readonly bytes: number;
  /** Keys that had this value already. */
  readonly unchanged: number;
  /** Keys that had another value and keep it. */
  readonly skipped: number;
  /** Keys of an earlier run that this one went on from. */
  readonly resumed: number;
  readonly seconds: number;
}

export interface DeletePreview {
  readonly revision: number;
  readonly keys: readonly Uint8Array[];
  /** Of all keys; undefined while more of them come. */
  readonly count: number | undefined;
}

export interface BrowsePrintables {
  list: Listing;
  tree: DrawnTree;
  usage: UsageReport;
  history: History;
  differences: Differences;
  transfer: TransferReport;
  deletePreview: DeletePreview;
}

/** How a key came to differ. */
export function kindOf({ before, after }: Difference): 'added' | 'removed' | 'changed' {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

/** What happened to a key at a revision. */
export function changeWord({ kv }: KeyChange): 'deleted' | 'created' | 'changed' {
  if (kv === undefined) return 'deleted';
  return kv.version === 1 ? 'created' : 'changed';
}
