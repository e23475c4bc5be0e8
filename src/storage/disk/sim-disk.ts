/**
 * A disk that lives in memory and obeys a seed. Pure: time comes from the handed-in clock, chance from the handed-in
 * random function, so the same calls give the same disk, tear for tear.
 *
 * What it can do to its users: lose everything that was not synced, in part and torn (`powerCut`, see sim-file.ts);
 * forget names that `syncDirectory` did not cover (each directory keeps a prefix of what happened to it, as journals
 * do); run full; fail any operation; be slow. After `powerCut` or `kill` every open handle is dead: its calls never
 * return, as those of a process that is gone.
 */
import type { Clock, Random } from '../../core/ports/clock.ts';
import {
  type Disk,
  type DiskDone,
  DiskError,
  type DiskErrorCode,
  type DiskFile,
  type DiskLock,
  type DiskStat,
  type OpenMode,
  parentOf,
} from '../../core/ports/disk.ts';
import { SimDirectory, type SimNode } from './sim-directory.ts';
import { PAGE_BYTES, SimFile } from './sim-file.ts';

export interface DiskOperation {
  readonly kind:
    | 'open'
    | 'stat'
    | 'list'
    | 'mkdir'
    | 'rename'
    | 'remove'
    | 'syncDirectory'
    | 'lock'
    | 'writeDurable'
    | 'write'
    | 'read'
    | 'truncate'
    | 'sync'
    | 'size'
    | 'close';
  readonly path: string;
  /** Bytes written or read; 0 for other operations. */
  readonly bytes: number;
}

/** An error code makes the operation fail. EIO on `sync` or `writeDurable` also loses what was pending. */
export type DiskFault = (operation: DiskOperation) => DiskErrorCode | undefined;

export interface SimDiskOptions {
  readonly random: Random;
  readonly clock: Pick<Clock, 'after'>;
  /** How long an operation takes. Default: 0. */
  readonly latencyMs?: (operation: DiskOperation) => number;
  readonly fault?: DiskFault;
  /** Writes beyond fail with ENOSPC. Default: unlimited. */
  readonly capacityBytes?: number;
}

export class SimDisk implements Disk {
  fault: DiskFault | undefined;
  latencyMs: (operation: DiskOperation) => number;
  capacityBytes: number;
  private readonly random: Random;
  private readonly clock: Pick<Clock, 'after'>;
  private readonly root = new SimDirectory(0o755);
  private locks = new Set<string>();
  /** Grows with each power cut or kill: what was started before never returns. */
  private life = 0;

  constructor(options: SimDiskOptions) {
    this.random = options.random;
    this.clock = options.clock;
    this.fault = options.fault;
    this.latencyMs = options.latencyMs ?? (() => 0);
    this.capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Everything that was not synced is settled by chance; all handles and locks are gone. */
  powerCut(): void {
    this.kill();
    const files: SimFile[] = [];
    this.root.settleByChance(this.random, files);
    for (const file of new Set(files)) file.cut(this.random);
  }

  /** The process is killed: handles and locks are gone, what was written stays (the kernel still has it). */
  kill(): void {
    this.life++;
    this.locks = new Set();
  }

  /** Runs `act` when the operation is over. Faults are drawn at its start. */
  perform(operation: DiskOperation, act: (fault: DiskErrorCode | undefined) => void): void {
    const { life } = this;
    const code = this.fault?.(operation);
    this.clock.after(this.latencyMs(operation), () => {
      if (life === this.life) act(code);
    });
  }

  promise<T>(kind: DiskOperation['kind'], path: string, act: () => T, bytes = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      this.perform({ kind, path, bytes }, (code) => {
        if (code) return reject(new DiskError(code, kind, path));
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  isFull(extraBytes: number): boolean {
    return (
      this.capacityBytes !== Number.POSITIVE_INFINITY &&
      this.allocatedBytes() + extraBytes > this.capacityBytes
    );
  }

  /** In use by all files, in whole pages. */
  allocatedBytes(): number {
    return this.root.allocated();
  }

  chance(): number {
    return this.random();
  }

  private find(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.root;
    for (const name of path.split('/')) {
      if (name === '' || name === '.') continue;
      if (!(node instanceof SimDirectory)) return undefined;
      node = node.get(name);
    }
    return node;
  }

  private directory(path: string, operation: string, blamed = path): SimDirectory {
    const node = this.find(path);
    if (!node) throw new DiskError('ENOENT', operation, blamed);
    if (!(node instanceof SimDirectory)) throw new DiskError('ENOTDIR', operation, blamed);
    return node;
  }

  private parent(path: string, operation: string): SimDirectory {
    return this.directory(parentOf(path), operation, path);
  }

  open(path: string, mode: OpenMode, options: { mode?: number } = {}): Promise<DiskFile> {
    return this.promise('open', path, () => {
      const directory = this.parent(path, 'open');
      let node = this.find(path);
      if (node instanceof SimDirectory) throw new DiskError('EISDIR', 'open', path);
      if (!node) {
        if (mode !== 'create') throw new DiskError('ENOENT', 'open', path);
        node = { file: new SimFile(), mode: options.mode ?? 0o600 };
        directory.set(nameOf(path), node);
      } else if (mode === 'create') node.file.truncate(0);
      return new SimHandle(this, path, node.file);
    });
  }

  stat(path: string): Promise<DiskStat | undefined> {
    return this.promise('stat', path, () => {
      const node = this.find(path);
      if (!node) return undefined;
      if (node instanceof SimDirectory) return { kind: 'directory', size: 0, mode: node.mode };
      return { kind: 'file', size: node.file.size, mode: node.mode };
    });
  }

  list(path: string): Promise<string[]> {
    return this.promise('list', path, () => this.directory(path, 'list').names());
  }

  makeDirectory(path: string, mode: number): Promise<void> {
    return this.promise('mkdir', path, () => {
      let directory = this.root;
      for (const name of path.split('/')) {
        if (name === '' || name === '.') continue;
        let next = directory.get(name);
        if (!next) directory.set(name, (next = new SimDirectory(mode)));
        if (!(next instanceof SimDirectory)) throw new DiskError('EEXIST', 'mkdir', path);
        directory = next;
      }
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.promise('rename', from, () => {
      const node = this.find(from);
      if (!node) throw new DiskError('ENOENT', 'rename', from);
      const source = this.parent(from, 'rename');
      const target = this.parent(to, 'rename');
      if (source === target) source.rename(nameOf(from), nameOf(to));
      else {
        target.set(nameOf(to), node);
        source.delete(nameOf(from));
      }
    });
  }

  remove(path: string): Promise<void> {
    return this.promise('remove', path, () => {
      if (!this.find(path)) throw new DiskError('ENOENT', 'remove', path);
      this.parent(path, 'remove').delete(nameOf(path));
    });
  }

  removeTree(path: string): Promise<void> {
    return this.promise('remove', path, () => {
      if (this.find(path)) this.parent(path, 'remove').delete(nameOf(path));
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.promise('syncDirectory', path, () => this.directory(path, 'syncDirectory').sync());
  }

  lock(directory: string): Promise<DiskLock> {
    return this.promise('lock', directory, () => {
      if (this.locks.has(directory))
        throw new DiskError('ELOCKED', 'lock', directory, `${directory} is in use`);
      const { locks } = this;
      locks.add(directory);
      return {
        release: async () => {
          locks.delete(directory);
        },
      };
    });
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

class SimHandle implements DiskFile {
  readonly path: string;
  private readonly disk: SimDisk;
  private readonly file: SimFile;

  constructor(disk: SimDisk, path: string, file: SimFile) {
    this.disk = disk;
    this.path = path;
    this.file = file;
  }

  writeDurable(bytes: Uint8Array, length: number, position: number, done: DiskDone): void {
    const operation = { kind: 'writeDurable', path: this.path, bytes: length } as const;
    if (this.disk.isFull(length)) {
      this.writeWhatFits(bytes.subarray(0, length), position);
      this.disk.perform(operation, () => done(new DiskError('ENOSPC', 'write', this.path)));
      return;
    }
    this.file.write(position, bytes.subarray(0, length));
    const covered = this.file.mark();
    this.disk.perform(operation, (code) => {
      if (code) {
        this.file.lose(() => this.disk.chance());
        done(new DiskError(code, 'writeDurable', this.path));
      } else {
        this.file.settle(covered);
        done(null);
      }
    });
  }

  /** Some of it still finds room, up to the end of a page. */
  private writeWhatFits(bytes: Uint8Array, position: number): void {
    const end = position + Math.floor(this.disk.chance() * bytes.length);
    const fits = end - (end % PAGE_BYTES) - position;
    if (fits > 0) this.file.write(position, bytes.subarray(0, fits));
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    const full = this.disk.isFull(bytes.length);
    if (!full) this.file.write(position, bytes);
    const act = () => {
      if (full) throw new DiskError('ENOSPC', 'write', this.path);
    };
    return this.disk.promise('write', this.path, act, bytes.length);
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.disk.promise('read', this.path, () => this.file.read(position, into), into.length);
  }

  size(): Promise<number> {
    return this.disk.promise('size', this.path, () => this.file.size);
  }

  truncate(size: number): Promise<void> {
    return this.disk.promise('truncate', this.path, () => this.file.truncate(size));
  }

  sync(): Promise<void> {
    const covered = this.file.mark();
    return new Promise((resolve, reject) => {
      this.disk.perform({ kind: 'sync', path: this.path, bytes: 0 }, (code) => {
        if (code) {
          this.file.lose(() => this.disk.chance());
          reject(new DiskError(code, 'sync', this.path));
        } else {
          this.file.settle(covered);
          resolve();
        }
      });
    });
  }

  close(): Promise<void> {
    return this.disk.promise('close', this.path, () => undefined);
  }
}
