/** A bounded queue between one writer and one reader: `push` waits while it is full. */

type Ending =
  | { readonly kind: 'open' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly error: Error };

export class Queue<T> implements AsyncIterable<T> {
  private readonly limit: number;
  private items: T[] = [];
  private ending: Ending = { kind: 'open' };
  private wakeReader: (() => void) | undefined;
  private wakeWriter: (() => void) | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  get ended(): boolean {
    return this.ending.kind !== 'open';
  }

  async push(item: T): Promise<void> {
    while (this.items.length >= this.limit && !this.ended) {
      await new Promise<void>((resolve) => {
        this.wakeWriter = resolve;
      });
    }
    if (this.ended) return;
    this.items.push(item);
    this.wakeReader?.();
  }

  /** What is in the queue is still read. */
  end(): void {
    this.finish({ kind: 'ended' });
  }

  fail(error: Error): void {
    this.finish({ kind: 'failed', error });
  }

  private finish(ending: Ending): void {
    if (this.ended) return;
    this.ending = ending;
    this.wakeReader?.();
    this.wakeWriter?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      while (this.items.length > 0) {
        const batch = this.items;
        this.items = [];
        this.wakeWriter?.();
        yield* batch;
      }
      if (this.ending.kind === 'failed') throw this.ending.error;
      if (this.ending.kind === 'ended') return;
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve;
      });
    }
  }
}
