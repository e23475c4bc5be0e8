/**
 * Clients of a real cluster, each at one thing at a time, at any member. What they did and saw goes into a history as the
 * simulation's does. A request carries no id that a client knows, so each write puts a value that is used once: `log.ts`
 * finds it again in the members' logs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MethodDescriptor } from '../../../../src/core/wire/codec.ts';
import * as rpc from '../../../../src/core/wire/gen/rpc.ts';
import {
  StoredPutResponse,
  StoredRangeResponse,
  StoredTxnResponse,
} from '../../../../src/core/wire/gen/stored.ts';
import { Op } from '../../../../src/core/wire/proposal.ts';
import { answerText, readText } from '../../../simulation/answers.ts';
import type { History, Read, Write } from '../../../simulation/history.ts';
import { TestClient } from '../../../support/grpc-client.ts';
import { seeded } from '../../../support/virtual-clock.ts';

const KEYS = ['a', 'b', 'c', 'd', 'd1', 'd2', 'e', 'f'];
/** Long enough that a request which waited for a stopped member is answered when it goes on. */
const DEADLINES_MS = [500, 5000];
const PAUSE_MS = 4;
const PAUSE_AFTER_FAILURE_MS = 50;
/** A client whose member is down looks for it again this often. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 300 };

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Answers are taken as they lie in the store, as the simulation's. */
const PUT = { ...rpc.KVService.put, response: StoredPutResponse };
const RANGE = { ...rpc.KVService.range, response: StoredRangeResponse };
const TXN = { ...rpc.KVService.txn, response: StoredTxnResponse };

export interface WireClientsOptions {
  /** Asked each time: members come and go. */
  endpoints(): readonly string[];
  readonly seed: number;
  readonly history: History;
}

export class WireClients {
  private readonly o: WireClientsOptions;
  private readonly random: () => number;
  private values = 0;

  constructor(options: WireClientsOptions) {
    this.o = options;
    this.random = seeded(options.seed);
  }

  /** `count` clients work until the signal is raised. */
  async run(count: number, stop: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.work(stop)));
  }

  /** Writes to a key, again until it was accepted. */
  async insist(endpoint: string, key: string, attempts: number): Promise<void> {
    const connection = new TestClient(endpoint, RECONNECT);
    try {
      for (let i = 0; i < attempts; i++) if (await this.put(connection, 0, key)) return;
      throw new Error(`${endpoint} accepted no write in ${attempts} attempts`);
    } finally {
      connection.close();
    }
  }

  private async work(stop: AbortSignal): Promise<void> {
    const connections = new Map<string, TestClient>();
    while (!stop.aborted) {
      const endpoints = this.o.endpoints();
      const at = Math.floor(this.random() * endpoints.length);
      const connection = connections.get(endpoints[at]) ?? new TestClient(endpoints[at], RECONNECT);
      connections.set(endpoints[at], connection);
      const answered = await this.act(connection, at);
      await sleep(answered ? this.random() * PAUSE_MS : PAUSE_AFTER_FAILURE_MS);
    }
    for (const connection of connections.values()) connection.close();
  }

  private act(connection: TestClient, node: number): Promise<boolean> {
    const roll = this.random();
    if (roll < 0.4) return this.put(connection, node);
    return roll < 0.55 ? this.txn(connection, node) : this.read(connection, node);
  }

  private key(): string {
    return KEYS[Math.floor(this.random() * KEYS.length)];
  }

  private range(): { key: string; end: string } {
    const roll = this.random();
    if (roll < 0.5) return { key: this.key(), end: '' };
    return roll < 0.75 ? { key: 'd', end: 'e' } : { key: '\0', end: '\0' };
  }

  private nextValue(): string {
    return `#${++this.values}#`;
  }

  private put(connection: TestClient, node: number, key = this.key()): Promise<boolean> {
    const value = this.nextValue();
    const request = rpc.PutRequest.create({
      key: bytes(key),
      value: bytes(value),
      prevKv: this.random() < 0.3,
    });
    return this.write(connection, { node, op: Op.Put, value, method: PUT, request });
  }

  /** If something, then one thing, else another; all of it with the value in it. */
  private txn(connection: TestClient, node: number): Promise<boolean> {
    const value = this.nextValue();
    const { CompareResult, CompareTarget } = rpc;
    const put = (key: string): rpc.RequestOp => ({
      requestPut: rpc.PutRequest.create({ key: bytes(key), value: bytes(value) }),
    });
    const [kept, gone] = this.random() < 0.5 ? ['a', 'd1'] : ['e', 'f'];
    const request = rpc.TxnRequest.create({
      compare: [
        rpc.Compare.create({
          key: bytes(gone),
          target: CompareTarget.VERSION,
          result: CompareResult.GREATER,
          version: Math.floor(this.random() * 3),
        }),
      ],
      success: [
        put(kept),
        { requestDeleteRange: rpc.DeleteRangeRequest.create({ key: bytes(gone), prevKv: true }) },
      ],
      failure: [
        put(gone),
        { requestRange: rpc.RangeRequest.create({ key: bytes('\0'), rangeEnd: bytes('\0') }) },
      ],
    });
    return this.write(connection, { node, op: Op.Txn, value, method: TXN, request });
  }

  private async write<Req>(
    connection: TestClient,
    { node, op, value, method, request }: WriteOf<Req>,
  ): Promise<boolean> {
    const { history } = this.o;
    const what = `${op === Op.Put ? 'put' : 'txn'} ${value}`;
    const call = history.add<Write>({
      kind: 'write',
      node,
      invokedAt: Date.now(),
      requestId: value,
      op,
      what,
    });
    try {
      call.answer = answerText(op, await connection.call(method, request, this.deadline()));
    } catch {
      return false; // it is open what became of it
    }
    history.end(call, Date.now());
    return true;
  }

  private async read(connection: TestClient, node: number): Promise<boolean> {
    const { history } = this.o;
    const { key, end } = this.range();
    const linearizable = this.random() < 0.8;
    const call = history.add<Read>({
      kind: 'read',
      node,
      invokedAt: Date.now(),
      key,
      end,
      linearizable,
      at: 0,
    });
    try {
      const request = { key: bytes(key), rangeEnd: bytes(end), serializable: !linearizable };
      const { header, count, kvs, more } = await connection.call(RANGE, request, this.deadline());
      call.revision = header!.revision;
      call.answer = readText({ revision: header!.revision, count, kvs, more });
    } catch {
      return false;
    }
    history.end(call, Date.now());
    return true;
  }

  private deadline(): number {
    return DEADLINES_MS[this.random() < 0.7 ? 0 : 1];
  }
}

interface WriteOf<Req> {
  readonly node: number;
  readonly op: number;
  /** Used once. */
  readonly value: string;
  readonly method: MethodDescriptor<Req, unknown>;
  readonly request: Req;
}
