/** Whether a peer can be reached, and since when: what membership changes and leader transfers ask for. */
import type { PeerLog } from './peer-log.ts';

export class PeerStatus {
  private readonly id: string;
  private readonly now: () => number;
  private readonly log: PeerLog;
  private since: number | undefined;

  constructor(id: string, now: () => number, log: PeerLog) {
    this.id = id;
    this.now = now;
    this.log = log;
  }

  /** When it came up, in clock milliseconds; undefined while it is down. */
  get activeSince(): number | undefined {
    return this.since;
  }

  up(): void {
    if (this.since !== undefined) return;
    this.since = this.now();
    this.log.info('peer became active', { 'peer-id': this.id });
  }

  down(action: string, error: string): void {
    if (this.since === undefined) {
      this.log.debug('peer deactivated again', { 'peer-id': this.id, error });
      return;
    }
    this.since = undefined;
    this.log.warn(`peer became inactive (message send to peer failed)`, {
      'peer-id': this.id,
      error: `${action}: ${error}`,
    });
  }
}
