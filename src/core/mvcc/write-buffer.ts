import type { Backend, Bucket } from '../ports/backend.ts';
export interface WriteBufferOptions {
  readonly backend: Backend;
  /** Called once at the start of each flush: writes what must be in the same transaction (consistent_index, term, confState). */
  readonly beforeFlush?: (buffer: WriteBuffer) => void;
}
export class WriteBuffer {
  readonly backend: Backend;
  constructor(options: WriteBufferOptions) {
    this.backend = options.backend;
  }
  get pendingWrites(): number {
    return 0;
  }
  get pendingBytes(): number {
    return 0;
  }
  put(_bucket: Bucket, _key: Uint8Array, _value: Uint8Array): void {}
  delete(_bucket: Bucket, _key: Uint8Array): void {}
  get(_bucket: Bucket, _key: Uint8Array): Uint8Array | undefined {
    return undefined;
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
}
