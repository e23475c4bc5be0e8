/** The loads of a comparison, by name: the rows of etcd's published table, and watch, lease and transaction loads. */
import { Keys } from '../loads/keys.ts';
import type { LoadSpec } from '../loads/load.ts';

/** Keys and sizes of etcd's own table. */
export const KEY_SIZE = 8;
export const VALUE_SIZE = 256;
/** Keys that puts write and ranges read. */
export const KEY_SPACE = 10_000;

/** Watchers that all see the same puts. */
export interface WatchFanOut {
  readonly kind: 'watch';
  readonly streams: number;
  readonly watchersPerStream: number;
  /** Keys that the watchers share out among them. */
  readonly keys: number;
  /** A put makes many events: this many puts for a thousand requests of other loads. */
  readonly putsPerThousand: number;
}

export interface ComparedLoad {
  readonly name: string;
  /** One client, or as many as the comparison has. */
  readonly alone: boolean;
  readonly what: LoadSpec | WatchFanOut;
  /** At half the rate that the load of this name reached on the slower side, and measured by its latency. */
  readonly halfOf?: string;
}

const put: LoadSpec = {
  kind: 'put',
  keySize: KEY_SIZE,
  valSize: VALUE_SIZE,
  keySpaceSize: KEY_SPACE,
  sequentialKeys: true,
};

const putKeys = new Keys(put, { offset: 0, stride: 1 });

const range = (serializable: boolean): LoadSpec => ({
  kind: 'range',
  key: putKeys.next(42),
  rangeEnd: new Uint8Array(0),
  countOnly: false,
  limit: 0,
  serializable,
});

/** The same thousand keys again and again, as a controller lists what it looks after. */
const list: LoadSpec = {
  kind: 'range',
  key: putKeys.next(1000),
  rangeEnd: putKeys.next(2000),
  countOnly: false,
  limit: 0,
  serializable: false,
};

const mixed: LoadSpec = {
  kind: 'txn-mixed',
  keySize: KEY_SIZE,
  valSize: VALUE_SIZE,
  keySpaceSize: KEY_SPACE,
  sequentialKeys: false,
  serializable: false,
  limit: 1,
  rangeEnd: new Uint8Array(0),
  readWriteRatio: 1,
};

export const COMPARED_LOADS: readonly ComparedLoad[] = [
  { name: 'put', alone: false, what: put },
  { name: 'put, 1 client', alone: true, what: put },
  { name: 'range, linearizable', alone: false, what: range(false) },
  { name: 'range, linearizable, 1 client', alone: true, what: range(false) },
  { name: 'range, serializable', alone: false, what: range(true) },
  { name: 'range, serializable, 1 client', alone: true, what: range(true) },
  { name: 'lists of 1000 keys', alone: false, what: list },
  { name: 'transactions, half of them writes', alone: false, what: mixed },
  { name: 'lease renewals', alone: false, what: { kind: 'lease-keepalive', streaming: false } },
  {
    name: 'watch events, 1000 watchers of 1 key',
    alone: false,
    what: { kind: 'watch', streams: 10, watchersPerStream: 100, keys: 1, putsPerThousand: 50 },
  },
  {
    name: 'watch events, 100 watchers of each of 100 keys',
    alone: false,
    what: { kind: 'watch', streams: 100, watchersPerStream: 100, keys: 100, putsPerThousand: 500 },
  },
  { name: 'put at half the peak', alone: false, what: put, halfOf: 'put' },
];

/** What fills the key space before the first round. */
export const FILLING: ComparedLoad = {
  name: 'the first puts, into an empty server',
  alone: false,
  what: put,
};
