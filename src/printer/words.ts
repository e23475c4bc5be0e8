/** Names of enum values and forms of ids that several formats share. */
import { PermissionType } from '../core/wire/gen/auth.ts';
import { EventType } from '../core/wire/gen/kv.ts';
import { AlarmType } from '../core/wire/gen/rpc.ts';

const inverse = (values: Readonly<Record<string, number>>): Readonly<Record<number, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [value, name]));

export const EVENT_NAMES = inverse(EventType);
export const ALARM_NAMES = inverse(AlarmType);
export const PERMISSION_NAMES = inverse(PermissionType);

/** Lease ids are shown as 16 hexadecimal digits. */
export function leaseHex(id: bigint): string {
  return id < 0n ? `-${(-id).toString(16).padStart(15, '0')}` : id.toString(16).padStart(16, '0');
}
