/** What scripts can't ask for: reads, limits, founding, the Ready protocol, and the case of the Raft paper's figure 8. */
import assert from 'node:assert/strict';
import {
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  MemoryStorage,
  type Message,
  MessageType,
  message,
  PROPOSAL_DROPPED,
  type RaftConfig,
  RawNode,
  STEP_LOCAL_MESSAGE,
  STEP_PEER_NOT_FOUND,
} from '../../../src/core/raft/index.ts';

import { bytes, contexts, exchange, led, member, NOTHING, settle, three } from './members.ts';

describe('raft: reads', () => {
  it('wait until a quorum has confirmed the leader', () => {
    const all = led();
    all[0].node.readIndex(bytes('r1'));
    exchange(all, (m) => m.type !== MessageType.MsgHeartbeatResp);
    assert.deepEqual(contexts(all[0]), []);
    // The next heartbeat carries the newest request; its confirmation confirms the older one as well.
    all[0].node.readIndex(bytes('r2'));
    exchange(all, (m) => m.from !== 3n);
    assert.deepEqual(contexts(all[0]), ['r1', 'r2']);
    assert.equal(all[0].reads[0].index, all[0].node.committed);
  });

  it('of followers are answered by the leader', () => {
    const all = led();
    all[1].node.readIndex(bytes('from two'));
    exchange(all);
    assert.deepEqual(contexts(all[1]), ['from two']);
    assert.deepEqual(contexts(all[0]), []);
  });

  it('wait for the first commit of a new leader', () => {
    const all = led();
    all[1].node.campaign();
    // Two is elected, but its first entry gets nowhere.
    exchange(all, (m) => m.type !== MessageType.MsgApp);
    assert.equal(all[1].node.isLeader, true);
    all[1].node.readIndex(bytes('early'));
    exchange(all, (m) => m.type !== MessageType.MsgApp);
    assert.deepEqual(contexts(all[1]), []);
    for (let i = 0; i < 2; i++) {
      all[1].node.tick();
      exchange(all);
    }
    assert.deepEqual(contexts(all[1]), ['early']);
    assert.equal(all[1].reads[0].index, all[1].node.committed);
  });

  it('need no confirmation with leases, or when nobody else votes', () => {
    const all = led({ checkQuorum: true, readOnlyOption: 'lease-based' });
    all[0].node.readIndex(bytes('leased'));
    settle(all[0]);
    assert.deepEqual(contexts(all[0]), ['leased']);

    const alone = member(1n, [1n]);
    alone.node.campaign();
    settle(alone);
    alone.node.readIndex(bytes('alone'));
    settle(alone);
    assert.deepEqual(contexts(alone), ['alone']);
  });
});

describe('raft: limits', () => {
  it('bound what a leader holds uncommitted', () => {
    const all = led({ maxUncommittedEntriesSize: 10 });
    const [leader] = all;
    // A single proposal is never too large, or it could never be made.
    assert.equal(leader.node.propose([bytes('0123456789abcdef')]), undefined);
    assert.equal(leader.node.propose([bytes('x')]), PROPOSAL_DROPPED);
    assert.equal(leader.node.propose([NOTHING]), undefined);
    assert.ok(leader.lines.some((l) => l.includes('would exceed uncommitted entry size limit')));
    exchange(all);
    assert.equal(leader.node.propose([bytes('x')]), undefined);
  });

  it('bound the bytes in flight to one follower', () => {
    const all = led({ maxInflightBytes: 12 });
    for (const payload of ['0123456789', '0123456789', '0123456789']) all[0].node.propose([bytes(payload)]);
    const sent = settle(all[0]).filter((m) => m.type === MessageType.MsgApp && m.to === 2n);
    assert.equal(sent.length, 2);
    assert.match(all[0].node.describeProgress(), /2: StateReplicate .* paused inflight=2\[full\]/);
  });

  it('cut appends to size, and proposals are never split from their order', () => {
    const all = led({ maxSizePerMsg: 40 });
    all[0].node.propose(Array.from({ length: 10 }, (_, i) => bytes(`${i}`.repeat(10))));
    const sizes = settle(all[0])
      .filter((m) => m.type === MessageType.MsgApp && m.to === 2n)
      .map((m) => m.entries.length);
    assert.deepEqual(sizes, [2]);
    exchange(all);
    for (const { node } of all) assert.equal(node.committed, all[0].node.committed);
  });
});

describe('raft: proposals', () => {
  it('go to the leader, unless that is forbidden', () => {
    const all = led();
    assert.equal(all[1].node.propose([bytes('forwarded')]), undefined);
    exchange(all);
    assert.equal(all[2].node.committed, 7);

    const strict = led({ disableProposalForwarding: true });
    assert.equal(strict[1].node.propose([bytes('refused')]), PROPOSAL_DROPPED);
    assert.equal(strict[1].lines.at(-1), '2 not forwarding to leader 1 at term 1; dropping proposal');
  });

  it('are refused where nobody leads', () => {
    const [one] = three();
    assert.equal(one.node.propose([bytes('x')]), PROPOSAL_DROPPED);
    one.node.campaign();
    assert.equal(one.node.propose([bytes('x')]), PROPOSAL_DROPPED);
  });
});

describe('raft: messages', () => {
  it('that only a node itself can have made are refused from outside', () => {
    const [one] = led();
    for (const type of [
      MessageType.MsgHup,
      MessageType.MsgBeat,
      MessageType.MsgUnreachable,
      MessageType.MsgSnapStatus,
      MessageType.MsgCheckQuorum,
      MessageType.MsgStorageAppend,
      MessageType.MsgStorageAppendResp,
      MessageType.MsgStorageApply,
      MessageType.MsgStorageApplyResp,
    ]) {
      assert.equal(one.node.step(message({ type, from: 2n })), STEP_LOCAL_MESSAGE);
    }
  });

  it('of strangers are refused where they answer', () => {
    const [one] = led();
    for (const type of [
      MessageType.MsgAppResp,
      MessageType.MsgVoteResp,
      MessageType.MsgHeartbeatResp,
      MessageType.MsgReadIndexResp,
      MessageType.MsgPreVoteResp,
    ]) {
      assert.equal(one.node.step(message({ type, from: 9n, term: 2 })), STEP_PEER_NOT_FOUND);
    }
  });
});

describe('raft: founding', () => {
  const founders = [
    { id: 2n, context: bytes('two') },
    { id: 1n, context: bytes('one') },
  ];

  it('is one committed entry a founder, the same everywhere', () => {
    const one = member(1n, []);
    one.node.bootstrap(founders);
    const rd = one.node.ready();
    assert.deepEqual(rd.hardState, { term: 1, vote: 0n, commit: 2 });
    assert.deepEqual(
      rd.entries.map(({ index, term, type }) => [index, term, type]),
      [
        [1, 1, 1],
        [2, 1, 1],
      ],
    );
    assert.deepEqual(rd.committedEntries, rd.entries);
    assert.equal(rd.mustSync, true);

    const two = member(2n, []);
    two.node.bootstrap([...founders].reverse());
    assert.deepEqual(two.node.ready().entries, rd.entries);
  });

  it('is refused over a log that exists', () => {
    const one = member(1n, [1n]);
    assert.throws(() => one.node.bootstrap(founders), /can't bootstrap a nonempty Storage/);
  });

  it('makes a cluster that elects', () => {
    const all = [member(1n, []), member(2n, [])];
    for (const { node } of all) node.bootstrap(founders);
    exchange(all);
    all[1].node.campaign();
    exchange(all);
    assert.equal(all[1].node.isLeader, true);
    assert.equal(all[0].node.committed, 3);
  });
});

describe('raft: the Ready protocol', () => {
  it('is one at a time when storage is synchronous', () => {
    const one = member(1n, [1n]);
    one.node.campaign();
    one.node.ready();
    one.node.tick();
    assert.throws(() => one.node.ready(), /two accepted Ready structs without call to Advance/);
  });

  it('has no advance when storage is asynchronous', () => {
    const one = member(1n, [1n], { asyncStorageWrites: true });
    assert.throws(() => one.node.advance(), /Advance must not be called/);
  });

  it('says nothing to anyone before storage has answered', () => {
    const one = member(1n, [1n, 2n], { asyncStorageWrites: true });
    one.node.step(message({ type: MessageType.MsgVote, from: 2n, to: 1n, term: 9, index: 5, logTerm: 1 }));
    const { messages } = one.node.ready();
    assert.deepEqual(
      messages.map((m) => m.to),
      [LOCAL_APPEND_THREAD],
    );
    assert.deepEqual(
      messages[0].responses.map((m) => [m.type, m.to, m.reject]),
      [[MessageType.MsgVoteResp, 2n, false]],
    );
  });

  it('applies only what is stable when storage is asynchronous, and sooner when it is not', () => {
    for (const asyncStorageWrites of [false, true]) {
      const one = member(2n, [1n, 2n], { asyncStorageWrites });
      const entries = [{ type: 0, term: 2, index: 6, data: bytes('x') }];
      one.node.step(
        message({
          type: MessageType.MsgApp,
          from: 1n,
          to: 2n,
          term: 2,
          index: 5,
          logTerm: 1,
          commit: 6,
          entries,
        }),
      );
      const rd = one.node.ready();
      assert.equal(rd.committedEntries.length, asyncStorageWrites ? 0 : 1);
      assert.equal(
        rd.messages.some((m) => m.to === LOCAL_APPLY_THREAD),
        false,
      );
    }
  });
});

describe('raft: entries of older terms (Raft paper, figure 8)', () => {
  it('are not committed by counting, only together with one of the leader’s own term', () => {
    const all = led();
    // An entry of term 1 gets to two only, and its leader is gone.
    all[0].node.propose([bytes('old')]);
    exchange(all, (m) => m.to !== 3n && m.type !== MessageType.MsgAppResp);
    const before = all[1].node.committed;
    all[1].node.campaign();
    // Two leads term 2; three takes the old entry from it, but not yet the new one.
    let held = true;
    const oldOnly = (m: Message): boolean => {
      if (m.to === 1n || m.from === 1n)
        return m.type === MessageType.MsgVote || m.type === MessageType.MsgVoteResp;
      if (m.type === MessageType.MsgApp && held) m.entries = m.entries.filter(({ term }) => term < 2);
      return true;
    };
    const [, two, thr] = all;
    exchange([all[0], two, thr], oldOnly);
    assert.equal(two.node.isLeader, true);
    assert.equal(thr.storage.lastIndex(), 7);
    assert.equal(
      two.node.committed,
      before,
      'two of three have the old entry, and still it is not committed',
    );
    held = false;
    two.node.tick();
    exchange([all[0], two, thr], oldOnly);
    assert.equal(two.node.committed, 8);
  });
});

describe('raft: configuration', () => {
  const valid: RaftConfig = {
    id: 1n,
    electionTick: 10,
    heartbeatTick: 1,
    storage: new MemoryStorage(),
    maxSizePerMsg: 1,
    maxInflightMsgs: 1,
    random: () => 0,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  };
  const cases: readonly [Partial<RaftConfig>, RegExp][] = [
    [{ id: 0n }, /none as id/],
    [{ heartbeatTick: 0 }, /heartbeat tick/],
    [{ electionTick: 1 }, /election tick must be greater/],
    [{ maxInflightMsgs: 0 }, /max inflight messages/],
    [{ readOnlyOption: 'lease-based' }, /CheckQuorum must be enabled/],
  ];
  for (const [change, problem] of cases) {
    it(`refuses ${JSON.stringify(change, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`, () => {
      assert.throws(() => new RawNode({ ...valid, ...change }), problem);
    });
  }

  it('takes a commit index only if the log reaches it', () => {
    const storage = new MemoryStorage();
    storage.setHardState({ term: 3, vote: 0n, commit: 4 });
    assert.throws(() => new RawNode({ ...valid, storage }), /1 state.commit 4 is out of range \[0, 0\]/);
  });
});
