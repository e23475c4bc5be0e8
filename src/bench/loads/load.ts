/** What a load is: requests that clients make one after another, and how an operation of it begins and ends. */
import type { ClientConfig } from '../../client/index.ts';
import type { LoadConnection } from '../client/connection.ts';
import type { LoadClient } from './load-client.ts';

export interface Load {
  /** Names of the reports that a run makes; most loads make one. */
  readonly series: readonly string[];
  /** Before the clock starts. @throws StatusError */
  prepare?(connections: readonly LoadConnection[]): Promise<void>;
  /** Starts operation `n` for a client; ends in `client.finish`. */
  begin(client: LoadClient, n: number): void;
  /** After the last answer. @throws StatusError */
  cleanUp?(connections: readonly LoadConnection[]): Promise<void>;
}

/** Which part of the keys a thread uses: operation `n` of it is number `n * stride + offset` of the run. */
export interface Share {
  readonly offset: number;
  readonly stride: number;
}

/** A load's options; plain data, so that they can go to another thread. Sizes in bytes. */
export interface KeyOptions {
  readonly keySize: number;
  readonly keySpaceSize: number;
  readonly sequentialKeys: boolean;
}

export interface PutSpec extends KeyOptions {
  readonly kind: 'put';
  readonly valSize: number;
}

export interface RangeOptions {
  readonly serializable: boolean;
  /** Keys in an answer; 0 is all. */
  readonly limit: number;
}

export interface RangeSpec extends RangeOptions {
  readonly kind: 'range';
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  readonly countOnly: boolean;
}

export interface TxnPutSpec extends KeyOptions {
  readonly kind: 'txn-put';
  readonly valSize: number;
  /** Puts in a transaction. */
  readonly ops: number;
}

export interface TxnRangeSpec extends RangeOptions {
  readonly kind: 'txn-range';
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  /** Ranges in a transaction. */
  readonly ops: number;
}

export interface TxnMixedSpec extends KeyOptions, RangeOptions {
  readonly kind: 'txn-mixed';
  readonly valSize: number;
  readonly rangeEnd: Uint8Array;
  /** Reads for each write. */
  readonly readWriteRatio: number;
}

/** Read committed, repeatable reads, serializable, serializable snapshot. */
export type Isolation = 'c' | 'r' | 's' | 'ss';
export type Locker = 'stm' | 'lock-client' | 'lock-rpc';

export interface StmSpec {
  readonly kind: 'stm';
  readonly isolation: Isolation;
  readonly locker: Locker;
  readonly keys: number;
  readonly keysPerTxn: number;
  /** Share of the keys of a transaction that it writes, 0..100. */
  readonly writePercent: number;
  readonly valSize: number;
  /** For `lock-client`, which is the client library's lock. */
  readonly client: ClientConfig;
}

export interface LeaseKeepAliveSpec {
  readonly kind: 'lease-keepalive';
  /** One stream a client, where etcd's tool makes a stream a request. */
  readonly streaming: boolean;
}

export type LoadSpec =
  | PutSpec
  | RangeSpec
  | TxnPutSpec
  | TxnRangeSpec
  | TxnMixedSpec
  | StmSpec
  | LeaseKeepAliveSpec;
