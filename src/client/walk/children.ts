/**
 * The children of a prefix, as a directory has them: keys with no separator behind the prefix, and groups, which are
 * all keys that go on with the same name and a separator.
 */
import { asBuffer } from '../../core/wire/bytes.ts';
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import { prefixSpan } from '../range.ts';
import type { ReadRange } from './range-reader.ts';
import { type ScanOptions, skipScan } from './skip-scan.ts';

export interface Child {
  /** The whole key, or the whole prefix of a group, which ends with the separator. */
  readonly key: Uint8Array;
  readonly isGroup: boolean;
  /** Without its value. Of a group, the first pair below it. */
  readonly kv: KeyValue;
}

/** The group right below a prefix of `length` bytes that the key is in; undefined for a key that is a child itself. */
export function groupOf(key: Uint8Array, length: number, separator: Uint8Array): Uint8Array | undefined {
  const at = asBuffer(key).indexOf(separator, length);
  return at === -1 ? undefined : key.subarray(0, at + separator.length);
}

export interface ChildrenOptions extends ScanOptions {
  readonly prefix: Uint8Array;
  /** Not empty. */
  readonly separator: Uint8Array;
}

export interface ChildrenPage {
  readonly revision: number;
  readonly children: readonly Child[];
}

/** In key order, page by page as they are found. */
export async function* children(
  read: ReadRange,
  options: ChildrenOptions,
): AsyncGenerator<ChildrenPage, void> {
  const { prefix, separator } = options;
  const group = (kv: KeyValue) => groupOf(kv.key, prefix.length, separator);
  for await (const page of skipScan(read, prefixSpan(prefix), group, options)) {
    const found = page.visited.map((kv): Child => {
      const key = group(kv);
      return key === undefined ? { key: kv.key, isGroup: false, kv } : { key, isGroup: true, kv };
    });
    yield { revision: page.revision, children: found };
  }
}
