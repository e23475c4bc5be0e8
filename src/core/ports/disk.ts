/**
 * The little file system that the write-ahead log and the .snap files need. Two worlds implement it: node:fs, and a
 * simulated disk that loses power. What the port promises is what both keep, and no more:
 *
 * - Bytes written are readable at once, and survive a power cut only after `writeDurable` or `sync` of that file.
 * - Names (created, renamed, removed) survive a power cut only after `syncDirectory` of the directory they are in.
 * - A sector of 512 bytes is written wholly or not at all; anything larger may be torn, in any order.
 * - A failed sync leaves the file in an unknown state: the kernel may drop what it could not write and report the
 *   error once. Whoever gets one stops using the file; trying again would report a success that is none.
 *
 * The write of the log is the one hot call and takes a callback; everything else is rare and returns a promise.
 * Paths use `/`. Failures are `DiskError`.
 */

/** Errors that callers tell apart. Anything else the system reports keeps its own code. */
export type DiskErrorCode =
  | 'ENOENT'
  | 'EEXIST'
  | 'EACCES'
  | 'ENOTDIR'
  | 'ENOSPC'
  | 'EIO'
  | 'ELOCKED'
  | (string & {});

export class DiskError extends Error {
  override name = 'DiskError';
  readonly code: DiskErrorCode;
  readonly operation: string;
  readonly path: string;

  constructor(code: DiskErrorCode, operation: string, path: string, detail?: string) {
    super(detail ?? `${operation} ${path}: ${code}`);
    this.code = code;
    this.operation = operation;
    this.path = path;
  }
}

export type DiskDone = (error: DiskError | null) => void;

export interface DiskStat {
  readonly kind: 'file' | 'directory' | 'other';
  /** Bytes; 0 for directories. */
  readonly size: number;
  /** Permission bits, e.g. 0o700. */
  readonly mode: number;
}

/** `read`: must exist. `write`: must exist, read and write. `create`: read and write, made or emptied. */
export type OpenMode = 'read' | 'write' | 'create';

export interface DiskFile {
  readonly path: string;

  /**
   * Writes `bytes[0, length)` at `position` and makes it durable (as O_DSYNC or fdatasync do). `bytes` must not
   * change until `done`. Calls must not overlap on one file.
   */
  writeDurable(bytes: Uint8Array, length: number, position: number, done: DiskDone): void;

  /** Writes all of `bytes` at `position`, not durable. */
  write(bytes: Uint8Array, position: number): Promise<void>;

  /** Fills `into` from `position`; the result is how many bytes there were before the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;

  size(): Promise<number>;

  /** Cuts the file off, or extends it by zeros that need not occupy space. */
  truncate(size: number): Promise<void>;

  /** Makes content and size durable. */
  sync(): Promise<void>;

  close(): Promise<void>;
}

export interface DiskLock {
  release(): Promise<void>;
}

export interface Disk {
  /** @param options.mode permission bits of a file that gets created; 0o600 unless told. */
  open(path: string, mode: OpenMode, options?: { mode?: number }): Promise<DiskFile>;

  /** undefined when there is nothing by that name. */
  stat(path: string): Promise<DiskStat | undefined>;

  /** Names in a directory, sorted by code unit. */
  list(directory: string): Promise<string[]>;

  /** Makes the directory and those above it; no error when it is there already. */
  makeDirectory(path: string, mode: number): Promise<void>;

  /** Replaces `to` when it is a file. */
  rename(from: string, to: string): Promise<void>;

  /** Removes a file. */
  remove(path: string): Promise<void>;

  /** Removes whatever is there, with all below; no error when there is nothing. */
  removeTree(path: string): Promise<void>;

  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;

  /**
   * Takes a directory for this process alone, without waiting. The lock goes away with the process, however it ends.
   * @throws DiskError ELOCKED when somebody else has it.
   */
  lock(directory: string): Promise<DiskLock>;
}

/** The directory part of a path. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}

/** Reads a whole file. */
export async function readWholeFile(disk: Disk, path: string): Promise<Uint8Array> {
  const file = await disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(await file.size());
    const n = await file.read(bytes, 0);
    return bytes.subarray(0, n);
  } finally {
    await file.close();
  }
}
