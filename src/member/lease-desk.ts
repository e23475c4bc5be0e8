/**
 * Renewals and remaining times. Only the leader knows them; a member that isn't, forwards the question to the one that
 * is (peer protocol, `/leases`), through the `forward` it was given.
 */
import { type Done, ERR, type EtcdError } from '../core/errors.ts';
import { attempt } from '../core/failure.ts';
import type { Lessor, Renewal } from '../core/lease/index.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Writer } from '../core/wire/codec.ts';
import { LeaseCheckpointRequest } from '../core/wire/gen/rpc.ts';
import { Op } from '../core/wire/proposal.ts';
import type { Leadership } from './leadership.ts';

export interface LeaseLife {
  /** Whole seconds left. */
  readonly remaining: number;
  /** Seconds. */
  readonly granted: number;
  readonly keys: readonly string[];
}

/** The leader, asked from another member. */
export interface LeaseForward {
  renew(id: bigint, done: Done<number>): void;
  timeToLive(id: bigint, withKeys: boolean, done: Done<LeaseLife>): void;
}

export interface LeaseDeskOptions {
  readonly clock: Clock;
  readonly lessor: Lessor;
  readonly leadership: Leadership;
  readonly forward?: LeaseForward;
  /** Calls back when a quorum has confirmed the leader and this member has applied all that it had committed. */
  barrier(done: Done<void>): void;
  /** The same at once, unless this member may have been replaced without having heard of it, or is behind with apply. */
  whenSure(done: Done<void>): void;
  propose<Req>(op: number, request: Req, write: (w: Writer, request: Req) => void, done: Done<unknown>): void;
}

export class LeaseDesk {
  private readonly o: LeaseDeskOptions;

  constructor(options: LeaseDeskOptions) {
    this.o = options;
  }

  renew(id: bigint, done: Done<number>): void {
    if (this.o.lessor.isPrimary) this.renewHere(id, done);
    else this.elsewhere((there) => there.renew(id, done), done);
  }

  /** For other members that took this one for the leader: fails with NotPrimary if it isn't. */
  renewHere(id: bigint, done: Done<number>): void {
    this.asLeader(id, done, () => this.renewNow(id, done));
  }

  private renewNow(id: bigint, done: Done<number>): void {
    const { lessor, clock } = this.o;
    if (!lessor.isPrimary) return done(ERR.NotPrimary);
    let renewal: Renewal;
    const refused = attempt(() => (renewal = lessor.renew(id, clock.now())));
    if (refused) return done(refused);
    if (renewal!.kind === 'expired') {
      renewal!.settled((error) => done(ERR[error.code]));
      return;
    }
    if (renewal!.clearCheckpoint) {
      const request = { checkpoints: [{ ID: id, remainingTTL: 0 }] };
      this.o.propose(Op.LeaseCheckpoint, request, LeaseCheckpointRequest.write, () => {});
    }
    done(undefined, renewal!.ttl);
  }

  /** Ids, soonest expiry first where this member leads. */
  list(): readonly bigint[] {
    return this.o.lessor.leases(this.o.clock.now());
  }

  timeToLive(id: bigint, withKeys: boolean, done: Done<LeaseLife>): void {
    if (this.o.lessor.isPrimary) this.timeToLiveHere(id, withKeys, done);
    else this.elsewhere((there) => there.timeToLive(id, withKeys, done), done);
  }

  timeToLiveHere(id: bigint, withKeys: boolean, done: Done<LeaseLife>): void {
    this.asLeader(id, done, () => this.timeToLiveNow(id, withKeys, done));
  }

  private timeToLiveNow(id: bigint, withKeys: boolean, done: Done<LeaseLife>): void {
    const { lessor, clock } = this.o;
    if (!lessor.isPrimary) return done(ERR.NotPrimary);
    const life = lessor.timeToLive(id, clock.now());
    if (!life) return done(ERR.LeaseNotFound);
    done(undefined, { ...life, keys: withKeys ? lessor.keys(id) : [] });
  }

  /**
   * A leader that was replaced and has not heard of it yet (it was cut off, or stood still) does not know the newest
   * leases, nor which have ended: before one is called unknown, or is renewed after a standstill, a quorum has to confirm
   * the leader.
   */
  private asLeader(id: bigint, done: Done<never>, answer: () => void): void {
    const { lessor } = this.o;
    const confirmed = (error: EtcdError | undefined): void => (error ? done(error) : answer());
    if (!lessor.isPrimary) answer();
    else if (lessor.has(id)) this.o.whenSure(confirmed);
    else this.o.barrier(confirmed);
  }

  private elsewhere(ask: (there: LeaseForward) => void, done: Done<never>): void {
    const { forward, leadership } = this.o;
    if (forward && !leadership.isLeader && leadership.leader !== 0n) ask(forward);
    else done(leadership.isLeader ? ERR.NotPrimary : ERR.NoLeader);
  }
}
