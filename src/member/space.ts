/** The quota of a member: measured on its own backend, its alarm raised through consensus so that all members refuse. */
import type { Alarms } from '../core/apply/alarms.ts';
import { Quota, type SpaceReport } from '../core/apply/quota.ts';
import type { WriteBuffer } from '../core/mvcc/write-buffer.ts';
import { AlarmAction, AlarmRequest, AlarmType } from '../core/wire/gen/rpc.ts';
import { Op } from '../core/wire/proposal.ts';
import type { Propose } from './parts.ts';

export interface SpaceOptions {
  readonly memberId: bigint;
  /** Bytes; 0 or less, or absent: no limit. */
  readonly quotaBytes: number | undefined;
  readonly buffer: WriteBuffer;
  readonly alarms: Alarms;
  readonly propose: Propose;
  readonly onReport: ((report: SpaceReport) => void) | undefined;
}

export function memberQuota(o: SpaceOptions): Quota {
  const quota = o.quotaBytes !== undefined && o.quotaBytes > 0 ? o.quotaBytes : Number.POSITIVE_INFINITY;
  let isRaising = false;
  const isUp = (): boolean =>
    o.alarms.list(AlarmType.NOSPACE).some(({ memberID }) => memberID === o.memberId);
  return new Quota({
    limitBytes: quota,
    sizes: () => o.buffer.backend.sizes(),
    uncommittedBytes: () => o.buffer.uncommittedBytes,
    onNear: (used) => o.onReport?.({ kind: 'near', used, quota }),
    onExceeded(used) {
      if (isRaising || isUp()) return;
      isRaising = true;
      o.onReport?.({ kind: 'exceeded', used, quota });
      const request = { action: AlarmAction.ACTIVATE, memberID: o.memberId, alarm: AlarmType.NOSPACE };
      o.propose(Op.Alarm, request, AlarmRequest.write, () => {
        isRaising = false;
      });
    },
  });
}
