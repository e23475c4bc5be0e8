/**
 * The leader compares its data with that of the others, by hash: all of it now and then, and what compactions hashed on
 * their way every minute. A member whose data is not what the others have gets a CORRUPT alarm, which stops all writes
 * until somebody has looked. Hashing gives way to requests: a slice, then a pause.
 */

import type { Alarms } from '../core/apply/alarms.ts';
import { drive } from '../core/drive.ts';
import type { Done } from '../core/errors.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { KvHash, Store } from '../core/mvcc/store.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import { AlarmType } from '../core/wire/gen/rpc.ts';
import { compactionVerdict, type PeerHashes, suspectOf } from './corruption-rules.ts';
import type { Leadership } from './leadership.ts';
import type { Peers } from './peers.ts';

export interface CorruptionChecks {
  /** Between two comparisons of all data, in milliseconds; 0: none (--corrupt-check-time). */
  readonly everyMs: number;
  /** Between two comparisons of compaction hashes; 0: none (--compact-hash-check-time, gate CompactHashCheck). */
  readonly compactionsEveryMs: number;
}

export type CorruptionReport =
  | { readonly kind: 'clean'; readonly revision: number; readonly answers: number; readonly peers: number }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'corrupt'; readonly id: bigint; readonly why: string };

export interface CorruptionCheckOptions {
  readonly clock: Clock;
  readonly checks: CorruptionChecks;
  readonly localId: bigint;
  readonly cluster: Cluster;
  readonly leadership: Leadership;
  readonly store: Store;
  readonly alarms: Alarms;
  readonly peers: Peers;
  /** Between two slices of a hash, in milliseconds. */
  readonly pauseMs: number;
  barrier(done: Done<void>): void;
  /** Proposes the CORRUPT alarm of a member. */
  raise(id: bigint): void;
  onReport(report: CorruptionReport): void;
}

export class CorruptionCheck {
  private readonly o: CorruptionCheckOptions;
  private readonly timers: Timer[] = [];
  private busy = false;
  private stopped = false;
  /** Compaction hashes up to here were compared with everybody's. */
  private comparedRevision = 0;

  constructor(options: CorruptionCheckOptions) {
    this.o = options;
    const { clock, checks } = options;
    if (checks.everyMs > 0)
      this.timers.push(clock.every(checks.everyMs, () => this.whenLeader(this.compareAll)));
    if (checks.compactionsEveryMs > 0)
      this.timers.push(
        clock.every(checks.compactionsEveryMs, () => this.whenLeader(this.compareCompactions)),
      );
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) timer.cancel();
  }

  private whenLeader(check: (end: () => void) => void): void {
    if (this.busy || this.stopped || !this.o.leadership.isLeader || this.others().length === 0) return;
    this.busy = true;
    check(() => {
      this.busy = false;
    });
  }

  private others() {
    return this.o.cluster.members().filter((m) => m.id !== this.o.localId);
  }

  private readonly compareAll = (end: () => void): void => {
    const { localId, onReport } = this.o;
    const failed = (error: Error): void => {
      onReport({ kind: 'failed', error });
      end();
    };
    this.hash(0, (error, before) => {
      if (error) return failed(error);
      this.ask(before!.revision, (peers) =>
        this.o.barrier((unconfirmed) => {
          if (unconfirmed) return failed(unconfirmed);
          this.hash(0, (again, after) => {
            if (again) return failed(again);
            const suspect = suspectOf(localId, { before: before!, after: after! }, peers);
            if (suspect) this.accuse(suspect.id, suspect.why);
            else this.clean(before!.revision, peers);
            end();
          });
        }),
      );
    });
  };

  /** Newest first: where everybody agrees, what lies before was equal too. */
  private readonly compareCompactions = (end: () => void): void => {
    const { store, localId } = this.o;
    const hashes = [...store.compactionHashes].reverse();
    const next = (): void => {
      const hash = hashes.shift();
      if (hash === undefined || hash.revision <= this.comparedRevision || this.stopped) return end();
      this.ask(hash.revision, (peers) => {
        const { suspects, complete } = compactionVerdict(localId, hash, peers);
        for (const id of suspects)
          this.accuse(id, `hash taken at compaction ${hash.revision} is not what the majority has`);
        if (suspects.length > 0) return end();
        if (!complete) return next();
        this.comparedRevision = hash.revision;
        this.clean(hash.revision, peers);
        end();
      });
    };
    next();
  };

  private hash(revision: number, done: Done<KvHash>): void {
    const { store, clock, pauseMs } = this.o;
    const rest = (run: () => void): void => {
      clock.after(pauseMs, () => {
        if (!this.stopped) run();
      });
    };
    drive(() => store.hashKV(revision), rest, done);
  }

  private ask(revision: number, done: (hashes: PeerHashes) => void): void {
    this.o.peers.hashes(this.others(), revision, (hashes) => {
      if (!this.stopped) done(hashes);
    });
  }

  private clean(revision: number, peers: PeerHashes): void {
    const answers = [...peers.values()].filter((answer) => answer !== undefined).length;
    this.o.onReport({ kind: 'clean', revision, answers, peers: peers.size });
  }

  /** An alarm that is up already is not raised again, nor one of a member that was removed while it was asked. */
  private accuse(id: bigint, why: string): void {
    const { alarms, cluster, raise, onReport } = this.o;
    if (cluster.member(id) === undefined) return;
    onReport({ kind: 'corrupt', id, why });
    if (!alarms.list(AlarmType.CORRUPT).some(({ memberID }) => memberID === id)) raise(id);
  }
}
