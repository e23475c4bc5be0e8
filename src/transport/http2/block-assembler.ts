/**
 * Puts a header block together from HEADERS and CONTINUATION frames (RFC 9113, section 4.3). Only blocks that were
 * cut come through here; a block in one HEADERS frame is decoded where it lies.
 */
import { ErrorCode } from './constants.ts';
import { ConnectionError } from './errors.ts';
import type { Http2Limits } from './limits.ts';

export class BlockAssembler {
  /** The stream whose block is open; 0 when none is. While it is, no other frame may come. */
  streamId = 0;
  /** END_STREAM of the HEADERS frame that began the block. */
  endStream = false;
  private fragments: Buffer[] = [];
  private bytes = 0;
  private readonly limits: Http2Limits;

  constructor(limits: Http2Limits) {
    this.limits = limits;
  }

  begin(streamId: number, endStream: boolean, fragment: Buffer): void {
    this.streamId = streamId;
    this.endStream = endStream;
    this.fragments = [];
    this.bytes = 0;
    this.append(fragment);
  }

  /** Throws {@link ConnectionError} when the block grows past its limits ("CONTINUATION flood"). */
  append(fragment: Buffer): void {
    this.fragments.push(Buffer.from(fragment));
    this.bytes += fragment.length;
    if (this.bytes > this.limits.maxHeaderBlockBytes) {
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'header block too large');
    }
    if (this.fragments.length > this.limits.maxContinuationFrames + 1) {
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too many CONTINUATION frames');
    }
  }

  finish(): Buffer {
    const block = Buffer.concat(this.fragments);
    this.streamId = 0;
    this.fragments = [];
    return block;
  }
}
