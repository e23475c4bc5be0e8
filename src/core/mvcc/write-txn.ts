/**
 * A write transaction: any number of changes that share one main revision. It is the only writer while it lives, and
 * it cannot be undone: what may fail is checked before the first change. A transaction without changes leaves no trace.
 */
import { EMPTY, toLatin1 } from '../wire/bytes.ts';
import { type Found, LATEST } from './key-index.ts';
import { encodeDeletion, encodePair, tombstonePair } from './pair.ts';
import { isPoint, rangeSteps, readPoint, spanOf } from './range.ts';
import type { PutOptions, RangeOptions, RangeResult, TxnResult } from './requests.ts';
import { NONE } from './revision-chains.ts';
import type { StoreState } from './state.ts';
import { runSteps } from './steps.ts';
import { type Change, DELETE, PUT } from './types.ts';

const nothing = (): void => {};

export class WriteTxn {
  /** For the functions of this room. */
  readonly state: StoreState;
  private readonly main: number;
  private readonly list: Change[] = [];
  private operations = 0;

  constructor(state: StoreState) {
    this.state = state;
    this.main = state.currentRevision + 1;
  }

  /** Of the store as this transaction sees it: one more than before as soon as it changed something. */
  get revision(): number {
    return this.list.length === 0 ? this.main - 1 : this.main;
  }

  get changes(): readonly Change[] {
    return this.list;
  }

  /** The lease, if any, has to exist. */
  put({ key: bytes, value, lease }: PutOptions): void {
    const { index, buffer, activity } = this.state;
    this.operations++;
    activity.puts++;
    activity.putBytes += bytes.length + value.length;
    const key = toLatin1(bytes);
    const sub = this.list.length;
    const id = index.find(key);
    const created = id === NONE || !index.isAlive(id);
    const put = index.put(id, key, this.main, sub);
    const pair = encodePair(bytes, index.keys.create(put), this.main, index.keys.version(put), value, lease);
    buffer.appendRevision(this.main, sub, pair, false);
    this.bindLease(key, lease);
    this.list.push({ type: PUT, key, revision: this.main, sub, pair, created });
  }

  private bindLease(key: string, lease: bigint): void {
    const { leases } = this.state;
    const before = leases.leaseOf(key);
    if (before === lease) return;
    if (before !== 0n) leases.detach(key, before);
    if (lease !== 0n) leases.attach(key, lease);
  }

  /** Deletes the living keys of a range, in key order. Returns how many. `previous` takes their pairs. */
  deleteRange(key: Uint8Array, rangeEnd: Uint8Array = EMPTY, previous?: Uint8Array[]): number {
    const { index, activity } = this.state;
    this.operations++;
    activity.deletes++;
    const found: Found = { ids: [], nodes: [] };
    if (rangeEnd.length === 0) this.findPoint(toLatin1(key), found);
    else index.collect(spanOf(key, rangeEnd), LATEST, Number.POSITIVE_INFINITY, found);
    for (let i = 0; i < found.ids.length; i++) {
      previous?.push(this.state.pair(found.nodes[i]));
      this.delete(found.ids[i]);
    }
    return found.ids.length;
  }

  private findPoint(key: string, found: Found): void {
    const { index } = this.state;
    const id = index.find(key);
    if (id === NONE || !index.isAlive(id)) return;
    found.ids.push(id);
    found.nodes.push(index.keys.head(id));
  }

  private delete(id: number): void {
    const { index, buffer } = this.state;
    const key = index.keys.key(id);
    const sub = this.list.length;
    const pair = encodeDeletion(key, this.main);
    index.delete(id, this.main, sub);
    buffer.appendRevision(this.main, sub, tombstonePair(pair, this.main), true);
    this.bindLease(key, 0n);
    this.list.push({ type: DELETE, key, revision: this.main, sub, pair, created: false });
  }

  /** The pair of a key as it is now, own writes included. */
  get(key: Uint8Array): Uint8Array | undefined {
    return readPoint(this.state, toLatin1(key), LATEST);
  }

  /** As Store.range, own writes included. @throws KvError Compacted, FutureRev */
  range(options: RangeOptions): RangeResult {
    const { revision } = this;
    const { revision: at = 0 } = options;
    if (at > 0) this.state.checkReadable(at);
    this.operations++;
    this.state.activity.ranges++;
    const main = at > 0 ? at : LATEST;
    if (isPoint(options)) return pointResult(readPoint(this.state, toLatin1(options.key), main), revision);
    return { ...runSteps(rangeSteps(this.state, options, main, nothing)), revision };
  }

  /** Ends the transaction: readers see it as the current revision. */
  end(): TxnResult {
    const { revision } = this;
    this.state.currentRevision = revision;
    if (this.operations > 1) this.state.activity.txns++;
    return { revision, changes: this.list };
  }
}

export function pointResult(pair: Uint8Array | undefined, revision: number): RangeResult {
  return { kvs: pair === undefined ? [] : [pair], count: pair === undefined ? 0 : 1, more: false, revision };
}
