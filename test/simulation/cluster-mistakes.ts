/** Mistakes that only a cluster can make, or only a cluster can show. See mistakes.ts. */
import { ERR } from '../../src/core/errors.ts';
import type { BackendReader, Bucket } from '../../src/core/ports/backend.ts';
import { MessageType } from '../../src/core/raft/index.ts';
import { VoteResult } from '../../src/core/raft/quorum.ts';
import { CAMPAIGN_TRANSFER, NONE } from '../../src/core/raft/types.ts';
import { bytesEqual, toLatin1 } from '../../src/core/wire/bytes.ts';
import type { Member } from '../../src/member/member.ts';
import { coreOf } from './membership-check.ts';
import type { Mistake } from './mistake.ts';
import { committing } from './mistakes.ts';
import type { Temper } from './run.ts';

/** What a member keeps to itself, for those who break it. */
interface Insides {
  readonly p: { readonly ids: { sequence: number } };
}

const insidesOf = (member: Member): Insides => member as unknown as Insides;

const SNAPSHOT_TEMPER: Temper = {
  faults: ['crashOrStart', 'cutOff', 'heal'],
  faultRate: 0.012,
  requestRate: 0.15,
  leaseShare: 0.3,
  snapshots: { snapshotCount: 8, catchUpEntries: 2 },
};

function without(database: BackendReader, bucket: Bucket): BackendReader {
  return {
    get: (b, key) => (b === bucket ? undefined : database.get(b, key)),
    scan: (options) => (options.bucket === bucket ? [] : database.scan(options)),
  };
}

export const CLUSTER_MISTAKES: readonly Mistake[] = [
  {
    name: 'a leader commits what it alone has',
    member(member) {
      const { log } = coreOf(member);
      const commit = log.maybeCommit.bind(log);
      log.maybeCommit = (_index, term) => commit(log.lastIndex(), term);
    },
  },
  {
    name: 'a candidate wins with a single vote',
    member(member) {
      const { tracker } = coreOf(member);
      const tally = tracker.tally.bind(tracker);
      tracker.tally = () => ({ ...tally(), result: VoteResult.Won });
    },
  },
  {
    name: 'votes are given to logs that lack entries',
    temper: { faults: ['crashOrStart', 'split', 'cutOff', 'heal'], faultRate: 0.02, requestRate: 0.15 },
    member(member) {
      coreOf(member).log.isUpToDate = () => true;
    },
  },
  {
    name: 'a follower says it has one entry more than it has',
    send: (messages) =>
      messages.map((m) =>
        m.type === MessageType.MsgAppResp && !m.reject ? { ...m, index: m.index + 1 } : m,
      ),
  },
  {
    name: 'a follower cuts its log at every append',
    member(member) {
      const { log } = coreOf(member);
      log.maybeAppend = ({ index, logTerm, committed, entries }) => {
        if (!log.matchTerm(index, logTerm)) return undefined;
        const fresh = entries.filter((entry) => entry.index > log.committed);
        if (fresh.length > 0) log.append(fresh);
        const last = index + entries.length;
        log.commitTo(Math.min(committed, last));
        return last;
      };
    },
  },
  {
    name: 'heartbeats carry the commit index of the leader, whatever the follower has',
    member(member) {
      const core = coreOf(member);
      const send = core.send.bind(core);
      core.send = (m) => send(m.type === MessageType.MsgHeartbeat ? { ...m, commit: core.log.committed } : m);
    },
  },
  {
    name: 'a member forgets its vote and votes again',
    firstSeed: 150,
    temper: {
      faults: ['crashOrStart', 'split', 'cutOff', 'heal', 'weather'],
      faultRate: 0.03,
      requestRate: 0.05,
    },
    member(member) {
      Object.defineProperty(coreOf(member), 'vote', { get: () => NONE, set() {} });
    },
  },
  {
    name: 'a proposal is forwarded twice',
    send: (messages) => messages.flatMap((m) => (m.type === MessageType.MsgProp ? [m, { ...m }] : [m])),
  },
  {
    name: 'reads do not wait for the read index',
    member(member, { clock }) {
      member.barrier = (done) => clock.endOfTurn(() => done(undefined));
    },
  },
  {
    name: 'a leader answers reads without asking anybody, as long as it believes to lead',
    firstSeed: 175,
    temper: { faults: ['pause', 'cutOff', 'split', 'heal'], faultRate: 0.02, requestRate: 0.15 },
    member(member) {
      Object.assign(coreOf(member), {
        config: {
          ...(coreOf(member) as unknown as { config: object }).config,
          readOnlyOption: 'lease-based',
        },
      });
    },
  },
  {
    name: 'a read index is answered before the leader has committed in its term',
    temper: { faults: ['crashOrStart', 'pause', 'slowDisk', 'heal'], faultRate: 0.02, requestRate: 0.15 },
    member(member) {
      Object.defineProperty(coreOf(member), 'committedEntryInCurrentTerm', { get: () => true });
    },
  },
  {
    name: 'a follower acknowledges what is not durable',
    log: (log, { clock }) =>
      new Proxy(log, {
        get(target, name) {
          if (name !== 'append') return Reflect.get(target, name).bind(target);
          return (batch: never, done: (error: null) => void) => {
            target.append(batch, () => {});
            clock.endOfTurn(() => done(null));
          };
        },
      }),
  },
  {
    name: 'request ids begin with the wall clock',
    firstSeed: 589,
    temper: { faults: ['crashOrStart', 'jump', 'weather'], faultRate: 0.02, requestRate: 0.15 },
    member(member, { clock }) {
      insidesOf(member).p.ids.sequence = (Math.floor(clock.wall()) % 2 ** 40) * 256;
    },
  },

  // Membership.
  {
    name: 'a removal does not reach the consensus core of one member',
    member(member, { node }) {
      const { raft } = (member as unknown as { p: { raft: { applyConfChange(c: object): unknown } } }).p;
      const apply = raft.applyConfChange.bind(raft);
      if (node === 1)
        raft.applyConfChange = (c) => apply('type' in c && c.type === 1 ? { ...c, nodeId: NONE } : c);
    },
  },
  {
    name: 'a promotion is forgotten at the next start',
    firstSeed: 160,
    temper: { faults: ['crashOrStart', 'heal'], faultRate: 0.006, requestRate: 0.03, operationRate: 0.02 },
    backend: committing((writes, backend) =>
      backend.commit(
        writes.map((w) => {
          if (toLatin1(w.key) !== 'confState' || !w.value) return w;
          const text = toLatin1(w.value);
          const learner = /"learners":\[(\d+)/.exec(text)?.[1];
          if (learner !== undefined) (backend as { learner?: string }).learner = learner;
          const known = (backend as { learner?: string }).learner;
          if (known === undefined || learner !== undefined) return w;
          const voters = new RegExp(`,${known}|${known},`);
          return voters.test(text)
            ? {
                ...w,
                value: Buffer.from(text.replace(voters, '').replace('"auto', `"learners":[${known}],"auto`)),
              }
            : w;
        }),
      ),
    ),
  },
  {
    name: 'members that were removed are not told, and go on',
    member(member) {
      member.cluster.isRemoved = () => false;
    },
  },
  {
    name: 'a peer URL may be given to two members',
    firstSeed: 40,
    temper: { operationRate: 0.02 },
    member({ cluster }) {
      (cluster as unknown as { urlTaken(): boolean }).urlTaken = () => false;
    },
  },
  {
    name: 'who takes over at a transfer need not have the whole log',
    temper: { operationRate: 0.02, requestRate: 0.15 },
    member(member) {
      const core = coreOf(member);
      const { log } = core;
      const isUpToDate = log.isUpToDate.bind(log);
      let forced = false;
      const step = core.step.bind(core);
      core.step = (m) => {
        forced = m.type === MessageType.MsgVote && bytesEqual(m.context, CAMPAIGN_TRANSFER);
        if (m.type === MessageType.MsgTransferLeader && core.lead === core.id && m.from !== core.id)
          core.send({ type: MessageType.MsgTimeoutNow, to: m.from });
        const refused = step(m);
        forced = false;
        return refused;
      };
      log.isUpToDate = (term, index) => forced || isUpToDate(term, index);
    },
  },

  // Snapshots to members that lag.
  {
    name: 'a snapshot goes out without its leases',
    temper: SNAPSHOT_TEMPER,
    sentDatabase: (database) => without(database, 'lease'),
  },
  {
    name: 'the index of a snapshot is ahead of its data',
    temper: SNAPSHOT_TEMPER,
    sentDatabase: (database) => ({
      get: (bucket, key) => database.get(bucket, key),
      scan: (options) =>
        options.bucket === 'key' && !options.from
          ? database.scan(options).slice(0, -1)
          : database.scan(options),
    }),
  },
  {
    name: 'a snapshot goes out without the members that were removed',
    firstSeed: 130,
    temper: { ...SNAPSHOT_TEMPER, operationRate: 0.01 },
    sentDatabase: (database) => without(database, 'members_removed'),
  },
  {
    name: 'leases are not taken over from a snapshot',
    temper: SNAPSHOT_TEMPER,
    member({ lessor }) {
      lessor.adopt = () => {};
    },
  },
  {
    name: 'a snapshot is installed before the log has it',
    firstSeed: 98,
    temper: SNAPSHOT_TEMPER,
    log: (log) =>
      new Proxy(log, {
        get(target, name) {
          if (name !== 'saveSnapshot') return Reflect.get(target, name).bind(target);
          return (snapshot: never, done: (error: null) => void) => {
            done(null);
            target.saveSnapshot(snapshot, () => {});
          };
        },
      }),
  },

  // Leases.
  {
    name: 'one member leaves a key of each revoked lease',
    member({ lessor }, { node }) {
      const revoke = lessor.revoke.bind(lessor);
      if (node === 1) lessor.revoke = (id) => revoke(id).slice(1);
    },
  },
  {
    name: 'a new leader takes time off every lease',
    member({ lessor }) {
      const promote = lessor.promote.bind(lessor);
      lessor.promote = ({ now }) => promote({ now, extendMs: -1500 });
    },
  },
  {
    name: 'a follower renews leases by itself',
    member({ leases, lessor }) {
      const renew = leases.renew.bind(leases);
      leases.renew = (id, done) => {
        if (lessor.isPrimary) return renew(id, done);
        return lessor.has(id) ? done(undefined, 5) : done(ERR.LeaseNotFound);
      };
    },
  },
  {
    name: 'leases end by the wall clock',
    temper: { faults: ['jump'], requestRate: 0.1, leaseShare: 0.3 },
    member({ lessor }, { clock }) {
      const expired = lessor.expired.bind(lessor);
      const ahead = clock.wall() - clock.now();
      lessor.expired = (_now, limit) => expired(clock.wall() - ahead, limit);
    },
  },
];
