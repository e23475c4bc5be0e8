/**
 * One member with everything below it: a disk and a backend that lose power, a clock that dies with the process, and
 * the member itself, of the same parts as in production but for those two. A node has many lives.
 */

import type { ClusterMember } from '../../src/core/membership/member.ts';
import type { BackendReader } from '../../src/core/ports/backend.ts';
import type { Random } from '../../src/core/ports/clock.ts';
import type { LogStore } from '../../src/core/ports/log-store.ts';
import type { PeerLink } from '../../src/core/ports/peer-link.ts';
import type { Message } from '../../src/core/raft/index.ts';
import type { Member } from '../../src/member/member.ts';
import { openMember } from '../../src/member/open.ts';
import type { MemberOptions } from '../../src/member/options.ts';
import { SimDisk } from '../../src/storage/disk/index.ts';
import { MemoryBackend } from '../../src/storage/memory/backend.ts';
import { MemoryInbox } from '../../src/storage/memory/inbox.ts';
import { openLog } from '../../src/storage/wal/index.ts';
import { quietRaft, testOptions } from '../support/local-member.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';
import type { Mistake, MistakeContext } from './mistake.ts';
import { ProcessClock } from './process-clock.ts';
import { Witness, WitnessedLog } from './witness.ts';

/** Small, so that a short life cuts segments, takes snapshots and lets go of old log. */
const SEGMENT_BYTES = 4 * 1024;
const MAX_SEGMENTS = 2;
const MAX_SNAPSHOTS = 2;

export interface SimNodeOptions {
  readonly number: number;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly founders: readonly ClusterMember[];
  readonly options?: Partial<MemberOptions>;
  readonly link: PeerLink;
  readonly mistake?: Mistake | undefined;
  /** Something that must never happen has happened. */
  violated(what: string): void;
}

export class SimNode {
  readonly number: number;
  readonly witness: Witness;
  /** Times of this node's disk operations and commits, in milliseconds: up to these. */
  diskLatencyMs = 3;
  commitLatencyMs = 10;
  private readonly o: SimNodeOptions;
  private readonly disk: SimDisk;
  private backend: MemoryBackend;
  private inbox: MemoryInbox;
  private lastCommitAt = 0;
  private process: ProcessClock | undefined;
  private running: { readonly member: Member; readonly log: LogStore } | undefined;
  private prepared = false;
  private failed = false;

  constructor(options: SimNodeOptions) {
    this.o = options;
    this.number = options.number;
    const { clock, random } = options;
    this.witness = new Witness(() => clock.now());
    this.disk = new SimDisk({
      random,
      clock,
      latencyMs: () => (random() < 0.5 ? 0 : random() * this.diskLatencyMs),
    });
    this.backend = new MemoryBackend({
      schedule: (complete) => {
        // Commits complete in order.
        this.lastCommitAt = Math.max(this.lastCommitAt, clock.now() + random() * this.commitLatencyMs);
        clock.after(this.lastCommitAt - clock.now(), complete);
      },
    });
    this.inbox = new MemoryInbox(this.backend);
  }

  get id(): bigint {
    return this.o.founders[this.number].id;
  }

  /** undefined while it is down, or opening what it has. */
  get member(): Member | undefined {
    return this.running?.member;
  }

  get isDown(): boolean {
    return this.process === undefined;
  }

  /** Begins a life. The member is there when its log is read and its backend opened. */
  start(): void {
    const process = new ProcessClock(this.o.clock);
    this.process = process;
    this.open(process).catch((error: Error) => {
      if (this.process === process) this.stopped(`does not start: ${error.message}`);
    });
  }

  /** Everything that was not durable is lost: on the disk in part, in the backend by whole commits. */
  cutPower(): void {
    this.disk.powerCut();
    this.end();
  }

  /** The process is gone, the page cache stays. */
  kill(): void {
    this.disk.kill();
    this.end();
  }

  /** From now on nothing can be made durable: the member has to notice, and to stop. */
  failDisk(code: 'EIO' | 'ENOSPC'): void {
    this.disk.fault = ({ kind }) => (kind === 'writeDurable' || kind === 'sync' ? code : undefined);
  }

  /** It stopped, and had a reason. */
  get hasFailed(): boolean {
    return this.failed;
  }

  pause(): void {
    this.process?.pause();
  }

  /** @param first what clients ask for, before the node has heard from any other */
  resume(first: readonly ((member: Member) => void)[] = []): void {
    const visits = first.map((act) => () => {
      if (this.running) act(this.running.member);
    });
    this.process?.resume(visits);
  }

  /** A message of another node: it waits while the process does. */
  deliver(message: Message): void {
    this.visit((member) => member.step(message));
  }

  /** A snapshot of another node, with its database, which does not change any more. */
  deliverSnapshot(message: Message, database: BackendReader): void {
    const { inbox } = this;
    this.visit((member) => {
      inbox.put(message.snapshot!.metadata!.index, database);
      member.stepSnapshot(message);
    });
  }

  /** Something from outside: it waits while the process stands still, and is lost with it. */
  visit(act: (member: Member) => void): void {
    this.process?.endOfTurn(() => {
      if (this.running) act(this.running.member);
    });
  }

  purge(): void {
    this.running?.log.purge().catch((error: Error) => this.stopped(`can not purge: ${error.message}`));
  }

  private stopped(how: string): void {
    if (this.disk.fault) this.failed = true;
    else this.o.violated(`node ${this.number} ${how}`);
  }

  private end(): void {
    this.disk.fault = undefined;
    this.failed = false;
    this.backend = this.backend.crash();
    this.inbox = this.inbox.crash(this.backend);
    this.process?.kill();
    this.process = undefined;
    this.running = undefined;
  }

  private async open(process: ProcessClock): Promise<void> {
    const { mistake, random } = this.o;
    const context: MistakeContext = { clock: process, random, node: this.number };
    const options: MemberOptions = {
      ...testOptions,
      snapshotCount: 20,
      catchUpEntries: 5,
      flushIntervalMs: 20,
      flushMaxWrites: 40,
      ...this.o.options,
      memberId: this.id,
    };
    const identity = { nodeId: options.memberId, clusterId: options.clusterId };
    const disk = mistake?.disk?.(this.disk, context) ?? this.disk;
    if (!this.prepared) {
      for (const path of ['/d', '/d/snap']) await this.disk.makeDirectory(path, 0o700);
      for (const path of ['/', '/d']) await this.disk.syncDirectory(path);
      this.prepared = true;
    }
    const opened = await openLog({
      disk,
      directory: '/d/wal',
      snapDirectory: '/d/snap',
      identity,
      maxSegments: MAX_SEGMENTS,
      maxSnapshots: MAX_SNAPSHOTS,
      now: () => process.now(),
      observer: { onWrite() {} },
      segmentBytes: SEGMENT_BYTES,
    });
    const contents = mistake?.contents?.(opened.contents, context) ?? opened.contents;
    const wrong = this.witness.reopened(contents);
    if (wrong) this.o.violated(`node ${this.number}: ${wrong}`);
    const log = new WitnessedLog(mistake?.log?.(opened.log, context) ?? opened.log, this.witness);
    const backend = mistake?.backend?.(this.backend, context) ?? this.backend;
    const isNew = contents.entries.length === 0 && contents.snapshot === undefined;
    const nothing = (): void => {};
    const member = await openMember({
      clock: process,
      random,
      options,
      maxLearners: 1,
      backend,
      log,
      contents,
      founders: isNew ? this.o.founders : undefined,
      link: {
        send: (messages) => this.o.link.send(mistake?.send?.(messages, context) ?? messages),
        sendSnapshot: (message, database, done) => this.o.link.sendSnapshot(message, database, done),
      },
      inbox: this.inbox,
      logger: quietRaft,
      snapshotData: () => new Uint8Array(8),
      events: {
        onFatal: (error) => this.stopped(`stops: ${error.stack}`),
        onPublished: nothing,
        onLeader: nothing,
        onClusterVersion: nothing,
        onRequestTooLarge: nothing,
        onFlushed: nothing,
        onCompacted: nothing,
        onSnapshot: nothing,
        onSlowRead: nothing,
        onRemoved: nothing,
        onMembershipChanged: nothing,
      },
    });
    const backendIndex = appliedIndexOf(this.backend);
    if (backendIndex > this.witness.durable) {
      this.o.violated(
        `node ${this.number}: the backend is at index ${backendIndex}, the log ends at ${this.witness.durable}`,
      );
    }
    mistake?.member?.(member, context);
    member.start();
    this.running = { member, log };
  }
}

function appliedIndexOf(backend: MemoryBackend): number {
  const stored = backend.get('meta', Buffer.from('consistent_index'));
  return stored ? Number(Buffer.from(stored).readBigUInt64BE(0)) : 0;
}
