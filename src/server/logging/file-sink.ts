/**
 * A log file: opened at start (so that a bad path is an error then), appended to in the background, renamed and begun
 * anew when it is full. Lines wait in memory while a write is under way, up to a limit; beyond it they are dropped and
 * counted, because a full disk must not stop a member that could still serve.
 */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  renameSync,
  write,
  writeSync,
} from 'node:fs';
import { readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Sink } from './sink.ts';

/** `--log-rotation-config-json`. */
export interface LogRotation {
  /** Megabytes (2^20 bytes) of a file; 0: 100. */
  readonly maxsize: number;
  /** Days to keep old files; 0: no limit. */
  readonly maxage: number;
  /** Old files to keep; 0: no limit. */
  readonly maxbackups: number;
  /** Names of old files carry local time, not UTC. */
  readonly localtime: boolean;
  readonly compress: boolean;
}

const DEFAULT_MAX_SIZE_MB = 100;
const MEBIBYTE = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Bytes of lines that may wait for the disk. */
const MAX_QUEUED_BYTES = 16 * MEBIBYTE;
/** How long `flushSync` waits for a write under way. */
const FLUSH_WAIT_MS = 1000;
const FILE_MODE = 0o644;
/** Log files that a rotation makes may be read by their owner only, as etcd's. */
const ROTATED_MODE = 0o600;

export interface FileSinkOptions {
  readonly path: string;
  readonly rotation?: LogRotation;
  /** The line that says how many were dropped. */
  readonly droppedLine?: (count: number) => string;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

function backupStamp(ms: number, local: boolean): string {
  const d = new Date(local ? ms - new Date(ms).getTimezoneOffset() * 60_000 : ms);
  return d.toISOString().slice(0, -1).replaceAll(':', '-');
}

const STAMP = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}$/;

class FileSink implements Sink {
  private readonly options: FileSinkOptions;
  private fd: number;
  private size: number;
  private queue: string[] = [];
  private queuedBytes = 0;
  private writing: Buffer | undefined;
  private dropped = 0;
  private closed = false;
  private idle: (() => void)[] = [];
  private tidying: Promise<void> = Promise.resolve();

  constructor(options: FileSinkOptions) {
    this.options = options;
    this.fd = openSync(options.path, 'a', options.rotation ? ROTATED_MODE : FILE_MODE);
    this.size = fstatSync(this.fd).size;
  }

  write(line: string): void {
    if (this.closed) return;
    const bytes = Buffer.byteLength(line);
    if (this.queuedBytes + bytes > MAX_QUEUED_BYTES) {
      this.dropped++;
      return;
    }
    if (this.dropped > 0) {
      const note = this.options.droppedLine?.(this.dropped);
      this.dropped = 0;
      if (note !== undefined) this.enqueue(note, Buffer.byteLength(note));
    }
    this.enqueue(line, bytes);
    if (this.writing === undefined) this.pump();
  }

  private enqueue(line: string, bytes: number): void {
    this.queue.push(line);
    this.queuedBytes += bytes;
  }

  private take(): Buffer {
    const chunk = Buffer.from(this.queue.join(''));
    this.queue = [];
    this.queuedBytes = 0;
    return chunk;
  }

  private pump(): void {
    if (this.queue.length === 0) {
      const waiting = this.idle;
      this.idle = [];
      for (const resume of waiting) resume();
      return;
    }
    const chunk = this.take();
    this.rotateIfFull(chunk.length);
    this.writing = chunk;
    this.writeOn(chunk, 0);
  }

  private writeOn(chunk: Buffer, from: number): void {
    write(this.fd, chunk, from, chunk.length - from, null, (error, written) => {
      if (this.writing !== chunk) return;
      if (error === null && from + written < chunk.length) {
        this.writing = chunk;
        this.size += written;
        this.writeOn(chunk, from + written);
        return;
      }
      if (error === null) this.size += written;
      this.writing = undefined;
      this.pump();
    });
  }

  /** The lines of one turn stay together, so a file may pass its limit by less than those. */
  private rotateIfFull(coming: number): void {
    const { rotation } = this.options;
    if (rotation === undefined) return;
    const limit = (rotation.maxsize || DEFAULT_MAX_SIZE_MB) * MEBIBYTE;
    if (this.size === 0 || this.size + coming <= limit) return;
    const { path } = this.options;
    const now = (this.options.now ?? Date.now)();
    const ext = extname(path);
    const stem = basename(path, ext);
    const old = join(dirname(path), `${stem}-${backupStamp(now, rotation.localtime)}${ext}`);
    try {
      renameSync(path, old);
      const next = openSync(path, 'a', ROTATED_MODE);
      closeSync(this.fd);
      this.fd = next;
      this.size = 0;
    } catch {
      // The directory cannot be changed: go on with the file at hand rather than lose lines.
      this.size = 0;
      return;
    }
    this.tidying = this.tidying.then(() => this.tidy(rotation, stem, ext, now)).catch(() => {});
  }

  /** Compresses and removes old files, in the background. */
  private async tidy(rotation: LogRotation, stem: string, ext: string, now: number): Promise<void> {
    const dir = dirname(this.options.path);
    const stampOf = (name: string): string =>
      name
        .slice(stem.length + 1)
        .replace(/\.gz$/, '')
        .slice(0, 23);
    const isBackup = (name: string): boolean =>
      name.startsWith(`${stem}-`) &&
      STAMP.test(stampOf(name)) &&
      (name.endsWith(`${stampOf(name)}${ext}`) || name.endsWith(`${stampOf(name)}${ext}.gz`));
    const backups = (await readdir(dir)).filter(isBackup).sort((a, b) => (stampOf(a) < stampOf(b) ? 1 : -1));
    const oldest = rotation.maxage > 0 ? backupStamp(now - rotation.maxage * DAY_MS, rotation.localtime) : '';
    for (const [i, name] of backups.entries()) {
      const tooMany = rotation.maxbackups > 0 && i >= rotation.maxbackups;
      if (tooMany || stampOf(name) < oldest) await unlink(join(dir, name));
      else if (rotation.compress && !name.endsWith('.gz')) await compress(join(dir, name));
    }
  }

  flushSync(): void {
    if (this.closed) return;
    this.awaitWriting();
    if (this.queue.length > 0) {
      const chunk = this.take();
      try {
        writeSync(this.fd, chunk);
        this.size += chunk.length;
      } catch {
        // Nothing can be said about a log that cannot be written.
      }
    }
  }

  /** A write under way is in the thread pool: the process must not end before the file has grown by it. */
  private awaitWriting(): void {
    if (this.writing === undefined) return;
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const whole = this.size + this.writing.length;
    for (let waited = 0; waited < FLUSH_WAIT_MS && fstatSync(this.fd).size < whole; waited++)
      Atomics.wait(cell, 0, 0, 1);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    if (this.writing !== undefined) await new Promise<void>((resolve) => this.idle.push(resolve));
    await this.tidying;
    this.flushSync();
    this.closed = true;
    closeSync(this.fd);
  }
}

async function compress(path: string): Promise<void> {
  const part = `${path}.gz.part`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(part, { mode: ROTATED_MODE }));
  await rename(part, `${path}.gz`);
  await unlink(path);
}

/** @throws the error of open(2) */
export function fileSink(options: FileSinkOptions): Sink {
  return new FileSink(options);
}
