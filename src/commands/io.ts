/**
 * The process's standard streams, written synchronously: a command's output is complete when it exits, and nothing
 * has to be flushed. A reader that went away ends the command quietly.
 */
import { readFileSync, readSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { Exit } from './exit.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** A non-blocking pipe whose reader is slow is tried again after this, in milliseconds. */
const RETRY_MS = 2;
const READ_BYTES = 64 * 1024;

export interface Io {
  write(data: string | Uint8Array): void;
  warn(line: string): void;
  /**
   * Shows a line on the terminal behind stderr, over the one before; '' takes it away. What is written or warned of
   * meanwhile takes its place.
   */
  status(line: string): void;
  /** Everything up to the end of stdin. */
  readAll(): Promise<Uint8Array>;
  /** One line without its terminator; undefined at the end, with what came behind the last newline in `rest`. */
  readLine(): Promise<string | undefined>;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
}

function writeAll(fd: number, data: string | Uint8Array): void {
  let rest: Uint8Array = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // EIO: a terminal whose window was closed
      if (code === 'EAGAIN') pause();
      else if (code === 'EPIPE' || (code === 'EIO' && isatty(fd))) process.exit(Exit.BrokenPipe);
      else throw error;
    }
  }
}

/** Chunks of stdin; asynchronous, so that streams and timers go on while a terminal is idle. */
class Input {
  private chunks: AsyncIterator<Buffer> | undefined;
  private buffered: Buffer = Buffer.alloc(0);
  private ended = false;

  private async more(): Promise<boolean> {
    if (this.ended) return false;
    this.chunks ??= (process.stdin as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    const next = await this.chunks.next();
    if (next.done === true) {
      this.ended = true;
      return false;
    }
    this.buffered = Buffer.concat([this.buffered, Buffer.from(next.value)]);
    return true;
  }

  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.buffered.indexOf(0x0a);
      if (end !== -1) {
        const line = this.buffered.subarray(0, end).toString('utf8');
        this.buffered = this.buffered.subarray(end + 1);
        return line;
      }
      if (!(await this.more())) return undefined;
    }
  }

  async all(): Promise<Uint8Array> {
    while (await this.more());
    const whole = this.buffered;
    this.buffered = Buffer.alloc(0);
    return whole;
  }

  get untouched(): boolean {
    return this.chunks === undefined;
  }
}

/** Reads a file or a pipe in one go, without starting a stream; undefined where only a stream will do. */
function readNow(): Uint8Array | undefined {
  const parts: Buffer[] = [];
  try {
    for (;;) {
      const part = Buffer.allocUnsafe(READ_BYTES);
      const count = readSync(STDIN, part, 0, READ_BYTES, null);
      if (count === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, count));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN' && parts.length === 0) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'EOF') return Buffer.concat(parts);
    throw error;
  }
}

const LINE_START = '\r';
const ERASE_TO_END = '\x1b[K';

export function processIo(): Io {
  const input = new Input();
  let hasStatus = false;
  const status = (line: string): void => {
    if (line === '' && !hasStatus) return;
    writeAll(STDERR, LINE_START + line + ERASE_TO_END);
    hasStatus = line !== '';
  };
  return {
    write: (data) => {
      status('');
      writeAll(STDOUT, data);
    },
    warn: (line) => {
      status('');
      writeAll(STDERR, line + '\n');
    },
    status,
    readAll: async () => (input.untouched ? readNow() : undefined) ?? input.all(),
    readLine: () => input.line(),
  };
}

const NOT_UTF8 = '\ufffd';
/** Bytes of an argument that are not UTF-8 are kept as these lone surrogates, 0xdc00 + byte (as PEP 383 does). */
const ESCAPED_BYTE = /[\udc80-\udcff]/;

/** The form that bytes have as an argument, whatever they are; `argumentBytes` is the way back. */
export function argumentText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  let out = '';
  for (const byte of bytes)
    out += byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte);
  return out;
}

/** The arguments of the process. Node.js replaces bytes that are not UTF-8; where the kernel still has them, they stay. */
export function processArguments(): string[] {
  const args = process.argv.slice(2);
  if (!args.some((arg) => arg.includes(NOT_UTF8))) return args;
  try {
    const words = readFileSync('/proc/self/cmdline').toString('latin1').split('\0').slice(0, -1);
    return words.slice(words.length - args.length).map((word) => argumentText(Buffer.from(word, 'latin1')));
  } catch {
    return args;
  }
}

/** The bytes that an argument stands for. */
export function argumentBytes(text: string): Uint8Array {
  if (!ESCAPED_BYTE.test(text)) return Buffer.from(text, 'utf8');
  const parts: Uint8Array[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const escaped = code >= 0xdc80 && code <= 0xdcff;
    parts.push(escaped ? Uint8Array.of(code - 0xdc00) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}
