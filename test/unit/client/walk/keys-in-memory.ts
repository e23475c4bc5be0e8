/** A store that answers Range from memory as etcd does, at any revision, and remembers what it was asked. */
import { compareBytes } from '../../../../src/core/wire/bytes.ts';
import { KeyValue } from '../../../../src/core/wire/gen/kv.ts';
import { type RangeRequest, RangeResponse, ResponseHeader } from '../../../../src/core/wire/gen/rpc.ts';

export type Contents = Readonly<Record<string, string>>;

/** Index of the first pair whose key is not smaller. */
function firstFrom(kvs: readonly KeyValue[], key: Uint8Array): number {
  let [low, high] = [0, kvs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareBytes(kvs[middle].key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class KeysInMemory {
  readonly asked: Partial<RangeRequest>[] = [];
  /** Keys that went over the wire. */
  keysSent = 0;
  bytesSent = 0;
  /** Keys that etcd before 3.7 would have gone through. */
  keysCounted = 0;
  /** What there was at revision 1, 2, ...; keys and values are latin1. */
  private readonly states: (readonly KeyValue[])[] = [];

  constructor(...states: readonly Contents[]) {
    for (const state of states) this.next(state);
  }

  /** A pair that stays as it is keeps its revision. */
  private next(contents: Contents): void {
    const before = new Map(this.states.at(-1)?.map((kv) => [Buffer.from(kv.key).toString('latin1'), kv]));
    const revision = this.states.length + 1;
    const kvs = Object.entries(contents).map(([name, text]) => {
      const [key, value] = [Buffer.from(name, 'latin1'), Buffer.from(text, 'latin1')];
      const old = before.get(name);
      if (old !== undefined && value.equals(old.value)) return old;
      const version = (old?.version ?? 0) + 1;
      const createRevision = old?.createRevision ?? revision;
      return KeyValue.create({ key, value, version, createRevision, modRevision: revision });
    });
    this.states.push(kvs.sort((a, b) => compareBytes(a.key, b.key)));
  }

  readonly read = async (request: Partial<RangeRequest>): Promise<RangeResponse> => {
    this.asked.push(request);
    const { key = Buffer.of(), rangeEnd = Buffer.of(), limit = 0, revision = 0 } = request;
    const now = this.states.length;
    const all = this.states[(revision === 0 ? now : revision) - 1] ?? [];
    const from = firstFrom(all, key);
    const isOne = rangeEnd.length === 0;
    const isOpen = rangeEnd.length === 1 && rangeEnd[0] === 0;
    const end = isOne ? Buffer.concat([key, Buffer.of(0)]) : rangeEnd;
    const found = all.slice(from, isOpen ? all.length : Math.max(from, firstFrom(all, end)));
    const sent = request.countOnly === true ? [] : limit > 0 ? found.slice(0, limit) : found;
    const kvs = request.keysOnly === true ? sent.map((kv) => ({ ...kv, value: Buffer.of() })) : sent;
    this.keysSent += kvs.length;
    this.keysCounted += found.length;
    for (const kv of kvs) this.bytesSent += kv.key.length + kv.value.length;
    const header = ResponseHeader.create({ revision: now });
    const more = request.countOnly !== true && sent.length < found.length;
    return RangeResponse.create({ header, kvs, count: found.length, more });
  };
}

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
