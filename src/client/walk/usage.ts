/** What keys and values take, summed up by the groups that they are in. Pure: pairs in, sums out. */
import { toLatin1 } from '../../core/wire/bytes.ts';
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import { groupOf } from './children.ts';

export interface Usage {
  /** A key, or the prefix of a group. */
  readonly key: Uint8Array;
  readonly isGroup: boolean;
  keys: number;
  keyBytes: number;
  valueBytes: number;
}

export interface UsageOptions {
  readonly prefix: Uint8Array;
  readonly separator: Uint8Array;
  /** Groups within groups that get a sum of their own; at least 1. */
  readonly depth: number;
}

export const bytesOf = (usage: Usage) => usage.keyBytes + usage.valueBytes;

const nothing = (key: Uint8Array, isGroup: boolean): Usage => ({
  key,
  isGroup,
  keys: 0,
  keyBytes: 0,
  valueBytes: 0,
});

export class UsageSums {
  readonly total: Usage;
  private readonly options: UsageOptions;
  private readonly byKey = new Map<string, Usage>();

  constructor(options: UsageOptions) {
    this.options = options;
    this.total = nothing(options.prefix, true);
  }

  add(kv: KeyValue): void {
    charge(this.total, kv);
    let length = this.options.prefix.length;
    for (let level = 0; level < this.options.depth; level++) {
      const group = groupOf(kv.key, length, this.options.separator);
      charge(this.entry(group ?? kv.key, group !== undefined), kv);
      if (group === undefined) return;
      length = group.length;
    }
  }

  /** A group and a key never have the same bytes: a group ends with the first separator behind the one above it. */
  private entry(key: Uint8Array, isGroup: boolean): Usage {
    const name = toLatin1(key);
    const known = this.byKey.get(name);
    if (known !== undefined) return known;
    const made = nothing(Buffer.from(key), isGroup);
    this.byKey.set(name, made);
    return made;
  }

  /** The largest first; equal ones in key order. */
  sorted(): Usage[] {
    const rows = [...this.byKey.values()];
    return rows.sort((a, b) => bytesOf(b) - bytesOf(a) || Buffer.compare(a.key, b.key));
  }
}

function charge(usage: Usage, kv: KeyValue): void {
  usage.keys++;
  usage.keyBytes += kv.key.length;
  usage.valueBytes += kv.value.length;
}
