/**
 * Alarms: a member of the cluster is out of space, or its data is not what the others have. An alarm holds for the
 * whole cluster, whichever member it names, and stays until it is disarmed. Kept in bucket `alarm`, replicated by apply.
 */
import type { WriteBuffer } from '../mvcc/write-buffer.ts';
import { EMPTY } from '../wire/bytes.ts';
import { AlarmAction, AlarmMember, type AlarmRequest, AlarmType } from '../wire/gen/rpc.ts';

export class Alarms {
  private readonly buffer: WriteBuffer;
  private active: AlarmMember[] = [];

  constructor(buffer: WriteBuffer) {
    this.buffer = buffer;
    this.load();
  }

  /** Takes what is stored. */
  load(): void {
    this.active = this.buffer.entries('alarm').map(({ key }) => AlarmMember.decode(key));
  }

  /** In stored order. AlarmType.NONE: all types. */
  list(type: number = AlarmType.NONE): AlarmMember[] {
    return this.active.filter(({ alarm }) => type === AlarmType.NONE || alarm === type);
  }

  isActive(type: number): boolean {
    return this.active.some(({ alarm }) => alarm === type);
  }

  /** What the request found (GET), raised or disarmed. */
  apply({ action, memberID, alarm }: AlarmRequest): AlarmMember[] {
    if (action === AlarmAction.GET) return this.list(alarm);
    if (alarm === AlarmType.NONE) return [];
    const at = this.active.findIndex((a) => a.memberID === memberID && a.alarm === alarm);
    const member = AlarmMember.create({ memberID, alarm });
    if (action === AlarmAction.ACTIVATE) {
      if (at < 0) {
        this.active.push(member);
        this.buffer.put('alarm', AlarmMember.encode(member), EMPTY);
      }
      return [member];
    }
    if (action !== AlarmAction.DEACTIVATE || at < 0) return [];
    this.active.splice(at, 1);
    this.buffer.delete('alarm', AlarmMember.encode(member));
    return [member];
  }
}
