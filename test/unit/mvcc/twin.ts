/**
 * The store's dumb twin: every revision's whole state, copied. It says what the store has to answer, by the rules of
 * the API written down as plainly as possible.
 */

import type { RangeOptions } from '../../../src/core/mvcc/requests.ts';
import { crc32c } from '../../../src/core/wire/crc32c.ts';
import { KeyValue } from '../../../src/core/wire/gen/kv.ts';
import type { Compare, RequestOp, TxnRequest } from '../../../src/core/wire/gen/rpc.ts';

export interface Row {
  readonly key: string;
  readonly create: number;
  readonly mod: number;
  readonly version: number;
  readonly value: string;
  readonly lease: bigint;
}

export interface Event {
  readonly main: number;
  readonly sub: number;
  readonly key: string;
  /** Undefined: deleted. */
  readonly row: Row | undefined;
}

type State = ReadonlyMap<string, Row>;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytes = (value: string): Uint8Array => Buffer.from(value, 'latin1');

export function covers(start: string, end: string, key: string): boolean {
  if (end === '') return key === start;
  if (end === '\0') return key >= start;
  return key >= start && key < end;
}

export function rowOf(pair: Uint8Array): Row {
  const kv = KeyValue.decode(pair);
  return {
    key: text(kv.key),
    create: kv.createRevision,
    mod: kv.modRevision,
    version: kv.version,
    value: text(kv.value),
    lease: kv.lease,
  };
}

function encode(row: Row): Uint8Array {
  return KeyValue.encode({
    key: bytes(row.key),
    createRevision: row.create,
    modRevision: row.mod,
    version: row.version,
    value: bytes(row.value),
    lease: row.lease,
  });
}

export class Twin {
  /** states[r] is the state at revision r; 0 and 1 are empty. */
  states: State[] = [new Map(), new Map()];
  events: Event[] = [];
  compact = -1;
  /** What physical compaction has left. */
  stored: Event[] = [];
  private pending: Event[] = [];

  get revision(): number {
    return this.states.length - 1;
  }

  get latest(): Map<string, Row> {
    return this.draft ?? (this.states[this.revision] as Map<string, Row>);
  }

  private draft: Map<string, Row> | undefined;

  clone(): Twin {
    const copy = new Twin();
    copy.states = [...this.states];
    copy.events = [...this.events];
    copy.stored = [...this.stored];
    copy.compact = this.compact;
    return copy;
  }

  begin(): void {
    this.draft = new Map(this.states[this.revision]);
    this.pending = [];
  }

  /** The events of the transaction. */
  end(): Event[] {
    const events = this.pending;
    if (events.length > 0) {
      this.states.push(this.draft!);
      this.events.push(...events);
      this.stored.push(...events);
    }
    this.draft = undefined;
    this.pending = [];
    return events;
  }

  get seenRevision(): number {
    return this.pending.length > 0 ? this.revision + 1 : this.revision;
  }

  put(key: string, value: string, lease = 0n): void {
    const main = this.revision + 1;
    const before = this.latest.get(key);
    const row: Row = {
      key,
      value,
      lease,
      mod: main,
      create: before?.create ?? main,
      version: (before?.version ?? 0) + 1,
    };
    this.latest.set(key, row);
    this.pending.push({ main, sub: this.pending.length, key, row });
  }

  delete(start: string, end: string): Row[] {
    const main = this.revision + 1;
    const gone = [...this.latest.values()].filter(({ key }) => covers(start, end, key)).sort(byKey);
    for (const { key } of gone) {
      this.latest.delete(key);
      this.pending.push({ main, sub: this.pending.length, key, row: undefined });
    }
    return gone;
  }

  range(o: RangeOptions): { rows: Row[]; count: number; more: boolean } | string {
    const revision = o.revision ?? 0;
    if (revision > this.revision) return 'FutureRev';
    if (revision > 0 && revision < this.compact) return 'Compacted';
    const state = revision > 0 ? this.states[revision] : this.latest;
    const end = text(o.rangeEnd ?? bytes(''));
    const all = [...state.values()].filter(({ key }) => covers(text(o.key), end, key)).sort(byKey);
    const count = all.length;
    if (o.countOnly) return { rows: [], count, more: false };
    const { limit = 0, sortOrder = 0, sortTarget = 0 } = o;
    const filters = [o.maxModRevision, o.minModRevision, o.maxCreateRevision, o.minCreateRevision];
    let rows = all;
    if (sortOrder === 0 && !filters.some((f) => f) && limit > 0) rows = rows.slice(0, limit + 1);
    if (o.maxModRevision) rows = rows.filter((row) => row.mod <= o.maxModRevision!);
    if (o.minModRevision) rows = rows.filter((row) => row.mod >= o.minModRevision!);
    if (o.maxCreateRevision) rows = rows.filter((row) => row.create <= o.maxCreateRevision!);
    if (o.minCreateRevision) rows = rows.filter((row) => row.create >= o.minCreateRevision!);
    const by = [
      byKey,
      (a: Row, b: Row) => a.version - b.version,
      (a: Row, b: Row) => a.create - b.create,
      (a: Row, b: Row) => a.mod - b.mod,
      (a: Row, b: Row) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0),
    ][sortTarget];
    rows = [...rows].sort(sortOrder === 2 ? (a, b) => by(b, a) : by);
    const more = limit > 0 && rows.length > limit;
    if (more) rows = rows.slice(0, limit);
    if (o.keysOnly)
      rows = rows.map((row) => ({ ...row, value: '', lease: sortTarget === 4 ? row.lease : 0n }));
    return { rows, count, more };
  }

  compactTo(revision: number): string | undefined {
    if (revision <= this.compact) return 'Compacted';
    if (revision > this.revision) return 'FutureRev';
    this.compact = revision;
    return undefined;
  }

  /** The newest event of each key up to `revision`. */
  private newest(revision: number): Map<string, Event> {
    const newest = new Map<string, Event>();
    for (const event of this.events) if (event.main <= revision) newest.set(event.key, event);
    return newest;
  }

  private survivors(): Event[] {
    const newest = this.newest(this.compact);
    return this.stored.filter((event) => {
      if (event.main > this.compact) return true;
      return newest.get(event.key) === event && (event.row !== undefined || event.main === this.compact);
    });
  }

  removeCompacted(): void {
    this.stored = this.survivors();
  }

  hash(revision: number): number {
    const newest = this.newest(revision);
    const keep = new Set([...newest.values()].filter(({ row }) => row !== undefined));
    let crc = crc32c(bytes('key'));
    for (const event of this.survivors()) {
      if (event.main > revision) continue;
      if (event.main <= this.compact && keep.size > 0 && !keep.has(event)) continue;
      if (event.row === undefined && event.main === this.compact) continue;
      const value = event.row
        ? encode(event.row)
        : KeyValue.encode(KeyValue.create({ key: bytes(event.key) }));
      crc = crc32c(value, crc32c(keyOf(event), crc));
    }
    return crc;
  }

  /** Answers of the operations, or the error that refuses the transaction. */
  txn(request: TxnRequest): unknown {
    this.begin();
    const path = this.choose(request);
    const refused = this.refusal(path);
    if (refused) {
      this.end();
      return refused;
    }
    return this.run(path);
  }

  private choose(request: TxnRequest): Path {
    const succeeded = request.compare.every((compare) => this.holds(compare));
    const ops = succeeded ? request.success : request.failure;
    return {
      succeeded,
      ops,
      nested: new Map(ops.filter((op) => op.requestTxn).map((op) => [op, this.choose(op.requestTxn!)])),
    };
  }

  private holds(compare: Compare): boolean {
    const end = text(compare.rangeEnd);
    const rows = [...this.latest.values()].filter(({ key }) => covers(text(compare.key), end, key));
    const given = [
      compare.version ?? 0,
      compare.createRevision ?? 0,
      compare.modRevision ?? 0,
      text(compare.value ?? bytes('')),
      compare.lease ?? 0n,
    ][compare.target];
    const test = (row: Row | undefined): boolean => {
      if (row === undefined && compare.target === 3) return false;
      const stored =
        row === undefined
          ? compare.target === 4
            ? 0n
            : 0
          : [row.version, row.create, row.mod, row.value, row.lease][compare.target];
      return [stored === given, stored > given, stored < given, stored !== given][compare.result] ?? true;
    };
    return rows.length === 0 ? test(undefined) : rows.every(test);
  }

  private refusal({ ops, nested }: Path): string | undefined {
    for (const op of ops) {
      const put = op.requestPut;
      if (put && put.lease !== 0n && !this.leases.has(put.lease)) return 'LeaseNotFound';
      if (put && (put.ignoreValue || put.ignoreLease) && !this.latest.has(text(put.key)))
        return 'KeyNotFound';
      const revision = op.requestRange?.revision ?? 0;
      if (revision > this.revision) return 'FutureRev';
      if (revision !== 0 && revision < this.compact) return 'Compacted';
      const inner = nested.get(op);
      const refused = inner && this.refusal(inner);
      if (refused) return refused;
    }
    return undefined;
  }

  readonly leases = new Set<bigint>();

  private run({ succeeded, ops, nested }: Path): unknown {
    return {
      succeeded,
      responses: ops.map((op) => {
        if (op.requestTxn) return this.run(nested.get(op)!);
        if (op.requestRange)
          return { ...(this.range(op.requestRange) as object), revision: this.seenRevision };
        if (op.requestDeleteRange) {
          const { key, rangeEnd, prevKv } = op.requestDeleteRange;
          const gone = this.delete(text(key), text(rangeEnd));
          return { deleted: gone.length, previous: prevKv ? gone : [], revision: this.seenRevision };
        }
        const put = op.requestPut!;
        const before = this.latest.get(text(put.key));
        this.put(
          text(put.key),
          put.ignoreValue ? (before?.value ?? '') : text(put.value),
          put.ignoreLease ? (before?.lease ?? 0n) : put.lease,
        );
        return { previous: put.prevKv ? before : undefined, revision: this.seenRevision };
      }),
    };
  }
}

interface Path {
  readonly succeeded: boolean;
  readonly ops: readonly RequestOp[];
  readonly nested: ReadonlyMap<RequestOp, Path>;
}

function byKey(a: Row, b: Row): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function keyOf({ main, sub, row }: Event): Uint8Array {
  const key = Buffer.alloc(row ? 17 : 18, 't');
  key.writeBigUInt64BE(BigInt(main), 0);
  key[8] = 0x5f;
  key.writeBigUInt64BE(BigInt(sub), 9);
  return key;
}
