/** Where lines go. A sink never throws and never makes the event loop wait for a disk. */

export interface Sink {
  /** `line` ends with a newline. */
  write(line: string): void;
  /** Writes what is queued, blocking. */
  flushSync(): void;
  close(): Promise<void>;
}

/** Standard output or error of the process. A reader that went away is not a reason to stop serving. */
export function streamSink(stream: NodeJS.WriteStream): Sink {
  let broken = false;
  stream.on('error', () => {
    broken = true;
  });
  return {
    write(line) {
      if (!broken) stream.write(line);
    },
    flushSync() {},
    async close() {},
  };
}

/** Collects lines; for tests. */
export function memorySink(lines: string[]): Sink {
  return {
    write(line) {
      lines.push(line);
    },
    flushSync() {},
    async close() {},
  };
}
