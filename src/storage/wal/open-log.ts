/**
 * Opens the log of a data directory, or makes it. The first segment is built under a temporary name and gets its own when
 * it is whole: a crash in the middle leaves either no log or a good one. (etcd builds a directory `wal.tmp` and renames
 * that; ours also works where --wal-dir is a mount point, and removes nothing that somebody else put there.)
 */
import { type Disk, parentOf } from '../../core/ports/disk.ts';
import type { LogContents, LogIdentity } from '../../core/ports/log-store.ts';
import { Metadata, WalSnapshot } from '../../core/wire/gen/wal.ts';
import { newestSnapIndex } from '../snapshot/snap-file.ts';
import { RecordEncoder } from './encoder.ts';
import { RecordType, SEGMENT_BYTES, segmentName } from './format.ts';
import { logExists, readLog, reopenTail } from './read-log.ts';
import { type LogObserver, WriteAheadLog, type WriteAheadLogOptions } from './write-ahead-log.ts';

export interface OpenLogOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly snapDirectory: string;
  /** Who the log is for, if there is none yet. */
  readonly identity: LogIdentity;
  readonly maxSegments: number;
  readonly maxSnapshots: number;
  readonly now: () => number;
  readonly observer: LogObserver;
  /** Smaller in tests only. */
  readonly segmentBytes?: number;
}

export interface OpenedLog {
  readonly log: WriteAheadLog;
  readonly contents: LogContents;
  /** It was made just now. */
  readonly fresh: boolean;
  /** What was torn off the end of the last segment, if anything. */
  readonly repaired: string | undefined;
}

/** @throws LogStoreError corrupt, missing; DiskError */
export async function openLog(o: OpenLogOptions): Promise<OpenedLog> {
  const fresh = !(await logExists(o.disk, o.directory));
  if (fresh) await createLog(o);
  // A process that was killed may have made the log without having made its name durable.
  else await o.disk.syncDirectory(parentOf(o.directory));
  const { contents, segments, tail, lastIndex } = await readLog(
    o.disk,
    o.directory,
    await newestSnapIndex(o.disk, o.snapDirectory),
  );
  const segmentBytes = o.segmentBytes ?? SEGMENT_BYTES;
  const path = `${o.directory}/${segments[segments.length - 1].name}`;
  const file = await reopenTail(o.disk, path, tail, segmentBytes);
  const options: WriteAheadLogOptions = { ...o, segmentBytes };
  const position = {
    identity: contents.identity,
    file,
    segments,
    offset: tail.end,
    crc: tail.crc,
    lastIndex,
    hardState: contents.hardState,
  };
  return { log: new WriteAheadLog(options, position), contents, fresh, repaired: tail.torn };
}

async function createLog({
  disk,
  directory,
  identity,
  segmentBytes = SEGMENT_BYTES,
}: OpenLogOptions): Promise<void> {
  await disk.makeDirectory(directory, 0o700);
  const head = new RecordEncoder();
  head.crcRecord(0);
  const metadata = Metadata.encode({ NodeID: identity.nodeId, ClusterID: identity.clusterId });
  const crc = head.record(RecordType.Metadata, metadata, 0);
  head.record(RecordType.Snapshot, WalSnapshot.encode(WalSnapshot.create()), crc);
  const building = `${directory}/first.tmp`;
  const file = await disk.open(building, 'create');
  await file.truncate(segmentBytes);
  await file.write(head.buffer.subarray(0, head.length), 0);
  await file.sync();
  await file.close();
  await disk.rename(building, `${directory}/${segmentName(0, 0)}`);
  await disk.syncDirectory(directory);
  await disk.syncDirectory(parentOf(directory));
}
