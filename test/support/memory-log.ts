/** A log that lives in memory and is always durable: for tests of what stands on top of it. */
import type {
  LogBatch,
  LogContents,
  LogDone,
  LogEntry,
  LogHardState,
  LogSnapshot,
  LogStore,
} from '../../src/core/ports/log-store.ts';

export class MemoryLog implements LogStore {
  private entries: LogEntry[] = [];
  private hardState: LogHardState = { term: 0, vote: 0n, commit: 0 };
  private snapshot: LogSnapshot | undefined;

  append(batch: LogBatch, done: LogDone): void {
    for (const entry of batch.entries) {
      const first = this.entries[0]?.index ?? entry.index;
      this.entries.length = entry.index - first;
      this.entries.push({ ...entry, data: Uint8Array.from(entry.data) });
    }
    if (batch.hardState) this.hardState = batch.hardState;
    setImmediate(done, null);
  }

  saveSnapshot(snapshot: LogSnapshot, done: LogDone): void {
    this.snapshot = snapshot;
    this.entries = this.entries.filter((e) => e.index > snapshot.metadata.index);
    setImmediate(done, null);
  }

  purge(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What a restart would find. */
  contents(identity: LogContents['identity']): LogContents {
    return { identity, hardState: this.hardState, entries: [...this.entries], snapshot: this.snapshot };
  }
}
