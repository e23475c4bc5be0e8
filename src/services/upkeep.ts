/** What the chores of the Maintenance service ask of the database: a port, implemented where the storage is known. */

export interface Upkeep {
  /** Fixes what the database holds now, everything acknowledged included, as a file of etcd's format. */
  openSnapshot(): Promise<SnapshotFile>;
  /** CRC-32C over all buckets, after a commit of everything written so far. */
  hash(): Promise<number>;
  /** Gives unused space back. Requests are served meanwhile. */
  defragment(): Promise<void>;
}

export interface SnapshotFile {
  /** Length without the SHA-256. */
  readonly bytes: number;
  /** Storage version, `X.Y.0`; '' before 3.6. */
  readonly version: string;
  /** The file in order, then its SHA-256 as a chunk of its own. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Lets go of the state that was fixed; it takes space until then. */
  close(): void;
}
