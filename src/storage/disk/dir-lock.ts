/**
 * One process per data directory. node:fs has no flock(2), so the kernel is asked in other ways; each is held by
 * the process itself and gone when it dies, however it dies, so nothing is ever stale and no pid is ever compared.
 *
 * Linux, two locks, because each covers what the other cannot:
 * 1. A listening socket in the abstract namespace, named after device and inode of the directory. Binding is atomic.
 *    It knows only processes of the same network namespace (not those in another container).
 * 2. flock(2) on `<directory>/.lock`, taken by the flock(1) program of util-linux or busybox: flock belongs to the
 *    open file description, which a child inherits together with the descriptor, so what the child locks stays locked
 *    after it exits for as long as our descriptor is open. It sees other containers on the same volume (and NFS
 *    clients). Where there is no such program the first lock stands alone.
 * Elsewhere: O_EXLOCK, which makes open(2) itself take the flock (BSD, macOS) or opens without sharing (Windows).
 *
 * Rejected: a file with O_EXCL and a pid (stale after kill -9; pids are reused, and differ between containers); a
 * Unix socket in the directory (stale after kill -9, and two starters can both remove it; 108 bytes of path at most);
 * LMDB's lock file (made for sharing between processes, it excludes nobody).
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { DiskError, type DiskLock } from '../../core/ports/disk.ts';

const LOCK_FILE = '.lock';
/** libuv: UV_FS_O_EXLOCK. */
const O_EXLOCK = process.platform === 'win32' ? 0x10000000 : 0x20;

function inUse(directory: string): DiskError {
  return new DiskError(
    'ELOCKED',
    'lock',
    directory,
    `data directory ${directory} is in use by another process: a second member cannot run on it`,
  );
}

/** Binds the abstract socket; resolves to what closes it. */
function bindAbstract(directory: string): Promise<() => Promise<void>> {
  const { dev, ino } = fs.statSync(directory);
  const server = net.createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? inUse(directory) : error);
    });
    server.listen({ path: `\0kvctl-data-dir-${dev}-${ino}`, exclusive: true }, () => {
      server.unref();
      resolve(() => new Promise<void>((closed) => server.close(() => closed())));
    });
  });
}

/** Runs flock(1) on an inherited descriptor. Both programs leave with 1 when somebody else holds the lock. */
function flockInherited(fd: number, directory: string, kind: '-x' | '-s'): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', [kind, '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
    // No such program: the abstract socket is the only lock.
    child.once('error', () => resolve());
    child.once('close', (code) => {
      if (code === 0) resolve();
      else if (code === 1) reject(inUse(directory));
      else
        reject(new DiskError('ENOLCK', 'flock', directory, `cannot lock ${directory}: flock exit ${code}`));
    });
  });
}

async function lockOnLinux(directory: string): Promise<DiskLock> {
  const closeSocket = await bindAbstract(directory);
  let fd: number | undefined;
  try {
    fd = fs.openSync(`${directory}/${LOCK_FILE}`, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    await flockInherited(fd, directory, '-x');
  } catch (error) {
    if (fd !== undefined) fs.closeSync(fd);
    await closeSocket();
    throw error;
  }
  const held = fd;
  return {
    async release() {
      fs.closeSync(held);
      await closeSocket();
    },
  };
}

async function lockByOpening(directory: string): Promise<DiskLock> {
  const { O_RDWR, O_CREAT, O_NONBLOCK } = fs.constants;
  try {
    const fd = fs.openSync(
      `${directory}/${LOCK_FILE}`,
      O_RDWR | O_CREAT | (O_NONBLOCK ?? 0) | O_EXLOCK,
      0o600,
    );
    return { release: async () => fs.closeSync(fd) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EBUSY') throw inUse(directory);
    throw error;
  }
}

/**
 * Keeps a member from starting on `directory` while it is read, and changes nothing in it: the lock file is only locked
 * if it is there. Elsewhere than on Linux nobody can ask.
 * @throws DiskError ELOCKED
 */
export async function lockForReading(directory: string): Promise<DiskLock> {
  if (process.platform !== 'linux') return { release: async () => {} };
  const closeSocket = await bindAbstract(directory);
  const path = `${directory}/${LOCK_FILE}`;
  if (!fs.existsSync(path)) return { release: closeSocket };
  const fd = fs.openSync(path, 'r');
  try {
    await flockInherited(fd, directory, '-s');
  } catch (error) {
    fs.closeSync(fd);
    await closeSocket();
    throw error;
  }
  return {
    async release() {
      fs.closeSync(fd);
      await closeSocket();
    },
  };
}

/**
 * Takes `directory` (which must exist) for this process, without waiting.
 * @throws DiskError ELOCKED
 */
export async function lockDirectory(directory: string): Promise<DiskLock> {
  try {
    return await (process.platform === 'linux' ? lockOnLinux(directory) : lockByOpening(directory));
  } catch (error) {
    if (error instanceof DiskError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DiskError(code ?? 'EIO', 'lock', directory, message);
  }
}
