/**
 * Names of backups: `<cluster id>-<time>-r<revision>.db`, such as `cdf818194e3a8c32-20261128T164530.123Z-r1234.db`. The
 * order of names is the order of time within a cluster; clusters that share a place do not touch each other's.
 */
export interface NamedBackup {
  readonly clusterId: bigint;
  /** Milliseconds since the epoch at which it was begun. */
  readonly time: number;
  /** Store revision that it holds. */
  readonly revision: number;
}

const NAME = /^([0-9a-f]{16})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z-r(\d{1,16})\.db$/;

export function formatName({ clusterId, time, revision }: NamedBackup): string {
  const at = new Date(time).toISOString().replaceAll(/[-:]/g, '');
  return `${clusterId.toString(16).padStart(16, '0')}-${at}-r${revision}.db`;
}

/** undefined: no backup of ours has such a name. */
export function parseName(name: string): NamedBackup | undefined {
  const found = NAME.exec(name);
  if (!found) return undefined;
  const [, id, year, month, day, hours, minutes, seconds, fraction, revision] = found;
  const time = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${fraction}Z`);
  if (Number.isNaN(time)) return undefined;
  return { clusterId: BigInt(`0x${id}`), time, revision: Number(revision) };
}
