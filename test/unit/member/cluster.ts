/**
 * Whole members in one process, on a virtual clock, for what happens between them: each with a disk and a backend that
 * can lose power. The network delivers everything after a millisecond, but to nobody who is down.
 */
import type { BackendReader } from '../../../src/core/ports/backend.ts';
import type { Random } from '../../../src/core/ports/clock.ts';
import type { PeerLink } from '../../../src/core/ports/peer-link.ts';
import type { Message } from '../../../src/core/raft/index.ts';
import { Message as MessageCodec } from '../../../src/core/wire/gen/raft.ts';
import { PutRequest } from '../../../src/core/wire/gen/rpc.ts';
import { Op } from '../../../src/core/wire/proposal.ts';
import type { MemberEvents } from '../../../src/member/events.ts';
import type { Member } from '../../../src/member/member.ts';
import { openMember } from '../../../src/member/open.ts';
import type { MemberOptions } from '../../../src/member/options.ts';
import { SimDisk } from '../../../src/storage/disk/index.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';
import { MemoryInbox } from '../../../src/storage/memory/inbox.ts';
import { v2StoreJson } from '../../../src/storage/snapshot/v2-store.ts';
import { openLog } from '../../../src/storage/wal/index.ts';
import { ProcessClock } from '../../simulation/process-clock.ts';
import { finish } from '../../simulation/replay.ts';
import { quietRaft, testOptions } from '../../support/local-member.ts';
import { seeded, VirtualClock } from '../../support/virtual-clock.ts';

const LATENCY_MS = 1;
const COMMIT_MS = 3;

export interface TestClusterOptions {
  readonly size: number;
  readonly seed: number;
  readonly options?: Partial<MemberOptions>;
  readonly events?: (number: number) => Partial<MemberEvents>;
}

export class TestCluster {
  readonly clock = new VirtualClock();
  readonly nodes: TestNode[];
  readonly o: TestClusterOptions;
  readonly random: Random;
  /** Snapshots that arrived, by the node they came to. */
  readonly snapshots: number[] = [];
  /** Hears nobody, and nobody hears it. */
  isolated: TestNode | undefined;

  constructor(options: TestClusterOptions) {
    this.o = options;
    this.random = seeded(options.seed);
    this.nodes = Array.from({ length: options.size }, (_, number) => new TestNode(this, number));
  }

  static async start(options: TestClusterOptions): Promise<TestCluster> {
    const cluster = new TestCluster(options);
    for (const node of cluster.nodes) node.start();
    await cluster.clock.runUntil(() => cluster.leader() !== undefined);
    return cluster;
  }

  leader(): TestNode | undefined {
    return this.nodes.find(({ member, id }) => member?.leader() === id && member.lessor.isPrimary);
  }

  async put(key: string, value: string): Promise<void> {
    const { member } = this.leader()!;
    await this.clock.complete(
      new Promise<void>((resolve, reject) => {
        const request = PutRequest.create({ key: Buffer.from(key), value: Buffer.from(value) });
        member!.propose(Op.Put, request, PutRequest.write, (error) => (error ? reject(error) : resolve()));
      }),
    );
  }

  /** All that are up have applied the same, and hold the same. */
  async areEqual(limitMs = 60_000): Promise<void> {
    const up = this.nodes.filter(({ isDown }) => !isDown);
    const isEven = (): boolean =>
      up.every(({ member }) => member && member.appliedIndex() === up[0].member!.appliedIndex());
    await this.clock.runUntil(isEven, limitMs);
    const hashes = up.map(({ member }) => finish(member!.store.hashKV(0)).hash);
    if (new Set(hashes).size !== 1) throw new Error(`hashes differ: ${hashes}`);
  }

  deliver(
    message: Message,
    database?: { readonly reader: BackendReader; done(arrived: boolean): void },
  ): void {
    const bytes = MessageCodec.encode(message);
    const to = this.nodes.find(({ id }) => id === message.to);
    this.clock.after(LATENCY_MS, () => {
      const { isolated } = this;
      if (isolated && (to === isolated || message.from === isolated.id)) database?.done(false);
      else if (!database) to?.receive((member) => member.step(MessageCodec.decode(bytes)));
      else if (!to?.member) database.done(false);
      else {
        this.snapshots.push(to.number);
        to.receiveSnapshot(MessageCodec.decode(bytes), database.reader);
        database.done(true);
      }
    });
  }
}

export class TestNode {
  readonly number: number;
  readonly id: bigint;
  member: Member | undefined;
  private readonly cluster: TestCluster;
  private readonly disk: SimDisk;
  private backend: MemoryBackend;
  private inbox: MemoryInbox;
  private process: ProcessClock | undefined;

  constructor(cluster: TestCluster, number: number) {
    this.cluster = cluster;
    this.number = number;
    this.id = 0x1000n + BigInt(number);
    const { clock, random } = cluster;
    this.disk = new SimDisk({ random, clock, latencyMs: () => random() * 2 });
    this.backend = new MemoryBackend({ schedule: (complete) => clock.after(COMMIT_MS, complete) });
    this.inbox = new MemoryInbox(this.backend);
  }

  get isDown(): boolean {
    return this.process === undefined;
  }

  start(): void {
    const process = new ProcessClock(this.cluster.clock);
    this.process = process;
    void this.open(process);
  }

  cutPower(): void {
    this.disk.powerCut();
    this.process?.kill();
    this.process = undefined;
    this.member = undefined;
    this.backend = this.backend.crash();
    this.inbox = this.inbox.crash(this.backend);
  }

  receive(act: (member: Member) => void): void {
    if (this.member) act(this.member);
  }

  receiveSnapshot(message: Message, database: BackendReader): void {
    this.inbox.put(message.snapshot!.metadata!.index, database);
    this.member!.stepSnapshot(message);
  }

  private async open(process: ProcessClock): Promise<void> {
    const { cluster, disk, backend, inbox } = this;
    for (const path of ['/d', '/d/snap']) await disk.makeDirectory(path, 0o700);
    for (const path of ['/', '/d']) await disk.syncDirectory(path);
    const options = { ...testOptions, ...cluster.o.options, memberId: this.id, name: `n${this.number}` };
    const { log, contents } = await openLog({
      disk,
      directory: '/d/wal',
      snapDirectory: '/d/snap',
      identity: { nodeId: this.id, clusterId: options.clusterId },
      maxSegments: 2,
      maxSnapshots: 2,
      now: () => process.now(),
      observer: { onWrite() {} },
      segmentBytes: 16 * 1024,
    });
    const isNew = contents.entries.length === 0 && !contents.snapshot;
    const fail = (error: Error): void => {
      if (this.process === process) throw error;
    };
    const nothing = (): void => {};
    const member = await openMember({
      clock: process,
      random: cluster.random,
      options,
      maxLearners: 1,
      backend,
      inbox,
      log,
      contents,
      founders: isNew ? this.founders() : undefined,
      link: this.link(),
      logger: quietRaft,
      snapshotData: v2StoreJson,
      events: {
        onFatal: fail,
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
        ...cluster.o.events?.(this.number),
      },
    });
    if (this.process !== process) return;
    this.member = member;
    member.start();
  }

  private link(): PeerLink {
    const { cluster } = this;
    return {
      send: (messages) => {
        for (const message of messages) cluster.deliver(message);
      },
      sendSnapshot: (message, reader, done) => cluster.deliver(message, { reader, done }),
    };
  }

  private founders() {
    return this.cluster.nodes.map(({ id, number }) => ({
      id,
      peerURLs: [`http://n${number}:2380`],
      name: `n${number}`,
      clientURLs: [],
      isLearner: false,
    }));
  }
}
