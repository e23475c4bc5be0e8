/**
 * The quota of a member: measured on its own backend, its alarm raised through consensus so that all members refuse. With
 * --auto-disarm-nospace the alarm is lowered when there is room again. Each member speaks for itself in both, for nobody
 * else knows its room; for a member that is no longer in the cluster the leader does.
 */
import type { Alarms } from '../core/apply/alarms.ts';
import { Quota, type SpaceReport } from '../core/apply/quota.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { WriteBuffer } from '../core/mvcc/write-buffer.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import { AlarmAction, AlarmRequest, AlarmType } from '../core/wire/gen/rpc.ts';
import { Op } from '../core/wire/proposal.ts';
import type { Propose } from './parts.ts';

/** How often it is looked whether an alarm can be lowered; also after a lowering that failed. */
const DISARM_CHECK_MS = 1_000;

export interface SpaceOptions {
  readonly clock: Clock;
  readonly memberId: bigint;
  /** Bytes; 0 or less, or absent: no limit. */
  readonly quotaBytes: number | undefined;
  readonly autoDisarm: boolean;
  readonly buffer: WriteBuffer;
  readonly alarms: Alarms;
  readonly cluster: Pick<Cluster, 'isRemoved'>;
  isLeader(): boolean;
  readonly propose: Propose;
  readonly onReport: ((report: SpaceReport) => void) | undefined;
}

export class Space {
  readonly quota: Quota;
  private readonly o: SpaceOptions;
  private readonly limitBytes: number;
  private readonly timer: Timer | undefined;
  private isRaising = false;
  private isLowering = false;

  constructor(options: SpaceOptions) {
    this.o = options;
    const { quotaBytes, buffer, clock, autoDisarm } = options;
    this.limitBytes = quotaBytes !== undefined && quotaBytes > 0 ? quotaBytes : Number.POSITIVE_INFINITY;
    this.quota = new Quota({
      limitBytes: this.limitBytes,
      sizes: () => buffer.backend.sizes(),
      uncommittedBytes: () => buffer.uncommittedBytes,
      onNear: (used) => this.report('near', used),
      onExceeded: (used) => this.raise(used),
    });
    if (autoDisarm) this.timer = clock.every(DISARM_CHECK_MS, () => this.lowerIfRoomy());
  }

  stop(): void {
    this.timer?.cancel();
  }

  private report(kind: SpaceReport['kind'], used: number): void {
    this.o.onReport?.({ kind, used, quota: this.limitBytes });
  }

  private alarmed(): bigint[] {
    return this.o.alarms.list(AlarmType.NOSPACE).map(({ memberID }) => memberID);
  }

  private raise(used: number): void {
    const { memberId } = this.o;
    if (this.isRaising || this.alarmed().includes(memberId)) return;
    this.isRaising = true;
    this.report('exceeded', used);
    this.proposeAlarm(AlarmAction.ACTIVATE, memberId, () => {
      this.isRaising = false;
    });
  }

  private lowerIfRoomy(): void {
    const { memberId, cluster } = this.o;
    if (this.isLowering || this.isRaising) return;
    const isOurs = (id: bigint): boolean =>
      id === memberId ? this.quota.isRoomy() : this.o.isLeader() && cluster.isRemoved(id);
    const id = this.alarmed().find(isOurs);
    if (id === undefined) return;
    this.isLowering = true;
    this.proposeAlarm(AlarmAction.DEACTIVATE, id, (wentWell) => {
      this.isLowering = false;
      if (wentWell) this.report('disarmed', this.quota.usedBytes);
    });
  }

  private proposeAlarm(action: number, memberID: bigint, done: (wentWell: boolean) => void): void {
    const request = { action, memberID, alarm: AlarmType.NOSPACE };
    this.o.propose(Op.Alarm, request, AlarmRequest.write, (error) => done(error === undefined));
  }
}
