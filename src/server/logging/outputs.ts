/** From the words of --log-outputs to sinks. */
import { encodeJson } from './encode.ts';
import { fileSink, type LogRotation } from './file-sink.ts';
import { type Sink, streamSink } from './sink.ts';
import { systemWallClock, timestampFormatter } from './timestamp.ts';

/** A sink that cannot be opened; the message is etcd's. */
export class SinkError extends Error {
  override name = 'SinkError';
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file or directory';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'is a directory';
  if (code === 'EROFS') return 'read-only file system';
  return (error as Error).message;
}

function droppedLine(count: number): string {
  return encodeJson({
    level: 'warn',
    ts: timestampFormatter()(systemWallClock()()),
    logger: '',
    caller: 'logging/file-sink.ts',
    msg: 'dropped log lines; the log file could not be written fast enough',
    fields: `"count":${count}`,
    stack: '',
  });
}

/** Opens `stderr`, `stdout` and files. @throws SinkError */
export function openSinks(outputs: readonly string[], rotation?: LogRotation): readonly Sink[] {
  return outputs.map((output) => {
    if (output === 'stderr') return streamSink(process.stderr);
    if (output === 'stdout') return streamSink(process.stdout);
    try {
      return fileSink({ path: output, rotation, droppedLine });
    } catch (error) {
      throw new SinkError(`open sink ${JSON.stringify(output)}: open ${output}: ${reasonOf(error)}`);
    }
  });
}
