/**
 * Disks: implementations of the `Disk` port (core/ports/disk.ts). `NodeDisk` is node:fs; `SimDisk` is a pure model
 * of a disk that tears, loses and fails, for tests and for simulated clusters. This room and storage/lmdb are the
 * only ones that touch a file system. Who may call it: the composition root makes a disk and hands it to storage/wal and
 * storage/snapshot; nothing else opens files of a data directory.
 */
export { lockDirectory } from './dir-lock.ts';
export { NodeDisk, type NodeDiskOptions } from './node-disk.ts';
export { type DiskFault, type DiskOperation, SimDisk, type SimDiskOptions } from './sim-disk.ts';
