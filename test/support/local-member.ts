/** A whole member in this process, over a given backend and a log in memory: what in-process behaviour tests run on. */
import type { Backend } from '../../src/core/ports/backend.ts';
import type { RaftLogger } from '../../src/core/raft/index.ts';
import type { Member, MemberEvents } from '../../src/member/member.ts';
import { openMember } from '../../src/member/open.ts';
import type { MemberOptions } from '../../src/member/options.ts';
import { systemClock } from '../../src/server/system-clock.ts';
import { MemoryLog } from './memory-log.ts';

export const quietRaft: RaftLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
} as unknown as RaftLogger;

export const testOptions: MemberOptions = {
  memberId: 0x8e9e05c52164694dn,
  clusterId: 0xcdf818194e3a8c32n,
  name: 'default',
  clientURLs: ['http://localhost:2379'],
  heartbeatMs: 100,
  electionTicks: 10,
  preVote: true,
  snapshotCount: 10_000,
  catchUpEntries: 5000,
  maxRequestBytes: 1572864,
  flushIntervalMs: 100,
  flushMaxWrites: 10_000,
  compactionPauseMs: 1,
  leaseCheckpoints: true,
  serverVersion: '3.7.1',
};

export interface LocalMember {
  readonly member: Member;
  readonly log: MemoryLog;
}

export async function startLocalMember(
  backend: Backend,
  more: { log?: MemoryLog; events?: Partial<MemberEvents>; options?: Partial<MemberOptions> } = {},
): Promise<LocalMember> {
  const options = { ...testOptions, ...more.options };
  const identity = { nodeId: options.memberId, clusterId: options.clusterId };
  const log = more.log ?? new MemoryLog();
  const founder = {
    id: options.memberId,
    peerURLs: ['http://localhost:2380'],
    name: 'default',
    clientURLs: [],
    isLearner: false,
  };
  let published: () => void;
  const ready = new Promise<void>((resolve) => {
    published = resolve;
  });
  const nothing = (): void => {};
  const member = await openMember({
    clock: systemClock,
    random: Math.random,
    options,
    maxLearners: 1,
    backend,
    log,
    contents: log.contents(identity),
    founders: more.log ? undefined : [founder],
    link: { send: nothing, sendSnapshot: (_message, _database, done) => done(false) },
    inbox: { open: async () => undefined, release: async () => {} },
    logger: quietRaft,
    snapshotData: () => new Uint8Array(0),
    events: {
      onFatal(error) {
        throw error;
      },
      onPublished: () => published(),
      onLeader: nothing,
      onClusterVersion: nothing,
      onRequestTooLarge: nothing,
      onFlushed: nothing,
      onCompacted: nothing,
      onSnapshot: nothing,
      onSlowRead: nothing,
      onRemoved: nothing,
      onMembershipChanged: nothing,
      ...more.events,
    },
  });
  member.start();
  await ready;
  return { member, log };
}
