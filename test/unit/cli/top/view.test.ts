import assert from 'node:assert/strict';
import { paintFor } from '../../../../src/commands/colour.ts';
import { Metrics } from '../../../../src/commands/prometheus.ts';
import { frameOf, shortCount, shortMs } from '../../../../src/commands/top/frame.ts';
import type { ClusterSample, MemberSample } from '../../../../src/commands/top/sample.ts';
import { viewOf } from '../../../../src/commands/top/view.ts';
import { AlarmMember, AlarmType, ResponseHeader, StatusResponse } from '../../../../src/core/wire/gen/rpc.ts';

const LEADER = 1n;
const NOON = new Date(2026, 0, 1, 12, 0, 0);
const NO_PAINT = paintFor(undefined);

const metricsText = (puts: number, more = '') => `
grpc_server_msg_received_total{grpc_method="Put"} ${puts}
grpc_server_msg_received_total{grpc_method="Range"} ${puts * 2}
grpc_server_msg_received_total{grpc_method="Authenticate"} ${puts}
grpc_server_msg_received_total{grpc_method="Status"} ${puts * 100}
etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} ${puts}
etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} ${puts}
etcd_debugging_mvcc_events_total ${puts}
etcd_debugging_mvcc_keys_total 7
etcd_debugging_mvcc_watcher_total 3
etcd_server_quota_backend_bytes 1e9
process_cpu_seconds_total ${puts / 100}
${more}`;

function member(id: bigint, puts: number, more: Partial<MemberSample> = {}): MemberSample {
  const header = ResponseHeader.create({ memberId: id, clusterId: 0xabcn, revision: 42 });
  return {
    id,
    name: `infra${id}`,
    endpoint: `10.0.0.${id}:2379`,
    isLearner: false,
    status: StatusResponse.create({
      header,
      leader: LEADER,
      version: '3.7.1',
      dbSize: 850_000_000,
      raftTerm: 4,
      raftAppliedIndex: 99,
    }),
    roundTripMs: 1.5,
    metrics: new Metrics(metricsText(puts)),
    error: '',
    ...more,
  };
}

const down = (id: bigint): MemberSample =>
  member(id, 0, {
    status: undefined,
    metrics: undefined,
    roundTripMs: undefined,
    error: 'connection refused',
  });

const sample = (
  at: number,
  members: readonly MemberSample[],
  more: Partial<ClusterSample> = {},
): ClusterSample => ({
  at,
  members,
  alarms: [],
  leases: 5,
  error: '',
  ...more,
});

describe('the view of top', () => {
  it('makes rates of two samples, without its own requests', () => {
    const view = viewOf(sample(3000, [member(1n, 300)]), sample(1000, [member(1n, 100)]), NOON);
    assert.deepEqual(view.requestsPerSecond, {
      put: 100,
      range: 200,
      delete: 0,
      txn: 0,
      lease: 0,
      watch: 0,
      other: 100,
    });
    assert.equal(view.eventsPerSecond, 100);
    const [first] = view.members;
    assert.equal(first.requestsPerSecond, 400);
    assert.equal(first.cpu, 1);
    assert.equal(first.walSyncP99Ms, 0.99);
    assert.equal(first.dbSizeQuota, 1e9, 'from the metrics of a server that does not tell otherwise');
    assert.deepEqual(
      [view.leader, view.revision, view.keys, view.watchers, view.leases],
      ['infra1', 42, 7, 3, 5],
    );
  });

  it('has gauges but no rates at first, and after a restart', () => {
    const at = sample(3000, [member(1n, 300)]);
    for (const view of [viewOf(at, undefined, NOON), viewOf(at, sample(1000, [down(1n)]), NOON)]) {
      assert.equal(view.requestsPerSecond, undefined);
      assert.equal(view.members[0].requestsPerSecond, undefined);
      assert.equal(view.members[0].watchers, 3);
    }
    const restarted = viewOf(sample(3000, [member(1n, 10)]), sample(1000, [member(1n, 100)]), NOON);
    assert.equal(restarted.members[0].requestsPerSecond, 0);
    assert.equal(restarted.members[0].cpu, undefined);
  });

  it('tells the states of members apart', () => {
    const noLeader = StatusResponse.create({ leader: 0n });
    const view = viewOf(
      sample(0, [
        member(10n, 0),
        member(LEADER, 0),
        down(3n),
        member(4n, 0, { isLearner: true }),
        member(5n, 0, { status: noLeader }),
        member(6n, 0, { name: '', endpoint: '', status: undefined, error: 'not started yet' }),
      ]),
      undefined,
      NOON,
    );
    assert.deepEqual(
      view.members.map(({ name, state, error }) => [name, state, error]),
      [
        ['6', 'unstarted', 'not started yet'],
        ['infra1', 'leader', undefined],
        ['infra3', 'down', 'connection refused'],
        ['infra4', 'learner', undefined],
        ['infra5', 'no leader', undefined],
        ['infra10', 'follower', undefined],
      ],
    );
  });

  it('names the members that raise alarms', () => {
    const alarms = [1n, 77n].map((memberID) => AlarmMember.create({ memberID, alarm: AlarmType.NOSPACE }));
    assert.deepEqual(viewOf(sample(0, [member(1n, 0)], { alarms }), undefined, NOON).alarms, [
      { member: 'infra1', alarm: 'NOSPACE' },
      { member: '4d', alarm: 'NOSPACE' },
    ]);
  });
});

describe('the frame of top', () => {
  const alarms = [AlarmMember.create({ memberID: 1n, alarm: AlarmType.NOSPACE })];
  const members = [member(1n, 300), member(2n, 0), down(3n)];
  const view = viewOf(sample(3000, members, { alarms }), sample(1000, [member(1n, 100)]), NOON);
  const frame = (columns: number, rows: number, footer?: string) =>
    frameOf(view, { columns, rows, unicode: false }, NO_PAINT, footer);

  it('fits a window of 80 by 24', () => {
    assert.deepEqual(frame(80, 24, 'q quit').slice(0, 11), [
      'kvctl top  cluster abc  3 members  leader infra1  term 4                12:00:00',
      'revision 42  keys 7  watchers 6  leases 5',
      'ALARM NOSPACE at infra1',
      '',
      '  REQ/S     PUT   RANGE  DELETE     TXN   LEASE   WATCH   OTHER  EVENTS',
      '    400     100     200       0       0       0       0     100     100',
      '',
      'MEMBER      STATE          DB    OF QUOTA    REQ/S     RTT  SYNC99   CPU     MEM',
      'infra1      leader     850 MB  #####  85%      400   1.5ms   1.0ms  100%       -',
      'infra2      follower   850 MB  #####  85%        -   1.5ms       -     -       -',
      'infra3      down       connection refused',
    ]);
    assert.equal(frame(80, 24, 'q quit').length, 24);
    assert.equal(frame(80, 24, 'q quit').at(-1), 'q quit');
  });

  it('is never larger than the window', () => {
    for (let columns = 1; columns < 180; columns += 3) {
      for (const rows of [1, 2, 5, 8, 9, 10, 11, 24]) {
        const lines = frame(columns, rows, 'q quit');
        assert.equal(lines.length, rows);
        for (const line of lines) assert.ok(line.length <= columns, `${columns}: ${line}`);
      }
    }
  });

  it('says how many members there is no room for', () => {
    assert.deepEqual(frame(80, 11, 'q quit').slice(8), [frame(80, 24)[8], '... and 2 more', 'q quit']);
  });

  it('shows everything where nothing is cut off', () => {
    const lines = frame(160, Number.POSITIVE_INFINITY);
    assert.equal(lines.length, 11);
    assert.match(lines[7], /COMMIT99 {2}WATCHERS {4}APPLIED {2}VERSION {3}ENDPOINT/);
  });

  it('lets no name of a member move the cursor', () => {
    const evil = member(1n, 0, { name: 'a\x1b[2J\u009b1A\n' });
    const text = frameOf(
      viewOf(sample(0, [evil]), undefined, NOON),
      { columns: 80, rows: 24, unicode: true },
      NO_PAINT,
    ).join('');
    assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f]/);
  });

  it('warns in colours where there are some', () => {
    const lines = frameOf(view, { columns: 80, rows: 24, unicode: true }, paintFor({ colours: true }));
    assert.ok(lines.some((line) => line.includes('\x1b[31mALARM NOSPACE')));
    assert.ok(lines.some((line) => line.includes('\x1b[33m■■■■■')));
    assert.ok(lines.some((line) => line.includes('\x1b[31mconnection refused')));
  });

  it('shows numbers shortly', () => {
    assert.deepEqual([undefined, 0, 1234, 99_999, 100_000, 12_345_678].map(shortCount), [
      '-',
      '0',
      '1,234',
      '99,999',
      '100k',
      '12M',
    ]);
    assert.deepEqual([undefined, 0.05, 0.5, 9.9, 12.3, 999, 1500].map(shortMs), [
      '-',
      '50µs',
      '0.5ms',
      '9.9ms',
      '12ms',
      '999ms',
      '1.5s',
    ]);
  });
});
