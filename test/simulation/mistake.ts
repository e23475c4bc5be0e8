/** A mistake to be found: what a run does differently. Each hook wraps one port or patches one part of a member. */
import type { Backend, BackendReader } from '../../src/core/ports/backend.ts';
import type { Clock, Random } from '../../src/core/ports/clock.ts';
import type { Disk } from '../../src/core/ports/disk.ts';
import type { LogContents, LogStore } from '../../src/core/ports/log-store.ts';
import type { Message } from '../../src/core/raft/index.ts';
import type { Member } from '../../src/member/member.ts';
import type { WatchSink } from '../../src/services/watch/stream.ts';
import type { Temper } from './run.ts';

export interface MistakeContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly node: number;
}

export interface Mistake {
  readonly name: string;
  /** Runs of a cluster in which it shows soonest. */
  readonly temper?: Temper;
  /** Where the search for it begins. */
  readonly firstSeed?: number;
  disk?(disk: Disk, context: MistakeContext): Disk;
  log?(log: LogStore, context: MistakeContext): LogStore;
  /** What the log is said to have held. */
  contents?(contents: LogContents, context: MistakeContext): LogContents;
  backend?(backend: Backend, context: MistakeContext): Backend;
  /** Patches a member before it starts. */
  member?(member: Member, context: MistakeContext): void;
  /** Where a watch client gets its responses from. */
  sink?(sink: WatchSink, context: MistakeContext): WatchSink;
  /** A database that leaves a member with a snapshot. */
  sentDatabase?(database: BackendReader, context: MistakeContext): BackendReader;
  /** Messages that leave a member. */
  send?(messages: readonly Message[], context: MistakeContext): readonly Message[];
}
