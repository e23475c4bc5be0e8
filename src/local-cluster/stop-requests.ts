/** The wish to end: the first one asks for a stop in order, a second one for an end at once. */

/** Signals that come nearer than this are one: npx passes on the ctrl-c that the terminal has sent us too. */
const SAME_SIGNAL_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class StopRequests {
  /** Someone wants it to end. */
  readonly stop: Promise<void>;
  private wantStop!: () => void;
  private readonly insist: () => void;
  private firstAt: number | undefined;
  private readonly onSignal = (): void => this.request();

  /** @param insist called when someone can't wait */
  constructor(insist: () => void) {
    this.insist = insist;
    this.stop = new Promise((resolve) => {
      this.wantStop = resolve;
    });
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  request(): void {
    const now = performance.now();
    if (this.firstAt === undefined) {
      this.firstAt = now;
      this.wantStop();
    } else if (now - this.firstAt > SAME_SIGNAL_MS) this.insist();
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
  }
}
