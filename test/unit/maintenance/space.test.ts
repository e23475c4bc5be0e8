import assert from 'node:assert/strict';
import { Alarms } from '../../../src/core/apply/alarms.ts';
import { ERR, type EtcdError } from '../../../src/core/errors.ts';
import { WriteBuffer } from '../../../src/core/mvcc/write-buffer.ts';
import { AlarmAction, type AlarmRequest, AlarmType, PutRequest } from '../../../src/core/wire/gen/rpc.ts';
import { Op } from '../../../src/core/wire/proposal.ts';
import { Space } from '../../../src/member/space.ts';
import { MemoryBackend } from '../../../src/storage/memory/backend.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const QUOTA = 100_000;
const OWN = 7n;

function world({ autoDisarm = true, leads = false } = {}) {
  const clock = new VirtualClock();
  const backend = new MemoryBackend();
  let inUse = 0;
  backend.sizes = () => ({ allocated: QUOTA, inUse });
  const buffer = new WriteBuffer({ backend });
  const alarms = new Alarms(buffer);
  const w = {
    clock,
    alarms,
    reports: [] as string[],
    proposed: [] as string[],
    fail: undefined as EtcdError | undefined,
    removed: new Set<bigint>(),
    use(bytes: number) {
      inUse = bytes;
      space.quota.measure();
    },
    put: () => space.quota.admits(Op.Put, PutRequest.create({ key: Buffer.from('k') })),
    raise: (memberID: bigint) =>
      alarms.apply({ action: AlarmAction.ACTIVATE, memberID, alarm: AlarmType.NOSPACE }),
    up: () => alarms.list(AlarmType.NOSPACE).map(({ memberID }) => memberID),
    async pass(seconds: number) {
      let over = false;
      clock.after(seconds * 1000, () => {
        over = true;
      });
      await clock.runUntil(() => over);
    },
    stop: () => space.stop(),
  };
  const space = new Space({
    clock,
    memberId: OWN,
    quotaBytes: QUOTA,
    autoDisarm,
    buffer,
    alarms,
    cluster: { isRemoved: (id) => w.removed.has(id) },
    isLeader: () => leads,
    propose(_op, request, _write, done) {
      const { action, memberID } = request as unknown as AlarmRequest;
      w.proposed.push(`${action === AlarmAction.ACTIVATE ? 'raise' : 'lower'} ${memberID}`);
      if (!w.fail) alarms.apply(request as unknown as AlarmRequest);
      done(w.fail as never);
    },
    onReport: ({ kind }) => w.reports.push(kind),
  });
  return w;
}

describe('the NOSPACE alarm of a member', () => {
  it('is raised once, and stays without --auto-disarm-nospace', async () => {
    const w = world({ autoDisarm: false });
    w.use(QUOTA);
    assert.ok(!w.put());
    assert.ok(!w.put());
    w.use(0);
    await w.pass(10).catch(() => {});
    assert.deepEqual(w.proposed, ['raise 7']);
    assert.deepEqual(w.reports, ['near', 'exceeded']);
    assert.deepEqual(w.up(), [OWN]);
  });

  it('goes when less than 75 % is in use again, not before', async () => {
    const w = world();
    w.use(QUOTA);
    w.put();
    for (const bytes of [99_000, 80_000, 75_000]) {
      w.use(bytes);
      await w.pass(3);
      assert.deepEqual(w.up(), [OWN], `at ${bytes}`);
    }
    w.use(74_500);
    await w.pass(2);
    assert.deepEqual(w.up(), []);
    assert.deepEqual(w.proposed, ['raise 7', 'lower 7']);
    assert.deepEqual(w.reports, ['near', 'exceeded', 'disarmed']);
    assert.ok(w.put());
  });

  it('is tried again when the proposal fails', async () => {
    const w = world();
    w.raise(OWN);
    w.fail = ERR.NoLeader;
    await w.pass(3.5);
    assert.deepEqual(w.proposed, ['lower 7', 'lower 7', 'lower 7']);
    w.fail = undefined;
    await w.pass(1);
    assert.deepEqual(w.up(), []);
  });

  it('others speak for themselves; for those that are gone the leader does', async () => {
    const follower = world();
    const leader = world({ leads: true });
    for (const w of [follower, leader]) {
      w.raise(8n);
      w.raise(9n);
      w.removed.add(9n);
      await w.pass(5);
    }
    assert.deepEqual(follower.up(), [8n, 9n]);
    assert.deepEqual(leader.up(), [8n]);
  });
});
