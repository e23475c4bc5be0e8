/** The write-ahead log and the .snap files beside it. */
import type { Disk } from '../../core/ports/disk.ts';
import { readWholeFile } from '../../core/ports/disk.ts';
import { type LogContents, LogStoreError } from '../../core/ports/log-store.ts';
import { crc32c } from '../../core/wire/crc32c.ts';
import { Snapshot } from '../../core/wire/gen/raft.ts';
import { SnapFile } from '../../core/wire/gen/wal.ts';
import { snapFileName } from '../snapshot/snap-file.ts';
import { readLog } from '../wal/index.ts';
import type { Findings } from './report.ts';

/** undefined when the log cannot be read to its end. */
export async function checkLog(
  disk: Disk,
  wal: string,
  findings: Findings,
): Promise<LogContents | undefined> {
  try {
    const { contents, segments, tail, lastIndex } = await readLog(disk, wal);
    Object.assign(findings.facts, {
      'log segments': segments.length,
      'log entries': contents.entries.length,
      'last log index': lastIndex,
      'commit index': contents.hardState.commit,
      term: contents.hardState.term,
    });
    if (tail.torn !== undefined)
      findings.add(
        'warning',
        'log',
        wal,
        `its last write was cut short (${tail.torn}): cut off at the next start`,
      );
    return contents;
  } catch (error) {
    const where = error instanceof LogStoreError ? error.path : wal;
    findings.add('damage', 'log', where, (error as Error).message);
    return undefined;
  }
}

export async function checkSnapFiles(disk: Disk, directory: string, findings: Findings): Promise<void> {
  if (!(await disk.stat(directory))) return;
  const names = (await disk.list(directory)).filter((name) => name.endsWith('.snap'));
  findings.facts['snapshot files'] = names.length;
  for (const name of names) {
    const path = `${directory}/${name}`;
    const problem = snapProblem(await readWholeFile(disk, path), name);
    if (problem !== undefined) findings.add('damage', 'snapshot file', path, problem);
  }
}

/** What is wrong with a .snap file; its name, if known, says term and index. */
export function snapProblem(bytes: Uint8Array, name?: string): string | undefined {
  try {
    const { crc, data } = SnapFile.decode(bytes);
    if (crc === 0 || data.length === 0) return 'snap: empty snapshot';
    if (crc32c(data) !== crc) return 'snap: crc mismatch';
    const { term, index } = Snapshot.decode(data).metadata ?? { term: 0, index: 0 };
    if (name !== undefined && name !== snapFileName(term, index))
      return `is of term ${term} and index ${index}, which is not what its name says`;
    return undefined;
  } catch (error) {
    return `is no snapshot: ${(error as Error).message}`;
  }
}
