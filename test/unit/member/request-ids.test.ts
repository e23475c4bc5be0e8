import assert from 'node:assert/strict';
import type { LogEntry } from '../../../src/core/ports/log-store.ts';
import { ConfChange, EntryType } from '../../../src/core/wire/gen/raft.ts';
import { PutRequest } from '../../../src/core/wire/gen/rpc.ts';
import { encodeProposal, Op, type RequestId, requestIdBits } from '../../../src/core/wire/proposal.ts';
import { RequestIds } from '../../../src/member/request-ids.ts';

const MEMBER = 0x8e9e05c52164694dn;
const LOW_16 = 0x694d;
const NOW = 1_700_000_000_000;

const put = (id: RequestId, index = 1) => ({
  type: EntryType.EntryNormal,
  term: 1,
  index,
  data: encodeProposal(id, Op.Put, PutRequest.create({ key: Buffer.from('k') }), PutRequest.write),
});

describe('ids of requests', () => {
  it("are etcd's: member, milliseconds, counter", () => {
    const ids = new RequestIds({ memberId: MEMBER, wallMs: NOW, entries: [] });
    assert.deepEqual(ids.next(), { member: LOW_16, sequence: (NOW % 2 ** 40) * 256 + 1 });
    assert.deepEqual(ids.next(), { member: LOW_16, sequence: (NOW % 2 ** 40) * 256 + 2 });
  });

  for (const back of [0, 1, 3_600_000, NOW - 5]) {
    it(`do not come again when the clock was set back by ${back} ms`, () => {
      const before = new RequestIds({ memberId: MEMBER, wallMs: NOW, entries: [] });
      const used = Array.from({ length: 600 }, () => before.next());
      const entries = used.slice(0, 100).map((id, i) => put(id, i + 1));
      const after = new RequestIds({ memberId: MEMBER, wallMs: NOW - back, entries });
      const all = new Set(used.map(({ sequence }) => sequence));
      for (let i = 0; i < 5000; i++) assert.ok(!all.has(after.next().sequence));
    });
  }

  it('of configuration changes count, those of other members and entries without one do not', () => {
    const high = { member: LOW_16, sequence: 2 ** 47 };
    const change = {
      type: EntryType.EntryConfChange,
      term: 1,
      index: 1,
      data: ConfChange.encode(ConfChange.create({ id: requestIdBits(high), nodeId: 1n })),
    };
    const ids = (entries: readonly LogEntry[]) =>
      new RequestIds({ memberId: MEMBER, wallMs: NOW, entries }).next().sequence;
    assert.ok(ids([change]) > high.sequence);
    const byClock = (NOW % 2 ** 40) * 256 + 1;
    assert.equal(ids([put({ member: 1, sequence: 2 ** 47 })]), byClock);
    assert.equal(ids([{ ...change, type: EntryType.EntryNormal, data: new Uint8Array(0) }]), byClock);
  });
});

describe('a clock that shows the same time at every start', () => {
  it('does not give the ids of the last life again, also when the log was cut', () => {
    const start = { memberId: 1n, wallMs: 1000, entries: [] };
    const before = new RequestIds({ ...start, chance: 0.25 }).next().sequence;
    const after = new RequestIds({ ...start, chance: 0.5 }).next().sequence;
    assert(Math.abs(after - before) > 2 ** 24);
  });
});
