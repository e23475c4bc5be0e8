/**
 * A message that goes out to many calls and differs only in its middle: what a thousand watchers of a key are sent. The
 * DATA frame of the last one is kept whole; the next is a copy of it with another middle, one copy instead of six.
 *
 *   | frame header | prefix | first piece | middle | last piece |
 *                                           ^ patched
 */
import { copyBytes, frameHeaderBytes } from '../http2/index.ts';
import { prefixBytes } from './message-assembly.ts';

export class RepeatedFrame {
  private streamId = 0;
  private first: Uint8Array = NOTHING;
  private last: Uint8Array = NOTHING;
  private middleBytes = 0;
  /** Set once the message came a second time: most never do. */
  private frame: Buffer | null = null;

  /**
   * Writes the frame of `pieces` at buffer[at] if the message before it was alike; false: nothing is written, and the frame
   * has to be `remember`ed when it is.
   */
  write(streamId: number, pieces: readonly Uint8Array[], buffer: Buffer, at: number): boolean {
    if (this.frame === null || !this.isAlike(streamId, pieces)) return false;
    buffer.set(this.frame, at);
    copyBytes(pieces[1], buffer, at + frameHeaderBytes + prefixBytes + pieces[0].length);
    return true;
  }

  /** The frame of `pieces` is buffer[start, end). */
  remember(
    streamId: number,
    pieces: readonly Uint8Array[],
    buffer: Buffer,
    start: number,
    end: number,
  ): void {
    if (this.isAlike(streamId, pieces)) {
      this.frame = Buffer.from(buffer.subarray(start, end));
      return;
    }
    this.frame = null;
    this.streamId = streamId;
    this.first = pieces[0];
    this.last = pieces[2];
    this.middleBytes = pieces[1].length;
  }

  /** Pieces are the same when they are the same arrays: they are shared, and never change. */
  private isAlike(streamId: number, pieces: readonly Uint8Array[]): boolean {
    return (
      pieces[2] === this.last &&
      pieces[0] === this.first &&
      streamId === this.streamId &&
      pieces[1].length === this.middleBytes
    );
  }
}

const NOTHING = new Uint8Array(0);
