/**
 * The dumb state machine that members are held against. It is fed with the committed log, entry by entry, and says what
 * each should have answered, what the store held at every revision and which leases there were. It shares no code with
 * the store: the rules are those of the twin that the store's own property tests use, and leases as a plain map.
 */
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { Op } from '../../src/core/wire/proposal.ts';
import { covers, type Event, type Row, Twin } from '../unit/mvcc/twin.ts';
import { deleteText, plainText, putText, rangeText, refused, rowText, txnText } from './answers.ts';

interface TwinAnswer {
  readonly revision: number;
  readonly previous?: Row | readonly Row[];
  readonly deleted?: number;
  readonly rows?: readonly Row[];
  readonly count?: number;
  readonly succeeded?: boolean;
  readonly responses?: readonly TwinAnswer[];
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const rows = (list: readonly Row[]): string => list.map(rowText).join(' ');

export class Model {
  readonly twin = new Twin();
  readonly leases = new Map<bigint, { readonly ttl: number }>();
  private readonly minTtlSeconds: number;

  constructor(minTtlSeconds: number) {
    this.minTtlSeconds = minTtlSeconds;
  }

  get revision(): number {
    return this.twin.revision;
  }

  /** One entry of the log. @returns the answer, or undefined for what no client asks for */
  apply(op: number, body: Uint8Array): string | undefined {
    switch (op) {
      case Op.Put:
        return this.put(rpc.PutRequest.decode(body));
      case Op.DeleteRange:
        return this.deleteRange(rpc.DeleteRangeRequest.decode(body));
      case Op.Txn:
        return this.txn(rpc.TxnRequest.decode(body));
      case Op.Compaction:
        return this.compact(rpc.CompactionRequest.decode(body).revision);
      case Op.LeaseGrant:
        return this.grant(rpc.LeaseGrantRequest.decode(body));
      case Op.LeaseRevoke:
        return this.revoke(rpc.LeaseRevokeRequest.decode(body).ID);
      default:
        return undefined;
    }
  }

  /** Keys of a lease, in byte order. */
  keysOf(lease: bigint): string[] {
    return [...this.twin.latest.values()]
      .filter((row) => row.lease === lease)
      .map(({ key }) => key)
      .sort();
  }

  /** A range without options but a revision that has existed. */
  rangeAt(revision: number, key: string, end: string): string {
    const found = [...this.twin.states[revision].values()]
      .filter((row) => covers(key, end, row.key))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return rows(found);
  }

  rowAt(revision: number, key: string): Row | undefined {
    return this.twin.states[revision]?.get(key);
  }

  /** The changes of every revision, in order. */
  get events(): readonly Event[] {
    return this.twin.events;
  }

  private put(request: rpc.PutRequest): string {
    const answer = this.run({ requestPut: request });
    if (typeof answer === 'string') return answer;
    return this.describe({ requestPut: request }, answer.responses![0]);
  }

  private deleteRange(request: rpc.DeleteRangeRequest): string {
    const answer = this.run({ requestDeleteRange: request });
    if (typeof answer === 'string') return answer;
    return this.describe({ requestDeleteRange: request }, answer.responses![0]);
  }

  private txn(request: rpc.TxnRequest): string {
    for (const id of this.leases.keys()) this.twin.leases.add(id);
    const answer = this.twin.txn(request);
    this.twin.end();
    return typeof answer === 'string' ? refused(answer) : this.describeTxn(request, answer as TwinAnswer);
  }

  /** A lone operation is a transaction of one. */
  private run(op: rpc.RequestOp): TwinAnswer | string {
    for (const id of this.leases.keys()) this.twin.leases.add(id);
    const answer = this.twin.txn(rpc.TxnRequest.create({ success: [op] }));
    this.twin.end();
    return typeof answer === 'string' ? refused(answer) : (answer as TwinAnswer);
  }

  private describe(op: rpc.RequestOp, answer: TwinAnswer): string {
    if (op.requestPut) {
      const previous = answer.previous as Row | undefined;
      return putText(answer.revision, previous && rowText(previous));
    }
    if (op.requestDeleteRange)
      return deleteText(answer.revision, answer.deleted!, rows(answer.previous as Row[]));
    if (op.requestRange) return rangeText(answer.revision, answer.count!, rows(answer.rows!));
    return this.describeTxn(op.requestTxn!, answer);
  }

  private describeTxn(request: rpc.TxnRequest, { succeeded, responses }: TwinAnswer): string {
    const ops = succeeded ? request.success : request.failure;
    const parts = responses!.map((r, i) => this.describe(ops[i], r));
    return txnText(this.revision, succeeded!, parts);
  }

  private compact(revision: number): string {
    const error = this.twin.compactTo(revision);
    return error ? refused(error) : plainText('Compaction', this.revision);
  }

  private grant({ ID, TTL }: rpc.LeaseGrantRequest): string {
    if (this.leases.has(ID)) return refused('LeaseExist');
    this.leases.set(ID, { ttl: Math.max(TTL, this.minTtlSeconds) });
    return plainText('LeaseGrant', this.revision);
  }

  private revoke(id: bigint): string {
    if (!this.leases.delete(id)) return refused('LeaseNotFound');
    this.twin.leases.delete(id);
    const keys = this.keysOf(id);
    this.twin.begin();
    for (const key of keys) this.twin.delete(key, '');
    this.twin.end();
    return plainText('LeaseRevoke', this.revision);
  }
}

export { text as latin1 };
