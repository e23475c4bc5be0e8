/** A few nodes whose storage answers at once, and the mail between them. */
import assert from 'node:assert/strict';
import {
  type ConfState,
  MemoryStorage,
  type Message,
  type RaftConfig,
  RawNode,
  type ReadState,
} from '../../../src/core/raft/index.ts';

export const NOTHING = new Uint8Array(0);

export interface Member {
  readonly id: bigint;
  readonly node: RawNode;
  readonly storage: MemoryStorage;
  readonly reads: ReadState[];
  readonly lines: string[];
}

export function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

export function member(id: bigint, voters: readonly bigint[], more: Partial<RaftConfig> = {}): Member {
  const storage = new MemoryStorage();
  const confState: ConfState = {
    voters: [...voters],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  if (voters.length > 0) storage.applySnapshot({ data: NOTHING, metadata: { index: 5, term: 1, confState } });
  const lines: string[] = [];
  const say = (text: string): void => {
    lines.push(text);
  };
  const node = new RawNode({
    id,
    electionTick: 10,
    heartbeatTick: 1,
    storage,
    applied: voters.length > 0 ? 5 : 0,
    maxSizePerMsg: 1000,
    maxInflightMsgs: 16,
    random: () => 0,
    logger: { debug: say, info: say, warn: say, error: say },
    ...more,
  });
  return { id, node, storage, reads: [], lines };
}

/** Stores and applies at once; what is for others is returned. */
export function settle({ node, storage, reads }: Member): Message[] {
  const out: Message[] = [];
  while (node.hasReady()) {
    const rd = node.ready();
    if (rd.hardState) storage.setHardState(rd.hardState);
    if (rd.snapshot) storage.applySnapshot(rd.snapshot);
    storage.append(rd.entries);
    reads.push(...rd.readStates);
    out.push(...rd.messages);
    node.advance();
  }
  return out;
}

/** Delivers everything between `members` until nothing moves; mail that `passes` refuses is lost. */
export function exchange(members: readonly Member[], passes: (m: Message) => boolean = () => true): void {
  for (let busy = true; busy; ) {
    busy = false;
    for (const from of members) {
      for (const m of settle(from)) {
        const to = members.find(({ id }) => id === m.to);
        if (!to || !passes(m)) continue;
        busy = true;
        to.node.step(structuredClone(m));
      }
    }
  }
}

export function three(more: Partial<RaftConfig> = {}): [Member, Member, Member] {
  const voters = [1n, 2n, 3n];
  return [member(1n, voters, more), member(2n, voters, more), member(3n, voters, more)];
}

export function led(more: Partial<RaftConfig> = {}): [Member, Member, Member] {
  const all = three(more);
  all[0].node.campaign();
  exchange(all);
  assert.equal(all[0].node.isLeader, true);
  return all;
}

export function contexts({ reads }: Member): string[] {
  return reads.map(({ requestCtx }) => Buffer.from(requestCtx).toString());
}
