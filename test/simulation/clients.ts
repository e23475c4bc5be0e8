/**
 * Clients that do anything they like, by the seed: writes of all kinds, reads, leases, compactions. Requests are made
 * as services make them, on the member itself. Nobody waits for anybody.
 */

import type { EtcdError } from '../../src/core/errors.ts';
import { attempt } from '../../src/core/failure.ts';
import type { Random } from '../../src/core/ports/clock.ts';
import type { Writer } from '../../src/core/wire/codec.ts';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import { Op } from '../../src/core/wire/proposal.ts';
import type { Member } from '../../src/member/member.ts';
import { answerText, readText, refusalOf, refused } from './answers.ts';
import type { History, LifeQuestion, Read, Renewal, Write } from './history.ts';

const KEYS = ['a', 'b', 'c', 'd', 'd1', 'd2', 'e', 'a-long-key-of-twenty'];
/** Most leases that clients use at a time. */
const MAX_LEASES = 6;
const { CompareResult, CompareTarget } = rpc;

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

interface Target {
  readonly number: number;
  readonly member: Member;
}

export class Clients {
  readonly leases: bigint[] = [];
  private readonly random: Random;
  private readonly history: History;
  private readonly now: () => number;
  private values = 0;
  private leaseIds = 0n;

  /** Seconds: shortest TTL, and by how much one may be longer. */
  private readonly ttls: readonly [number, number];
  private readonly leaseShare: number;

  constructor(o: {
    random: Random;
    history: History;
    now: () => number;
    ttls?: readonly [number, number];
    /** Share of requests that are about leases in any case. */
    leaseShare?: number | undefined;
  }) {
    this.random = o.random;
    this.history = o.history;
    this.now = o.now;
    this.ttls = o.ttls ?? [2, 4];
    this.leaseShare = o.leaseShare ?? 0;
  }

  act(target: Target): void {
    const { leaseShare } = this;
    const roll = leaseShare > 0 && this.random() < leaseShare ? 0.66 + this.random() * 0.14 : this.random();
    if (roll < 0.4) this.put(target);
    else if (roll < 0.5) this.deleteRange(target);
    else if (roll < 0.66) this.txn(target);
    else if (roll < 0.71) this.grant(target);
    else if (roll < 0.74) this.revoke(target);
    else if (roll < 0.79) this.renew(target);
    else if (roll < 0.8) this.askLife(target);
    else if (roll < 0.83) this.compact(target);
    else this.readSomething(target);
  }

  private below(n: number): number {
    return Math.floor(this.random() * n);
  }

  private key(): string {
    return KEYS[this.below(KEYS.length)];
  }

  /** A point, a range, a prefix or everything. */
  range(): { key: string; end: string } {
    const key = this.key();
    const roll = this.random();
    if (roll < 0.5) return { key, end: '' };
    if (roll < 0.75) return { key, end: this.key() };
    return roll < 0.9 ? { key: 'd', end: 'e' } : { key: '\0', end: '\0' };
  }

  private someLease(): bigint {
    return this.leases[this.below(this.leases.length)] ?? 0n;
  }

  private putRequest(): rpc.PutRequest {
    const padding = this.random() < 0.15 ? 'x'.repeat(this.below(900)) : '';
    const ignore = this.random();
    const ignoreValue = ignore < 0.04;
    const ignoreLease = ignore > 0.96;
    return rpc.PutRequest.create({
      key: bytes(this.key()),
      value: ignoreValue ? bytes('') : bytes(`v${++this.values}${padding}`),
      lease: !ignoreLease && this.random() < 0.25 ? this.someLease() : 0n,
      prevKv: this.random() < 0.3,
      ignoreValue,
      ignoreLease,
    });
  }

  private put(target: Target): void {
    this.write(target, Op.Put, this.putRequest(), rpc.PutRequest.write, 'put');
  }

  private deleteRequest(): rpc.DeleteRangeRequest {
    const { key, end } = this.range();
    return rpc.DeleteRangeRequest.create({
      key: bytes(key),
      rangeEnd: bytes(end),
      prevKv: this.random() < 0.5,
    });
  }

  private deleteRange(target: Target): void {
    this.write(target, Op.DeleteRange, this.deleteRequest(), rpc.DeleteRangeRequest.write, 'delete');
  }

  private txn(target: Target): void {
    const request = rpc.TxnRequest.create({
      compare: this.random() < 0.2 ? [] : [this.compare()],
      success: this.operations(),
      failure: this.operations(),
    });
    this.write(target, Op.Txn, request, rpc.TxnRequest.write, 'txn');
  }

  private compare(): rpc.Compare {
    const { key, end } = this.range();
    const small = this.below(4);
    const target = this.below(5);
    return rpc.Compare.create({
      key: bytes(key),
      rangeEnd: bytes(end),
      result: [CompareResult.EQUAL, CompareResult.GREATER, CompareResult.LESS, CompareResult.NOT_EQUAL][
        this.below(4)
      ],
      target,
      ...(target === CompareTarget.VERSION ? { version: small } : {}),
      ...(target === CompareTarget.CREATE ? { createRevision: small * 10 } : {}),
      ...(target === CompareTarget.MOD ? { modRevision: small * 20 } : {}),
      ...(target === CompareTarget.VALUE ? { value: bytes(`v${small}`) } : {}),
      ...(target === CompareTarget.LEASE ? { lease: this.someLease() } : {}),
    });
  }

  /** Puts of different keys, deletions and reads in any order. */
  private operations(): rpc.RequestOp[] {
    const used = new Set<string>();
    const ops: rpc.RequestOp[] = [];
    for (let n = this.below(4); n > 0; n--) {
      const roll = this.random();
      if (roll < 0.6) {
        const requestPut = this.putRequest();
        const key = Buffer.from(requestPut.key).toString('latin1');
        if (!used.has(key)) ops.push({ requestPut });
        used.add(key);
      } else if (roll < 0.8) {
        const key = this.key();
        if (!used.has(key))
          ops.push({ requestDeleteRange: rpc.DeleteRangeRequest.create({ key: bytes(key), prevKv: true }) });
        used.add(key);
      } else {
        const { key, end } = this.range();
        ops.push({ requestRange: rpc.RangeRequest.create({ key: bytes(key), rangeEnd: bytes(end) }) });
      }
    }
    return ops;
  }

  private grant(target: Target): void {
    if (this.leases.length >= MAX_LEASES) this.leases.shift();
    const id = this.random() < 0.1 && this.leases.length > 0 ? this.someLease() : ++this.leaseIds;
    if (!this.leases.includes(id)) this.leases.push(id);
    const TTL = this.ttls[0] + this.below(this.ttls[1]);
    const request = rpc.LeaseGrantRequest.create({ ID: id, TTL });
    this.write(target, Op.LeaseGrant, request, rpc.LeaseGrantRequest.write, `grant ${id} ${TTL}`);
  }

  private revoke(target: Target): void {
    const ID = this.someLease();
    if (ID === 0n) return;
    this.write(target, Op.LeaseRevoke, { ID }, rpc.LeaseRevokeRequest.write, `revoke ${ID}`);
  }

  private compact(target: Target): void {
    const revision = Math.max(1, target.member.store.currentRevision - this.below(12));
    const request = rpc.CompactionRequest.create({ revision });
    this.write(target, Op.Compaction, request, rpc.CompactionRequest.write, `compact ${revision}`);
  }

  private renew({ number, member }: Target): void {
    const lease = this.someLease();
    if (lease === 0n) return;
    const call = this.history.add<Renewal>({ kind: 'renewal', node: number, invokedAt: this.now(), lease });
    member.leases.renew(lease, (error: EtcdError | undefined, ttl?: number) => {
      if (error && refusalOf(error) !== 'LeaseNotFound') return;
      call.ttl = error ? 0 : ttl!;
      this.history.end(call, this.now());
    });
  }

  private askLife({ number, member }: Target): void {
    const lease = this.someLease();
    if (lease === 0n) return;
    const call = this.history.add<LifeQuestion>({
      kind: 'life',
      node: number,
      invokedAt: this.now(),
      lease,
    });
    member.leases.timeToLive(lease, false, (error, life) => {
      if (error && refusalOf(error) !== 'LeaseNotFound') return;
      call.remaining = life?.remaining;
      call.granted = life?.granted;
      this.history.end(call, this.now());
    });
  }

  /** A write whose end the caller waits for. */
  lastPut(target: Target, done: (answered: boolean) => void): void {
    const request = rpc.PutRequest.create({ key: bytes('last'), value: bytes(`${target.number}`) });
    this.write(target, Op.Put, request, rpc.PutRequest.write, 'put', done);
  }

  private write<Req>(
    { number, member }: Target,
    op: number,
    request: Req,
    encode: (w: Writer, request: Req) => void,
    what: string,
    done: (answered: boolean) => void = () => {},
  ): void {
    // The id that the member will give to the proposal: the next one.
    const before = member.newLeaseId() & 0xffffffffffffn;
    const requestId = `${Number(member.memberId & 0xffffn)}:${Number(before) + 1}`;
    const call = this.history.add<Write>({
      kind: 'write',
      node: number,
      invokedAt: this.now(),
      requestId,
      op,
      what,
    });
    member.propose(op, request, encode, (error, response?: unknown) => {
      const refusal = error && refusalOf(error);
      if (error && !refusal) return done(false);
      call.answer = refusal ? refused(refusal) : answerText(op, response);
      this.history.end(call, this.now());
      done(true);
    });
  }

  private readSomething(target: Target): void {
    const everything = this.random() < 0.3;
    const { key, end } = everything ? { key: '\0', end: '\0' } : this.range();
    const past = this.random() < 0.15;
    const at = past ? Math.max(1, target.member.store.currentRevision + 1 - this.below(10)) : 0;
    this.read(target, { key, end, at, linearizable: this.random() < 0.7 });
  }

  read(
    { number, member }: Target,
    o: { key: string; end: string; at: number; linearizable: boolean },
    done: (answered: boolean) => void = () => {},
  ): void {
    const call = this.history.add<Read>({ kind: 'read', node: number, invokedAt: this.now(), ...o });
    const readNow = (): void => {
      const { store } = member;
      call.revision = store.currentRevision;
      const failed = attempt(() => {
        const result = store.range({ key: bytes(o.key), rangeEnd: bytes(o.end), revision: o.at });
        call.revision = result.revision;
        call.answer = readText(result);
      });
      if (failed) call.answer = refused(refusalOf(failed) ?? failed.message);
      this.history.end(call, this.now());
      done(true);
    };
    if (!o.linearizable) return readNow();
    member.barrier((error) => {
      if (error) done(false);
      else readNow();
    });
  }
}
