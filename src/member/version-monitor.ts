/**
 * The cluster version: the lowest version that all members run, so that nothing is used that one of them doesn't know.
 * The leader decides it, when its term begins and every few seconds; it only goes up.
 */
import type { Cluster } from '../core/membership/cluster.ts';
import type { Clock, Timer } from '../core/ports/clock.ts';
import type { Leadership } from './leadership.ts';
import type { Peers } from './peers.ts';

const INTERVAL_MS = 4000;
/** While a member can't be asked, a new cluster begins with this. */
const LOWEST_VERSION = '3.0.0';

export interface VersionMonitorOptions {
  readonly clock: Clock;
  readonly cluster: Cluster;
  readonly leadership: Leadership;
  /** `X.Y.Z` of this member. */
  readonly serverVersion: string;
  readonly peers: Peers | undefined;
  /** Proposes `X.Y.0`. */
  set(version: string): void;
}

export class VersionMonitor {
  private readonly o: VersionMonitorOptions;
  private readonly timer: Timer;
  private asking = false;

  constructor(options: VersionMonitorOptions) {
    this.o = options;
    this.timer = options.clock.every(INTERVAL_MS, () => this.check());
  }

  stop(): void {
    this.timer.cancel();
  }

  check(): void {
    const { cluster, leadership, peers, serverVersion } = this.o;
    if (!leadership.isLeader || this.asking) return;
    const members = cluster.members();
    if (members.length <= 1 || !peers) return this.decide(serverVersion);
    this.asking = true;
    peers.lowestVersion(members, (lowest) => {
      this.asking = false;
      if (leadership.isLeader) this.decide(lowest);
    });
  }

  private decide(lowest: string | undefined): void {
    const { version } = this.o.cluster;
    if (version === undefined) return this.o.set(lowest ? minorOf(lowest) : LOWEST_VERSION);
    if (lowest && compareMinor(lowest, version) > 0) this.o.set(minorOf(lowest));
  }
}

function minorOf(version: string): string {
  const [major, minor] = version.split('.');
  return `${major}.${minor}.0`;
}

function compareMinor(a: string, b: string): number {
  const [aMajor, aMinor] = a.split('.').map(Number);
  const [bMajor, bMinor] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
