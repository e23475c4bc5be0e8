import assert from 'node:assert/strict';
import { PermissionType } from '../../../src/core/wire/gen/auth.ts';
import { Event, EventType, KeyValue } from '../../../src/core/wire/gen/kv.ts';
import * as rpc from '../../../src/core/wire/gen/rpc.ts';
import {
  createPrinter,
  FORMATS,
  type Format,
  type Printables,
  type PrintName,
  type Style,
  UnsupportedFormatError,
} from '../../../src/printer/index.ts';

const bytes = (text: string) => Buffer.from(text);
const PLAIN: Style = { hex: false, valuesOnly: false };

async function printed<K extends PrintName>(
  format: Format,
  name: K,
  value: Printables[K],
  style: Partial<Style> = {},
): Promise<string> {
  const printer = await createPrinter(format, { ...PLAIN, ...style });
  return Buffer.from(printer.print(name, value)).toString('utf8');
}

const header = rpc.ResponseHeader.create({
  clusterId: 9283402572641457184n,
  memberId: 1279009630658182889n,
  revision: 6,
  raftTerm: 2,
});
const H = '{"cluster_id":9283402572641457184,"member_id":1279009630658182889,"revision":6,"raft_term":2}';
const HEADER_KEYS = H.slice(1, -1);
const HF =
  '"ClusterID" : 9283402572641457184\n"MemberID" : 1279009630658182889\n"Revision" : 6\n"RaftTerm" : 2\n';
const kv = (key: string, value: string, more: Partial<KeyValue> = {}) =>
  KeyValue.create({
    key: bytes(key),
    value: bytes(value),
    createRevision: 2,
    modRevision: 6,
    version: 3,
    ...more,
  });

describe('printers', () => {
  describe('get', () => {
    const response = rpc.RangeResponse.create({ header, kvs: [kv('k1', 'vv')], count: 1 });
    const many = rpc.RangeResponse.create({
      header,
      kvs: [kv('k1', 'vv'), kv('k3', 'a\nb')],
      more: true,
      count: 3,
    });

    it('simple', async () => assert.equal(await printed('simple', 'get', many), 'k1\nvv\nk3\na\nb\n'));
    it('nothing', async () => assert.equal(await printed('simple', 'get', rpc.RangeResponse.create()), ''));
    it('hex', async () =>
      assert.equal(await printed('simple', 'get', response, { hex: true }), '\\x6b\\x31\n\\x76\\x76\n'));
    it('values only', async () =>
      assert.equal(await printed('simple', 'get', many, { valuesOnly: true }), 'vv\na\nb\n'));
    it('keeps bytes as they are', async () => {
      const raw = rpc.RangeResponse.create({
        kvs: [KeyValue.create({ key: Buffer.of(0, 255), value: Buffer.of(128) })],
      });
      const printer = await createPrinter('simple', PLAIN);
      assert.deepEqual(Buffer.from(printer.print('get', raw)), Buffer.of(0, 255, 10, 128, 10));
    });
    it('json', async () =>
      assert.equal(
        await printed('json', 'get', response),
        `{"header":${H},"kvs":[{"key":"azE=","create_revision":2,"mod_revision":6,"version":3,"value":"dnY="}],"count":1}\n`,
      ));
    it('json, with a lease and more to come', async () => {
      const leased = rpc.RangeResponse.create({
        kvs: [kv('k', '', { lease: 4533332596604350094n })],
        more: true,
      });
      assert.equal(
        await printed('json', 'get', leased),
        '{"kvs":[{"key":"aw==","create_revision":2,"mod_revision":6,"version":3,"lease":4533332596604350094}],"more":true}\n',
      );
    });
    it('fields', async () =>
      assert.equal(
        await printed('fields', 'get', response),
        `${HF}"Key" : "k1"\n"CreateRevision" : 2\n"ModRevision" : 6\n"Version" : 3\n"Value" : "vv"\n"Lease" : 0\n"More" : false\n"Count" : 1\n`,
      ));
    it('protobuf', async () => {
      const printer = await createPrinter('protobuf', PLAIN);
      assert.deepEqual(rpc.RangeResponse.decode(printer.print('get', response)), response);
    });
  });

  it('json escapes what Go escapes', async () => {
    const response = rpc.AuthUserListResponse.create({ users: ['<b>&"\\', '\u2028', 'a\n\x01', '\ud800'] });
    assert.equal(
      await printed('json', 'userList', response),
      '{"users":["\\u003cb\\u003e\\u0026\\"\\\\","\\u2028","a\\n\\u0001","\\ufffd"]}\n',
    );
  });

  it('put and del', async () => {
    const put = rpc.PutResponse.create({ header, prevKv: kv('k1', 'v1') });
    assert.equal(await printed('simple', 'put', put), 'OK\nk1\nv1\n');
    assert.equal(await printed('simple', 'put', rpc.PutResponse.create({ header })), 'OK\n');
    const del = rpc.DeleteRangeResponse.create({ header, deleted: 1, prevKvs: [kv('d1', 'x')] });
    assert.equal(await printed('simple', 'del', del), '1\nd1\nx\n');
    assert.match(await printed('fields', 'del', del), /^.*\n.*\n.*\n.*\n"Deleted" : 1\n"PrevKey" : "d1"\n/);
  });

  it('txn', async () => {
    const nested = rpc.ResponseHeader.create({ revision: 28 });
    const txn = rpc.TxnResponse.create({
      header,
      succeeded: true,
      responses: [
        rpc.ResponseOp.create({ responsePut: rpc.PutResponse.create({ header: nested }) }),
        rpc.ResponseOp.create({
          responseRange: rpc.RangeResponse.create({ header: nested, kvs: [kv('k1', 'new')], count: 1 }),
        }),
        rpc.ResponseOp.create({ responseDeleteRange: rpc.DeleteRangeResponse.create({ header: nested }) }),
      ],
    });
    assert.equal(await printed('simple', 'txn', txn), 'SUCCESS\n\nOK\n\nk1\nnew\n\n0\n');
    assert.equal(
      await printed('json', 'txn', txn),
      `{"header":${H},"succeeded":true,"responses":[{"Response":{"response_put":{"header":{"revision":28}}}},` +
        '{"Response":{"response_range":{"header":{"revision":28},"kvs":[{"key":"azE=","create_revision":2,"mod_revision":6,"version":3,"value":"bmV3"}],"count":1}}},' +
        '{"Response":{"response_delete_range":{"header":{"revision":28}}}}]}\n',
    );
    assert.match(
      await printed('fields', 'txn', txn),
      /"Succeeded" : true\n"ClusterID" : 0\n"MemberID" : 0\n"Revision" : 28\n"RaftTerm" : 0\n/,
    );
  });

  it('watch', async () => {
    const message = {
      header,
      events: [
        Event.create({
          type: EventType.DELETE,
          kv: KeyValue.create({ key: bytes('wk1'), modRevision: 50 }),
          prevKv: kv('wk1', 'b'),
        }),
      ],
      compactRevision: 0,
      canceled: false,
      created: false,
      cancelReason: '',
    };
    assert.equal(await printed('simple', 'watch', message), 'DELETE\nwk1\nb\nwk1\n\n');
    assert.equal(
      await printed('json', 'watch', message),
      `{"Header":${H},"Events":[{"type":1,"kv":{"key":"d2sx","mod_revision":50},"prev_kv":{"key":"d2sx","create_revision":2,"mod_revision":6,"version":3,"value":"Yg=="}}],"CompactRevision":0,"Canceled":false,"Created":false,"CancelReason":""}\n`,
    );
    const canceled = { ...message, events: [], compactRevision: 3, canceled: true };
    assert.match(
      await printed('json', 'watch', canceled),
      /"Events":null,"CompactRevision":3,"Canceled":true/,
    );
  });

  it('leases', async () => {
    const ID = 0x3ee9a1fa5d4d2e84n;
    const grant = rpc.LeaseGrantResponse.create({ header, ID, TTL: 100 });
    assert.equal(
      await printed('simple', 'leaseGrant', grant),
      'lease 3ee9a1fa5d4d2e84 granted with TTL(100s)\n',
    );
    assert.equal(
      await printed('json', 'leaseGrant', grant),
      `{${HEADER_KEYS},"ID":${ID},"TTL":100,"Error":""}\n`,
    );
    const left = rpc.LeaseTimeToLiveResponse.create({
      header,
      ID,
      TTL: 499,
      grantedTTL: 500,
      keys: [bytes('lk1'), bytes('lk2')],
    });
    assert.equal(
      await printed('simple', 'leaseTimeToLive', { keys: true, response: left }),
      'lease 3ee9a1fa5d4d2e84 granted with TTL(500s), remaining(499s), attached keys([lk1 lk2])\n',
    );
    assert.equal(
      await printed('json', 'leaseTimeToLive', { keys: true, response: left }),
      `{${HEADER_KEYS},"id":${ID},"ttl":499,"granted-ttl":500,"keys":["bGsx","bGsy"]}\n`,
    );
    const gone = rpc.LeaseTimeToLiveResponse.create({ header, ID: 0x1234n, TTL: -1 });
    assert.equal(
      await printed('simple', 'leaseTimeToLive', { keys: false, response: gone }),
      'lease 0000000000001234 already expired\n',
    );
    const none = rpc.LeaseLeasesResponse.create({ header });
    assert.equal(await printed('simple', 'leaseList', none), 'found 0 leases\n');
    assert.equal(await printed('json', 'leaseList', none), `{${HEADER_KEYS},"leases":[]}\n`);
  });

  it('members', async () => {
    const members = [
      rpc.Member.create({
        ID: 0x1e8dea7e60cb5dccn,
        name: 'c',
        peerURLs: ['http://127.0.0.1:2484'],
        clientURLs: ['http://127.0.0.1:2483'],
      }),
      rpc.Member.create({ ID: 0x6cn, peerURLs: ['http://a:1', 'http://b:1'], isLearner: true }),
    ];
    const list = rpc.MemberListResponse.create({ header, members });
    assert.equal(
      await printed('simple', 'memberList', list),
      '1e8dea7e60cb5dcc, started, c, http://127.0.0.1:2484, http://127.0.0.1:2483, false\n6c, unstarted, , http://a:1,http://b:1, , true\n',
    );
    assert.equal(
      await printed('json', 'memberList', list, { hex: true }),
      '{"header":{"cluster_id":"80d54574493dd420","member_id":"11bff47b8baf3ee9","revision":6,"raft_term":2},"members":[{"ID":"1e8dea7e60cb5dcc","name":"c","peerURLs":["http://127.0.0.1:2484"],"clientURLs":["http://127.0.0.1:2483"]},{"ID":"6c","peerURLs":["http://a:1","http://b:1"],"isLearner":true}]}\n',
    );
    assert.equal(
      await printed('table', 'memberList', rpc.MemberListResponse.create({ members: members.slice(0, 1) })),
      [
        '┌──────────────────┬─────────┬──────┬───────────────────────┬───────────────────────┬────────────┐',
        '│        ID        │ STATUS  │ NAME │      PEER ADDRS       │     CLIENT ADDRS      │ IS LEARNER │',
        '├──────────────────┼─────────┼──────┼───────────────────────┼───────────────────────┼────────────┤',
        '│ 1e8dea7e60cb5dcc │ started │    c │ http://127.0.0.1:2484 │ http://127.0.0.1:2483 │      false │',
        '└──────────────────┴─────────┴──────┴───────────────────────┴───────────────────────┴────────────┘',
        '',
      ].join('\n'),
    );
    assert.equal(
      await printed('simple', 'memberRemove', {
        id: 0x6cn,
        response: rpc.MemberRemoveResponse.create({ header }),
      }),
      'Member               6c removed from cluster 80d54574493dd420\n',
    );
  });

  it('endpoints', async () => {
    const response = rpc.StatusResponse.create({
      header,
      version: '3.7.1',
      storageVersion: '3.7.0',
      dbSize: 24576,
      dbSizeInUse: 20480,
      dbSizeQuota: 2147483648,
      leader: header.memberId,
      raftTerm: 2,
      raftIndex: 37,
      raftAppliedIndex: 37,
      downgradeInfo: rpc.DowngradeInfo.create(),
    });
    const list = [{ endpoint: '127.0.0.1:2379', response }];
    assert.equal(
      await printed('simple', 'endpointStatus', list),
      '127.0.0.1:2379, 11bff47b8baf3ee9, 3.7.1, 3.7.0, 25 kB, 20 kB, 17%, 2.1 GB, true, false, 2, 37, 37, , , false\n',
    );
    assert.equal(
      await printed('json', 'endpointStatus', list),
      `[{"Endpoint":"127.0.0.1:2379","Status":{"header":${H},"version":"3.7.1","dbSize":24576,"leader":1279009630658182889,"raftIndex":37,"raftTerm":2,"raftAppliedIndex":37,"dbSizeInUse":20480,"storageVersion":"3.7.0","dbSizeQuota":2147483648,"downgradeInfo":{}}}]\n`,
    );
    assert.equal(await printed('json', 'endpointStatus', []), 'null\n');
    assert.equal(
      await printed('json', 'endpointHealth', [
        { endpoint: 'a', health: true, took: '2.7ms', error: '' },
        { endpoint: 'b', health: false, took: '5s', error: 'context deadline exceeded' },
      ]),
      '[{"endpoint":"a","health":true,"took":"2.7ms"},{"endpoint":"b","health":false,"took":"5s","error":"context deadline exceeded"}]\n',
    );
    const empty = await printed('table', 'endpointHashKV', []);
    assert.equal(
      empty,
      '┌──────────┬──────┬───────────────┐\n│ ENDPOINT │ HASH │ HASH REVISION │\n└──────────┴──────┴───────────────┘\n',
    );
  });

  it('a role and what it permits', async () => {
    const permission = (permType: number, key: string, rangeEnd = '') => ({
      permType,
      key: bytes(key),
      rangeEnd: bytes(rangeEnd),
    });
    const response = rpc.AuthRoleGetResponse.create({
      header,
      perm: [
        permission(PermissionType.READ, '\0', '\0'),
        permission(PermissionType.READ, 'a', 'z'),
        permission(PermissionType.READ, 'foo'),
        permission(PermissionType.WRITE, 'foo2'),
        permission(PermissionType.READWRITE, 'pre', 'prf'),
      ],
    });
    assert.equal(
      await printed('simple', 'roleGet', { name: 'r', response }),
      'Role r\nKV Read:\n\t[\0, <open ended>\n\t[a, z)\n\tfoo\n\t[pre, prf) (prefix pre)\nKV Write:\n\tfoo2\n\t[pre, prf) (prefix pre)\n',
    );
    assert.match(
      await printed('fields', 'roleGet', { name: 'r', response }),
      /"PermType" : {2}READ\n"Key" : "\\x00"\n"RangeEnd" : "\\x00"\n/,
    );
  });

  it('an empty alarm answer is empty, or {}', async () => {
    assert.equal(await printed('simple', 'alarm', rpc.AlarmResponse.create()), '');
    assert.equal(await printed('json', 'alarm', rpc.AlarmResponse.create()), '{}\n');
  });

  /** cli.md 5.1: what each format refuses. */
  const REFUSED: Readonly<Record<Format, readonly PrintName[]>> = {
    simple: [],
    json: [],
    fields: [
      'memberAdd',
      'memberRemove',
      'memberUpdate',
      'memberPromote',
      'moveLeader',
      'downgradeCancel',
      'userGet',
      'userList',
      'authStatus',
    ],
    table: [
      'put',
      'del',
      'txn',
      'watch',
      'leaseGrant',
      'leaseRevoke',
      'memberAdd',
      'alarm',
      'roleList',
      'userList',
    ],
    yaml: [],
    ndjson: [],
    protobuf: ['endpointHealth', 'endpointStatus', 'endpointHashKV', 'leaseRevoke'],
  };
  for (const format of FORMATS) {
    it(`${format} refuses ${REFUSED[format].length} things`, async () => {
      const printer = await createPrinter(format, PLAIN);
      for (const name of REFUSED[format]) {
        assert.throws(() => printer.print(name, [] as never), UnsupportedFormatError, name);
      }
    });
  }
});
