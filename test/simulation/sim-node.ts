/**
 * One member with everything below it: a disk and a backend that lose power, a clock that dies with the process, and
 * the member itself, of the same parts as in production but for those two. A node has many lives.
 */
import type { ClusterMember } from '../../src/core/membership/member.ts';
import type { Backend, BackendReader } from '../../src/core/ports/backend.ts';
import type { Random } from '../../src/core/ports/clock.ts';
import type { DatabaseInbox } from '../../src/core/ports/database-inbox.ts';
import type { LogStore } from '../../src/core/ports/log-store.ts';
import type { PeerLink } from '../../src/core/ports/peer-link.ts';
import type { Message } from '../../src/core/raft/index.ts';
import type { Member } from '../../src/member/member.ts';
import { openMember } from '../../src/member/open.ts';
import type { MemberOptions } from '../../src/member/options.ts';
import type { Peers } from '../../src/member/peers.ts';
import { SimDisk } from '../../src/storage/disk/index.ts';
import { MemoryBackend } from '../../src/storage/memory/backend.ts';
import { MemoryInbox } from '../../src/storage/memory/inbox.ts';
import { openLog } from '../../src/storage/wal/index.ts';
import { quietRaft, testOptions } from '../support/local-member.ts';
import type { Book } from './book.ts';
import type { Mistake, MistakeContext } from './mistake.ts';
import { ProcessClock } from './process-clock.ts';
import { Witness, WitnessedLog } from './witness.ts';
import type { World } from './world.ts';

/** Small, so that a short life cuts segments, takes snapshots and lets go of old log. */
const SEGMENT_BYTES = 4 * 1024;
const MAX_SEGMENTS = 2;
const MAX_SNAPSHOTS = 2;
/** Most that the monotonic clocks of two processes are apart, in milliseconds. */
const MAX_ORIGIN_MS = 1e6;
/** A member that was removed lives on for so long, as in production. */
const REMOVED_DELAY_MS = 1000;
const DISK_MS = 3;
const COMMIT_MS = 10;

export interface SimNodeOptions {
  readonly number: number;
  readonly id: bigint;
  readonly world: World;
  readonly book: Book;
  readonly random: Random;
  /** undefined: it joins a cluster that exists. */
  readonly founders: readonly ClusterMember[] | undefined;
  readonly options?: Partial<MemberOptions>;
  readonly link: PeerLink;
  readonly peers?: Peers;
  readonly mistake?: Mistake | undefined;
  /** Something that must never happen has happened. */
  violated(what: string): void;
  /** It stopped by itself: the disk failed, or it is no member any more. */
  onStopped?(why: 'disk' | 'removed'): void;
}

export class SimNode {
  readonly number: number;
  readonly id: bigint;
  readonly witness: Witness;
  /** What the wall clock of its machine is ahead of the world's. */
  wallAheadMs = 0;
  /** It shows the same time whenever the node starts: a machine without a clock that goes on while it is off. */
  wallStandsStill = false;
  /** Times of this node's disk operations and commits are up to these, times this. */
  slowness = 1;
  private readonly o: SimNodeOptions;
  private readonly disk: SimDisk;
  private backend: MemoryBackend;
  private inbox: MemoryInbox;
  private lastCommitAt = 0;
  private process: ProcessClock | undefined;
  private running: { readonly member: Member; readonly log: LogStore } | undefined;
  private prepared = false;
  private failed = false;
  /** Something was done to the disk in this life. */
  private isDiskBad = false;
  private removed = false;
  private stopping = false;
  /** What the book knows of this node's committed entries. */
  private seen = 0;
  private isInstalling = false;
  /** Snapshots of other members that took the place of everything, in all lives. */
  installed = 0;

  constructor(options: SimNodeOptions) {
    this.o = options;
    this.number = options.number;
    this.id = options.id;
    const { world, random } = options;
    this.witness = new Witness(options.book);
    this.disk = new SimDisk({
      random,
      clock: { after: (ms, run) => this.io(ms, run) },
      latencyMs: () => (random() < 0.5 ? 0 : random() * DISK_MS * this.slowness),
    });
    this.backend = new MemoryBackend({
      schedule: (complete) => {
        world.touch();
        // Commits complete in order.
        this.lastCommitAt = Math.max(this.lastCommitAt, world.now() + random() * COMMIT_MS * this.slowness);
        this.io(this.lastCommitAt - world.now(), complete);
      },
    });
    this.inbox = new MemoryInbox(this.backend);
    world.onSettled.push(() => this.look());
  }

  /** undefined while it is down, or opening what it has. */
  get member(): Member | undefined {
    return this.running?.member;
  }

  get isDown(): boolean {
    return this.process === undefined;
  }

  get isPaused(): boolean {
    return this.process?.isPaused ?? false;
  }

  /** It stopped because of its disk. */
  get hasFailed(): boolean {
    return this.failed;
  }

  get hasStarted(): boolean {
    return this.prepared;
  }

  /** It has heard that it is no member any more, and never starts again. */
  get wasRemoved(): boolean {
    return this.removed;
  }

  /** Begins a life. The member is there when its log is read and its backend opened. */
  start(): void {
    const { world, random } = this.o;
    const startedAt = this.wallStandsStill ? world.now() : 0;
    const process = new ProcessClock(world.clock, {
      originMs: Math.floor(random() * MAX_ORIGIN_MS),
      wallAheadMs: () => this.wallAheadMs - startedAt,
      worked: () => this.look(),
      waited: () => world.touch(),
    });
    this.process = process;
    world.touch();
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

  /** As SIGTERM does: the leader hands over, what was applied becomes durable. Killed at any moment, it has begun. */
  stopGently(done: () => void): void {
    this.visit((member) => {
      if (this.stopping) return;
      this.stopping = true;
      const process = this.process!;
      member.transfer.handOver(() => {
        this.o.world.touch();
        const gone = (): void => {
          if (this.process !== process) return;
          this.kill();
          done();
        };
        member.stop().then(gone, (error: Error) => {
          if (this.process === process) this.stopped(`does not stop: ${error.message}`);
          gone();
        });
      });
    });
  }

  /** From now on nothing can be made durable: the member has to notice, and to stop. */
  failDisk(code: 'EIO' | 'ENOSPC'): void {
    this.isDiskBad = true;
    this.disk.fault = ({ kind }) => (kind === 'writeDurable' || kind === 'sync' ? code : undefined);
  }

  /** So much more can be written, then the disk is full; `Infinity`: there is room again. */
  limitDisk(moreBytes: number): void {
    if (moreBytes !== Infinity) this.isDiskBad = true;
    this.disk.capacityBytes = moreBytes === Infinity ? Infinity : this.disk.allocatedBytes() + moreBytes;
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
      if (member.cluster.isRemoved(message.from)) return;
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

  /** `visit`, as long as this life lasts. */
  life(): (act: (member: Member) => void) => void {
    const { process } = this;
    return (act) => {
      if (process === this.process) this.visit(act);
    };
  }

  /** On the clock of its process. */
  now(): number {
    return this.process?.now() ?? 0;
  }

  /** Another member says that this one was removed, or it has applied that itself. */
  hearOfRemoval(): void {
    const { process } = this;
    if (this.removed || !process) return;
    this.removed = true;
    process.after(REMOVED_DELAY_MS, () => {
      if (!this.o.book.membership.removed.has(this.id))
        this.o.violated(`node ${this.number} stops as removed, and nobody has removed it`);
      this.kill();
      this.o.onStopped?.('removed');
    });
  }

  purge(): void {
    this.running?.log.purge().catch((error: Error) => this.stopped(`can not purge: ${error.message}`));
  }

  /** Work of this node's disk and backend. What waits for it goes on in this node's process, if it is the same. */
  private io(milliseconds: number, run: () => void): { cancel(): void } {
    const { world } = this.o;
    const { process } = this;
    return world.clock.after(milliseconds, () => {
      // It may have to wait until the process goes on.
      process?.run(() => {
        world.touch();
        run();
      });
    });
  }

  /** What this node holds to be committed goes into the book. */
  private look(): void {
    const member = this.running?.member;
    if (!member || this.isInstalling) this.o.world.touch();
    if (!member) return;
    const { entries } = this.witness;
    // What is applied, and not all that is committed: of that, some may not have been handed to the log yet.
    const applied = member.appliedIndex();
    if (applied <= this.seen) return;
    this.o.book.commit(entries, this.seen, applied);
    this.seen = applied;
  }

  private stopped(how: string): void {
    if (!this.isDiskBad) return this.o.violated(`node ${this.number} ${how}`);
    if (this.failed) return;
    this.failed = true;
    this.o.onStopped?.('disk');
  }

  private end(): void {
    this.disk.fault = undefined;
    this.disk.capacityBytes = Infinity;
    this.failed = false;
    this.isDiskBad = false;
    this.isInstalling = false;
    this.stopping = false;
    this.seen = 0;
    this.backend = this.backend.crash();
    this.inbox = this.inbox.crash(this.backend);
    this.process?.kill();
    this.process = undefined;
    this.running = undefined;
  }

  private async open(process: ProcessClock): Promise<void> {
    const { mistake, random, book } = this.o;
    const context: MistakeContext = { clock: process, random, node: this.number };
    const options: MemberOptions = {
      ...testOptions,
      snapshotCount: 20,
      catchUpEntries: 5,
      flushIntervalMs: 20,
      flushMaxWrites: 40,
      // So that an apply is cut in two now and then.
      eventsATurn: 2,
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
    const log = new WitnessedLog(mistake?.log?.(opened.log, context) ?? opened.log, this.witness, {
      violated: (what) => this.o.violated(`node ${this.number}: ${what}`),
      touch: () => this.o.world.touch(),
    });
    const touching = this.touching(mistake?.backend?.(this.backend, context) ?? this.backend);
    const isNew = contents.entries.length === 0 && contents.snapshot === undefined;
    const nothing = (): void => {};
    const removed = (): void => {
      if (this.process === process) this.hearOfRemoval();
    };
    const member = await openMember({
      clock: process,
      random,
      options,
      maxLearners: 1,
      backend: touching,
      log,
      contents,
      founders: isNew ? this.o.founders : undefined,
      link: {
        send: (messages) => this.o.link.send(mistake?.send?.(messages, context) ?? messages),
        sendSnapshot: (message, database, done) =>
          this.o.link.sendSnapshot(message, mistake?.sentDatabase?.(database, context) ?? database, done),
      },
      inbox: this.touchingInbox(),
      peers: this.o.peers,
      logger: quietRaft,
      snapshotData: () => new Uint8Array(8),
      events: {
        onFatal: (error) => this.stopped(`stops: ${error.stack}`),
        onPublished: nothing,
        onLeader: (leader, term) => {
          if (leader === options.memberId) book.leads(leader, term);
        },
        onClusterVersion: nothing,
        onRequestTooLarge: nothing,
        onFlushed: nothing,
        onCompacted: nothing,
        onSnapshot: nothing,
        onSlowRead: nothing,
        onSnapshotInstall: ({ kind }) => {
          this.isInstalling = kind === 'applying';
          if (kind === 'applied') this.installed++;
        },
        onRemoved: removed,
        onMembershipChanged: nothing,
      },
    });
    if (this.process !== process) return;
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

  private touchingInbox(): DatabaseInbox {
    const { inbox } = this;
    const touch = (): void => this.o.world.touch();
    return {
      open(index) {
        touch();
        return inbox.open(index);
      },
      release(index) {
        touch();
        return inbox.release(index);
      },
    };
  }

  /** Promises settle behind whatever commits. On a disk that is full nothing does. */
  private touching(backend: Backend): Backend {
    const commit: Backend['commit'] = (writes) => {
      this.o.world.touch();
      if (this.disk.capacityBytes !== Infinity && this.disk.isFull(1))
        return Promise.reject(new Error('MDB_MAP_FULL: no space left on device'));
      return backend.commit(writes);
    };
    return new Proxy(backend, {
      get(target, name) {
        if (name === 'commit') return commit;
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

function appliedIndexOf(backend: MemoryBackend): number {
  const stored = backend.get('meta', Buffer.from('consistent_index'));
  return stored ? Number(Buffer.from(stored).readBigUInt64BE(0)) : 0;
}
