/** Transactions without comparisons: puts, ranges, or a mixture of both, each reported on its own. */
import { KVService, PutRequest, RangeRequest, type RequestOp, TxnRequest } from '../../core/wire/gen/rpc.ts';
import { Keys, randomValue } from './keys.ts';
import type { Load, Share, TxnMixedSpec, TxnPutSpec, TxnRangeSpec } from './load.ts';
import type { LoadClient } from './load-client.ts';

const putOp = (key: Uint8Array, value: Uint8Array): RequestOp => ({
  requestPut: PutRequest.create({ key, value }),
});

function encode(success: RequestOp[]): Buffer {
  return TxnRequest.encode(TxnRequest.create({ success })) as Buffer;
}

function send(client: LoadClient, request: Buffer): void {
  client.request(KVService.txn.path, request, request.length);
}

export class TxnPutLoad implements Load {
  readonly series = ['txn-put'];
  private readonly keys: Keys;
  private readonly value: Buffer;
  private readonly ops: number;

  constructor(spec: TxnPutSpec, share: Share) {
    this.keys = new Keys(spec, share);
    this.value = randomValue(spec.valSize);
    this.ops = spec.ops;
  }

  begin(client: LoadClient, n: number): void {
    send(client, encode(this.puts(n)));
  }

  /** A transaction must not put a key twice (duplicate key given in txn request). */
  private puts(n: number): RequestOp[] {
    const byKey = new Map<string, RequestOp>();
    for (let i = 0; byKey.size < this.ops; i++) {
      const key = this.keys.next(n * this.ops + i);
      byKey.set(key.toString('latin1'), putOp(key, this.value));
    }
    return [...byKey.values()];
  }
}

export class TxnRangeLoad implements Load {
  readonly series = ['txn-range'];
  private readonly request: Buffer;

  constructor({ key, rangeEnd, limit, serializable, ops }: TxnRangeSpec) {
    const requestRange = RangeRequest.create({ key, rangeEnd, limit, serializable });
    this.request = encode(Array.from({ length: ops }, () => ({ requestRange })));
  }

  begin(client: LoadClient): void {
    send(client, this.request);
  }
}

const READ = 0;
const WRITE = 1;

export class TxnMixedLoad implements Load {
  readonly series = ['read', 'write'];
  private readonly spec: TxnMixedSpec;
  private readonly keys: Keys;
  private readonly value: Buffer;
  private readonly readShare: number;

  constructor(spec: TxnMixedSpec, share: Share) {
    this.spec = spec;
    this.keys = new Keys(spec, share);
    this.value = randomValue(spec.valSize);
    this.readShare = spec.readWriteRatio / (1 + spec.readWriteRatio);
  }

  begin(client: LoadClient, n: number): void {
    const key = this.keys.next(n);
    client.series = Math.random() < this.readShare ? READ : WRITE;
    send(client, encode([client.series === READ ? this.read(key) : putOp(key, this.value)]));
  }

  private read(key: Uint8Array): RequestOp {
    const { rangeEnd, limit, serializable } = this.spec;
    return { requestRange: RangeRequest.create({ key, rangeEnd, limit, serializable }) };
  }
}
