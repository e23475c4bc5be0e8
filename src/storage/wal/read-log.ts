/**
 * Reads a log back: identity, last hard state, the newest snapshot record that was committed, and the entries behind it.
 * Reading changes nothing; `reopenTail` is what makes the log ready to be appended to.
 */
import { type Disk, type DiskFile, parentOf } from '../../core/ports/disk.ts';
import {
  type LogContents,
  type LogEntry,
  type LogHardState,
  type LogIdentity,
  type LogSnapshot,
  LogStoreError,
} from '../../core/ports/log-store.ts';
import { allocate } from '../../core/wire/arena.ts';
import { EMPTY } from '../../core/wire/bytes.ts';
import { ConfState, Entry, EntryType, HardState } from '../../core/wire/gen/raft.ts';
import { Metadata, WalSnapshot } from '../../core/wire/gen/wal.ts';
import { RecordType, type SegmentName, segmentsAmong, segmentsFrom } from './format.ts';
import { commitBehind, type SegmentScan, scanSegment } from './segment-reader.ts';

export interface ReadLog {
  readonly contents: LogContents;
  readonly segments: readonly SegmentName[];
  /** How the last segment ended. */
  readonly tail: SegmentScan;
  /** The highest index the log knows of; the next segment is named after the one behind it. */
  readonly lastIndex: number;
}

const COPY_BYTES = 1024 * 1024;
const NO_STATE: LogHardState = { term: 0, vote: 0n, commit: 0 };

/** What the records read so far add up to. */
class LogState {
  identity: LogIdentity | undefined;
  hardState: LogHardState = NO_STATE;
  lastIndex = 0;
  private entries: LogEntry[] = [];
  private newest: WalSnapshot | undefined;
  /** A snapshot from ahead of the log, until a hard state commits it, and the entries whose place it then takes. */
  private received: { readonly snapshot: WalSnapshot; readonly replaced: LogEntry[] } | undefined;

  take(type: number, data: Uint8Array, path: string, offset: number): void {
    if (type === RecordType.Entry) this.entry(Entry.decode(data), path, offset);
    else if (type === RecordType.State) this.state(HardState.decode(data), path, offset);
    else if (type === RecordType.Snapshot) this.snapshot(WalSnapshot.decode(data));
    else if (type === RecordType.Metadata) this.metadata(Metadata.decode(data), path, offset);
    else if (type !== RecordType.Crc) {
      throw new LogStoreError('corrupt', `wal: unexpected block type ${type}`, { path, offset });
    }
  }

  /** A received snapshot that was never committed is as if it had not come. */
  finish(): { snapshot: LogSnapshot | undefined; entries: readonly LogEntry[] } {
    const entries = this.received?.replaced ?? this.entries;
    if (!this.newest || this.newest.index === 0) return { snapshot: undefined, entries };
    const { index, term, confState = ConfState.create() } = this.newest;
    return {
      snapshot: { data: EMPTY, metadata: { index, term, confState } },
      entries: entries.filter((e) => e.index > index),
    };
  }

  /** What raft promised: no term and no commit is ever taken back. The record's type has no checksum; this stands for one. */
  private state(state: HardState, path: string, offset: number): void {
    const { term, commit } = this.hardState;
    if (state.term < term || state.commit < commit || (state.term === 0 && state.commit > 0))
      throw new LogStoreError(
        'corrupt',
        `wal: state goes back from term ${term}, commit ${commit} to term ${state.term}, commit ${state.commit}`,
        { path, offset },
      );
    this.hardState = state;
    if (this.received && this.received.snapshot.index <= state.commit) {
      this.newest = this.received.snapshot;
      this.received = undefined;
    }
  }

  /** A later entry with the same index overrides it and all behind. */
  private entry(entry: Entry, path: string, offset: number): void {
    const { received } = this;
    if (received && this.entries.length === 0 && entry.index !== received.snapshot.index + 1) {
      // A crash came before the hard state, and the log went on from what it had before.
      this.entries = received.replaced;
      this.received = undefined;
    }
    const first = this.entries[0]?.index ?? entry.index;
    const position = entry.index - first;
    if (position > this.entries.length) {
      const last = first + this.entries.length - 1;
      const gap = `wal: slice bounds out of range: entry ${entry.index} follows ${last}`;
      throw new LogStoreError('corrupt', gap, { path, offset });
    }
    const before = this.entries[position - 1];
    if (entry.type > EntryType.EntryConfChangeV2 || entry.term === 0 || (before && entry.term < before.term))
      throw new LogStoreError(
        'corrupt',
        `wal: entry ${entry.index} is of type ${entry.type} and term ${entry.term}, behind one of term ${before?.term ?? 0}`,
        { path, offset },
      );
    if (position < 0) this.entries = [];
    else this.entries.length = position;
    const { type, term, index } = entry;
    const copy = allocate(entry.data.length);
    copy.set(entry.data);
    this.entries.push({ type, term, index, data: copy });
    this.lastIndex = index;
  }

  /**
   * A member's own snapshot is of what it has committed, and covers the entries up to it: they are let go here, so that a
   * long log need not fit into memory. One from the leader is ahead of the commit index: it replaces the whole log.
   */
  private snapshot(snapshot: WalSnapshot): void {
    const { index } = snapshot;
    this.lastIndex = Math.max(this.lastIndex, index);
    if (index > this.hardState.commit) {
      this.received = { snapshot, replaced: this.received?.replaced ?? this.entries };
      this.entries = [];
      return;
    }
    if (this.newest && this.newest.index > index) return;
    this.newest = snapshot;
    const kept = this.entries.findIndex((e) => e.index > index);
    this.entries = kept < 0 ? [] : this.entries.slice(kept);
  }

  private metadata({ NodeID, ClusterID }: Metadata, path: string, offset: number): void {
    const { identity } = this;
    if (identity && (identity.nodeId !== NodeID || identity.clusterId !== ClusterID)) {
      throw new LogStoreError('corrupt', 'wal: conflicting metadata found', { path, offset });
    }
    this.identity = { nodeId: NodeID, clusterId: ClusterID };
  }
}

export async function logExists(disk: Disk, directory: string): Promise<boolean> {
  if (!(await disk.stat(directory))) return false;
  return segmentsAmong(await disk.list(directory)).length > 0;
}

/**
 * Reads a log. A torn tail is reported (`tail.torn`), not repaired. With the index of the newest .snap file it begins at the
 * segment that this snapshot goes on in, as long as the log says the same: a snapshot file that no record speaks of (a
 * crash came between the two) counts for nothing, and then all segments are read.
 * @throws LogStoreError corrupt (with file and offset), missing; DiskError
 */
export async function readLog(disk: Disk, directory: string, newestSnapshot = 0): Promise<ReadLog> {
  const all = segmentsAmong(await disk.list(directory));
  const segments = all.length > 0 ? segmentsFrom(all, all[0].index, directory) : [];
  if (segments.length === 0) throw new LogStoreError('missing', 'wal: file not found', { path: directory });
  const first = segments.findLastIndex(({ index }) => index <= newestSnapshot);
  if (first > 0) {
    const short = await readSegments(disk, directory, segments.slice(first));
    const base = short.snapshot?.metadata.index ?? 0;
    const goesOn = short.entries.length === 0 || short.entries[0].index === base + 1;
    if (base + 1 >= segments[first].index && goesOn) return readOf(short, segments);
  }
  const whole = await readSegments(disk, directory, segments);
  const base = whole.snapshot?.metadata.index ?? 0;
  const { entries } = whole;
  if (entries.length > 0 && entries[0].index !== base + 1) {
    const path = `${directory}/${segments[0].name}`;
    throw new LogStoreError('missing', `wal: entries between ${base} and ${entries[0].index} are missing`, {
      path,
    });
  }
  return readOf(whole, segments);
}

interface ReadSegments extends LogContents {
  readonly tail: SegmentScan;
  readonly lastIndex: number;
}

function readOf({ tail, lastIndex, ...contents }: ReadSegments, segments: readonly SegmentName[]): ReadLog {
  return { contents, segments, tail, lastIndex };
}

async function readSegments(
  disk: Disk,
  directory: string,
  segments: readonly SegmentName[],
): Promise<ReadSegments> {
  const state = new LogState();
  let crc = 0;
  let tail: SegmentScan | undefined;
  for (const segment of segments) {
    const path = `${directory}/${segment.name}`;
    const file = await disk.open(path, 'read');
    const visit = (type: number, data: Uint8Array, offset: number) => state.take(type, data, path, offset);
    const last = segment === segments[segments.length - 1];
    try {
      tail = await scanSegment(file, { crc, last }, visit);
      if (tail.torn !== undefined && (await commitBehind(file, tail.end)) > state.lastIndex)
        throw new LogStoreError(
          'corrupt',
          `${tail.torn} in ${path} at offset ${tail.end}, and what follows says that it was whole`,
          { path, offset: tail.end },
        );
    } finally {
      await file.close();
    }
    crc = tail.crc;
  }
  if (!state.identity) {
    throw new LogStoreError('corrupt', 'wal: no metadata found', {
      path: `${directory}/${segments[0].name}`,
    });
  }
  const { identity, hardState, lastIndex } = state;
  return { identity, hardState, ...state.finish(), tail: tail!, lastIndex };
}

/**
 * Opens the last segment for appending. What lies behind its last record becomes zeros: what a torn write left there must
 * not be taken for records once the log has grown up to it. What was read, and the name it was read under, become durable:
 * both may come from the page cache of a process that was killed before its sync, and the member now acts on them.
 */
export async function reopenTail(
  disk: Disk,
  path: string,
  tail: SegmentScan,
  size: number,
): Promise<DiskFile> {
  if (tail.torn !== undefined) await keepCopy(disk, path);
  const file = await disk.open(path, 'write');
  await writeAgain(file, tail.end);
  await file.truncate(tail.end);
  await file.truncate(Math.max(size, tail.end));
  await file.sync();
  await disk.syncDirectory(parentOf(path));
  return file;
}

/**
 * Nothing new is written, but the system has to take it to the disk again. An earlier process may have ended because its
 * sync failed: then what it wrote last can be read, is not on the disk, and counts as clean, so that a sync alone would
 * report a success that is none (see ports/disk.ts).
 */
async function writeAgain(file: DiskFile, end: number): Promise<void> {
  for (let at = 0; at < end; at += COPY_BYTES) {
    const chunk = new Uint8Array(Math.min(COPY_BYTES, end - at));
    await file.read(chunk, at);
    await file.write(chunk, at);
  }
}

/** `<segment>.broken`: what was there before the torn tail was cut off. */
async function keepCopy(disk: Disk, path: string): Promise<void> {
  const source = await disk.open(path, 'read');
  const copy = await disk.open(`${path}.broken`, 'create');
  const chunk = new Uint8Array(COPY_BYTES);
  for (let at = 0, n = await source.read(chunk, 0); n > 0; at += n, n = await source.read(chunk, at)) {
    await copy.write(chunk.slice(0, n), at);
  }
  await copy.sync();
  await copy.close();
  await source.close();
  await disk.syncDirectory(parentOf(path));
}
