/** Lines of files and of stdin, which may be larger than memory. */
import { createReadStream } from 'node:fs';
import type { Io } from '../io.ts';

const LINE_END = 0x0a;

export interface TextLine {
  readonly text: string;
  /** Bytes up to its end, with the line end. */
  readonly end: number;
  /** The last line of a file may have no line end. */
  readonly isEnded: boolean;
}

/** @throws the errors of node:fs */
export async function* fileLines(path: string): AsyncGenerator<TextLine, void> {
  let parts: Buffer[] = [];
  let end = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_END); at !== -1; at = chunk.indexOf(LINE_END, from)) {
      parts.push(chunk.subarray(from, at));
      const line = Buffer.concat(parts);
      end += line.length + 1;
      yield { text: line.toString('utf8'), end, isEnded: true };
      parts = [];
      from = at + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  const rest = Buffer.concat(parts);
  if (rest.length > 0) yield { text: rest.toString('utf8'), end: end + rest.length, isEnded: false };
}

export async function* inputLines(io: Io): AsyncGenerator<TextLine, void> {
  let end = 0;
  for (;;) {
    const text = await io.readLine();
    if (text === undefined) break;
    end += Buffer.byteLength(text) + 1;
    yield { text, end, isEnded: true };
  }
  const rest = Buffer.from(await io.readAll());
  if (rest.length > 0) yield { text: rest.toString('utf8'), end: end + rest.length, isEnded: false };
}
