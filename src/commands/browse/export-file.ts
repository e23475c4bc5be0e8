/** Where an export goes: stdout, or a file that is `<name>.part` until it is whole. */
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { type ExportHeader, type ExportLine, ExportLineError, readExportLine } from './export-lines.ts';
import { fileLines } from './text-lines.ts';

const OWNER_ONLY = 0o600;
/** Lines are collected up to this many bytes before they are written. */
const BUFFER_BYTES = 256 * 1024;

/** What an earlier run got done. */
export interface PartialExport {
  readonly header: ExportHeader;
  readonly keys: number;
  /** Undefined if no key was written yet. */
  readonly lastKey: Uint8Array | undefined;
  readonly leases: readonly bigint[];
  /** Bytes of whole lines. */
  readonly bytes: number;
  readonly isWhole: boolean;
}

export interface ExportSink {
  line(text: string): void;
  /** Everything was written. */
  finish(): void;
  /** Closes what is open; the part stays. */
  close(): void;
}

/** Collects lines, so that each of them need not be a system call. */
function collecting(write: (text: string) => void) {
  let waiting = '';
  const flush = () => {
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  };
  const line = (text: string) => {
    waiting += `${text}\n`;
    if (waiting.length >= BUFFER_BYTES) flush();
  };
  return { line, flush };
}

export function stdoutSink(io: Io): ExportSink {
  const { line, flush } = collecting((text) => io.write(text));
  return { line, finish: flush, close: flush };
}

export const partOf = (path: string) => `${path}.part`;

/** Goes on behind the first `bytes` bytes of the part. */
export function fileSink(path: string, bytes: number): ExportSink {
  const part = partOf(path);
  const fd = openSync(part, bytes === 0 ? 'w' : 'r+', OWNER_ONLY);
  fchmodSync(fd, OWNER_ONLY);
  ftruncateSync(fd, bytes);
  let at = bytes;
  let isOpen = true;
  const write = (text: string) => {
    for (let rest: Uint8Array = Buffer.from(text); rest.length > 0; ) {
      const written = writeSync(fd, rest, 0, rest.length, at);
      at += written;
      rest = rest.subarray(written);
    }
  };
  const { line, flush } = collecting(write);
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(fd);
  };
  return {
    line,
    finish() {
      flush();
      fsyncSync(fd);
      close();
      renameSync(part, path);
    },
    close() {
      try {
        if (isOpen) flush();
      } finally {
        close();
      }
    },
  };
}

function lineOf(text: string, path: string, number: number): ExportLine {
  try {
    return readExportLine(text);
  } catch (error) {
    if (!(error instanceof ExportLineError)) throw error;
    throw new CommandError(Exit.InvalidInput, `${path} line ${number}: ${error.message}`);
  }
}

/** Reads what an interrupted export has left; undefined if there is nothing to go on from. */
export async function readPartialExport(path: string): Promise<PartialExport | undefined> {
  let header: ExportHeader | undefined;
  let lastKey: Uint8Array | undefined;
  let [keys, bytes, number] = [0, 0, 0];
  const leases: bigint[] = [];
  for await (const { text, end, isEnded } of fileLines(path)) {
    number++;
    if (!isEnded) break; // torn: written again
    const line = lineOf(text, path, number);
    if (line.kind === 'header') header = line.header;
    else if (header === undefined)
      throw new CommandError(Exit.InvalidInput, `${path} is no export: it has no header`);
    else if (line.kind === 'end') return { header, keys, lastKey, leases, bytes: end, isWhole: true };
    else if (line.kind === 'lease') leases.push(line.lease);
    else {
      lastKey = line.pair.key;
      keys++;
    }
    bytes = end;
  }
  return header && { header, keys, lastKey, leases, bytes, isWhole: false };
}

/** Makes a file that another program (or a shell) has left unfinished the part to go on with. */
export function adoptUnfinished(path: string): void {
  if (!existsSync(partOf(path)) && existsSync(path)) renameSync(path, partOf(path));
}
