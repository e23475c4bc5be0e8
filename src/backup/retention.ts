/** Which backups have to go. */
import type { StoredBackup } from './target.ts';

/** All but the newest `keep` of each cluster, oldest first. */
export function superseded(backups: readonly StoredBackup[], keep: number): StoredBackup[] {
  const kept = new Map<bigint, number>();
  return [...backups]
    .sort((a, b) => b.time - a.time)
    .filter(({ clusterId }) => {
      const count = (kept.get(clusterId) ?? 0) + 1;
      kept.set(clusterId, count);
      return count > keep;
    })
    .reverse();
}
