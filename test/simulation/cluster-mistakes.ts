/** Mistakes that only a cluster can make, or only a cluster can show. See mistakes.ts. */
import { MessageType, type RawNode } from '../../src/core/raft/index.ts';
import { VoteResult } from '../../src/core/raft/quorum.ts';
import type { Member } from '../../src/member/member.ts';
import type { Mistake } from './mistake.ts';

/** The consensus core of a member: nobody outside has to do with it, but for one who breaks it. */
function coreOf(member: Member): RawNode['raft'] {
  return (member as unknown as { p: { raft: RawNode } }).p.raft.raft;
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
    name: 'a follower says it has one entry more than it has',
    send: (messages) =>
      messages.map((m) =>
        m.type === MessageType.MsgAppResp && !m.reject ? { ...m, index: m.index + 1 } : m,
      ),
  },
  {
    name: 'a member forgets its vote and votes again',
    member(member) {
      Object.defineProperty(coreOf(member), 'vote', { get: () => 0n, set() {} });
    },
  },
  {
    name: 'reads do not wait for the read index',
    member(member, { clock }) {
      member.barrier = (done) => clock.endOfTurn(() => done(undefined));
    },
  },
  {
    name: 'a leader answers reads without asking anybody, as long as it believes to lead',
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
];
