/**
 * Logs in the shape of etcd's (zap): one JSON object a line, or tab-separated text. Everything in server/ may call a
 * Logger; rooms below are handed the narrow interfaces that they declare themselves (the raft core a text logger).
 *
 * Laws: a line is built only when its level is on; a flood of equal lines is sampled; no line makes the event loop
 * wait for a disk; values of keys are never logged.
 *
 * A caller is `room/file.ts` of the scope that logs, given once in `with`: looking at the stack for every line would
 * cost more than the line.
 */
export { encodeConsole, encodeJson, encodeValue, type Fields } from './encode.ts';
export { fileSink, type LogRotation } from './file-sink.ts';
export { goDuration, humanBytes, sizeFields } from './human.ts';
export { LEVEL_RANK, LOG_LEVELS, type LogLevel, parseLevel } from './levels.ts';
export {
  createLogger,
  type Logger,
  type LoggerOptions,
  type LoggerScope,
  silentLogger,
  type TextLogger,
  textLogger,
} from './logger.ts';
export { openSinks, SinkError } from './outputs.ts';
export { memorySink, type Sink, streamSink } from './sink.ts';
