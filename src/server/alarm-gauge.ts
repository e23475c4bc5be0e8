/** etcd_debugging_server_alarms: 1 for every alarm that is up, 0 for one that was. */
import { hexId } from '../core/membership/member.ts';
import { type AlarmMember, AlarmType } from '../core/wire/gen/rpc.ts';
import type { Metrics } from './metrics/index.ts';

const NAMES: readonly string[] = Object.keys(AlarmType);

/** To be called with what is up now, again and again. */
export function alarmGauge({ debugging }: Metrics): (alarms: readonly AlarmMember[]) => void {
  let shown = new Map<string, readonly [string, string]>();
  return (alarms) => {
    const up = new Map<string, readonly [string, string]>();
    for (const { memberID, alarm } of alarms) {
      const labels = [hexId(memberID), NAMES[alarm] ?? String(alarm)] as const;
      up.set(labels.join(), labels);
      debugging.server.alarms.labels(...labels).set(1);
    }
    for (const [key, labels] of shown) if (!up.has(key)) debugging.server.alarms.labels(...labels).set(0);
    shown = new Map([...shown, ...up]);
  };
}
