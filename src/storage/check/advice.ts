/** What can be done about it. */
import type { LogContents } from '../../core/ports/log-store.ts';
import type { Findings } from './report.ts';

export interface AdviceInput {
  readonly findings: Findings;
  readonly root: string;
  readonly database: string;
  readonly kind: 'kvctl' | 'etcd';
  /** undefined: damaged. */
  readonly log: LogContents | undefined;
  readonly members: number;
}

export function adviceFor({ findings, root, database, kind, log, members }: AdviceInput): string[] {
  if (!findings.hasDamage()) return [];
  const advice: string[] = [];
  const isDatabase = findings.hasDamage('database', 'history', 'membership');
  if (isDatabase && kind === 'kvctl' && reachesBack(log))
    advice.push(
      `The log is whole and begins with the first entry: stop the member, move ${database} away and start it again; the database is built anew from the log.`,
    );
  else if (isDatabase || findings.hasDamage('log')) advice.push(...replaceData(kind, root, members));
  if (findings.hasDamage('log') && !isDatabase && kind === 'etcd')
    advice.push(
      `The database is whole. Without what the log had ahead of it: kvctl snapshot restore --skip-hash-check ${database} --data-dir <new>.`,
    );
  if (findings.hasDamage('snapshot file'))
    advice.push(
      'A damaged .snap file: kvctl does not read these, so it starts all the same; remove the file before an older etcd is started here.',
    );
  return advice;
}

function reachesBack(log: LogContents | undefined): boolean {
  return log !== undefined && log.snapshot === undefined && log.entries[0]?.index === 1;
}

function replaceData(kind: 'kvctl' | 'etcd', root: string, members: number): string[] {
  const tool = kind === 'kvctl' ? 'kvctl' : 'etcdctl';
  const advice = [
    `Restore the newest good snapshot: kvctl snapshot restore <snapshot.db> --data-dir <new> (kvctl check data <snapshot.db> says whether one is good).`,
  ];
  if (members > 1)
    advice.unshift(
      `It is one of ${members} members, and the others have the data: ${tool} member remove <id>, remove ${root}, then ${tool} member add and start it with --initial-cluster-state=existing.`,
    );
  return advice;
}
