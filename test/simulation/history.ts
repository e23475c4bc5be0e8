/**
 * What clients did and what they saw. Every invocation and every return gets the next number of one counter, so that
 * "came back before the other began" can be told; times are those of the world's clock, in milliseconds.
 */
import type { ChangeKind } from './membership-model.ts';

interface Span {
  readonly node: number;
  readonly invoked: number;
  readonly invokedAt: number;
  /** undefined: it never came back, and may have happened or not. */
  returned?: number;
  returnedAt?: number;
}

/** A request that goes through the log. */
export interface Write extends Span {
  readonly kind: 'write';
  /** `member:sequence`, as the log entry carries it. */
  readonly requestId: string;
  readonly op: number;
  readonly what: string;
  /** As answers.ts writes it; undefined as long as it is open what became of it. */
  answer?: string;
}

export interface Read extends Span {
  readonly kind: 'read';
  readonly key: string;
  readonly end: string;
  readonly linearizable: boolean;
  /** Of the request; 0: the current one. */
  readonly at: number;
  answer?: string;
  /** Of the answer. */
  revision?: number;
}

export interface Renewal extends Span {
  readonly kind: 'renewal';
  readonly lease: bigint;
  /** Seconds; 0: the lease was not there. */
  ttl?: number;
}

/** What is left of a lease, asked of whoever knows. */
export interface LifeQuestion extends Span {
  readonly kind: 'life';
  readonly lease: bigint;
  /** Seconds; undefined in an answer: there is no such lease. */
  remaining?: number | undefined;
  granted?: number | undefined;
}

/** A change of the membership. */
export interface Change extends Span {
  readonly kind: 'change';
  readonly change: ChangeKind;
  /** The member that it is about; of one that is added it is known when the answer comes. */
  id?: bigint;
  /** The members that came back; undefined: refused, or no answer. */
  members?: string;
}

export type Call = Write | Read | Renewal | LifeQuestion | Change;

export class History {
  readonly calls: Call[] = [];
  private counter = 0;

  /** The number of the last moment. */
  get now(): number {
    return this.counter;
  }

  /** The number of this moment. */
  tick(): number {
    return ++this.counter;
  }

  add<T extends Call>(call: Omit<T, 'invoked'> & { kind: T['kind'] }): T {
    const begun = { ...call, invoked: this.tick() } as T;
    this.calls.push(begun);
    return begun;
  }

  end(call: Call, at: number): void {
    call.returned = this.tick();
    call.returnedAt = at;
  }
}
