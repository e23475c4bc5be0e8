/** Watchers that are behind, a round a turn, until none is. */
import type { Clock } from '../core/ports/clock.ts';
import type { WatchHub } from '../core/watch/index.ts';

export class WatchPump {
  private readonly clock: Clock;
  private readonly hub: WatchHub;
  private running = false;
  private stopped = false;

  constructor(clock: Clock, hub: WatchHub) {
    this.clock = clock;
    this.hub = hub;
  }

  /** To be called when the hub asks for it. */
  run(): void {
    if (this.running || this.stopped) return;
    this.running = true;
    this.clock.nextTurn(() => {
      this.running = false;
      if (!this.stopped && this.hub.catchUp()) this.run();
    });
  }

  stop(): void {
    this.stopped = true;
  }
}
