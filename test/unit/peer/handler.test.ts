/** Answers of the peer port over real sockets, to the letter. */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { ERR } from '../../../src/core/errors.ts';
import { LeaseInternalRequest, LeaseInternalResponse } from '../../../src/core/wire/gen/lease.ts';
import { Message, MessageType } from '../../../src/core/wire/gen/raft.ts';
import { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from '../../../src/core/wire/gen/rpc.ts';
import { type LocalPeer, PeerTransport, peerHandler, refuseNonsense } from '../../../src/peer/index.ts';
import { systemClock } from '../../../src/server/system-clock.ts';

const LOCAL_ID = 0xan;
const PEER_ID = 0xbn;
const REMOVED_ID = 0xcn;
const CLUSTER = '99';
const TEXT = 'text/plain; charset=utf-8';
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const quietSnapshots = { onSend: () => () => {}, onReceive: () => () => {} };
const local: LocalPeer = {
  memberId: LOCAL_ID,
  clusterId: 0x99n,
  version: '3.7.1',
  minClusterVersion: '3.0.0',
  peerURLs: () => ['http://127.0.0.1:1'],
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('peer port', () => {
  let server: Server;
  let transport: PeerTransport;
  let stepped: Message[];
  /** What became of the databases that came. */
  let received: (index: number, chunks: AsyncIterable<Uint8Array>) => Promise<number> = async () => 0;

  before((done) => {
    transport = new PeerTransport({
      local,
      clock: systemClock,
      log: quiet,
      electionTimeoutMs: 1000,
      raft: { step() {}, reportUnreachable() {} },
      snapshots: quietSnapshots,
      databaseFile: () => Promise.reject(new Error('nothing is sent')),
      traffic: { onSent() {}, onReceived() {}, onRoundTrip() {} },
      onRemoved() {},
    });
    transport.setMember({ id: PEER_ID, peerURLs: ['http://127.0.0.1:1'] });
    server = createServer(
      peerHandler({
        local,
        transport,
        log: quiet,
        isRemoved: (id) => id === REMOVED_ID,
        step: (message) => stepped.push(message),
        snapshots: {
          observer: quietSnapshots,
          receive: (index, chunks) => received(index, chunks),
          step: (message) => stepped.push(message),
        },
        members: () => [
          { id: LOCAL_ID, peerURLs: ['http://a:1'], isLearner: true, name: 'n', clientURLs: ['http://a:2'] },
          { id: 2n ** 64n - 1n, peerURLs: ['http://b:1'], isLearner: false, name: '', clientURLs: [] },
        ],
        versions: () => ({ etcdserver: '3.7.1', etcdcluster: '3.7.0', storage: '3.7.0' }),
        leases: {
          renew: (id, answer) => (id === 7n ? answer(undefined, 60) : answer(ERR.LeaseNotFound)),
          timeToLive: (id, keys, answer) =>
            id === 7n
              ? answer(undefined, { remaining: 5, granted: 60, keys: keys ? ['k'] : [] })
              : answer(id === 8n ? ERR.NotPrimary : ERR.LeaseNotFound),
        },
        promote: (id, answer) => (id === 1n ? answer(undefined, []) : answer(ERR.LearnerNotReady)),
        hashKV: (revision, answer) =>
          revision > 4
            ? answer(ERR.FutureRev)
            : answer(undefined, { hash: 588758777, revision: 4, compactRevision: 3, currentRevision: 4 }),
        downgradeEnabled: (answer) => answer(undefined, false),
      }),
    );
    server.on('clientError', refuseNonsense);
    server.listen(0, '127.0.0.1', done);
  });
  after(() => {
    transport.stop();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    stepped = [];
  });

  const ask = (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: Uint8Array | string = '',
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const length = body.length > 0 ? { 'Content-Length': String(body.length) } : {};
      const all = { ...headers, ...length };
      const sent = request(
        { host: '127.0.0.1', port, method, path, headers: all, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          const give = (): void =>
            resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
          response.on('data', (c: Buffer) => chunks.push(c));
          response.on('end', give);
          // The connection is broken behind this answer.
          response.on('error', give);
          if (response.statusCode === 200 && path.startsWith('/raft/stream')) {
            give();
            sent.destroy();
          }
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

  const from = (id: bigint, more: Record<string, string> = {}): Record<string, string> => ({
    'X-Server-From': id.toString(16),
    'X-Server-Version': '3.7.1',
    'X-Min-Cluster-Version': '3.0.0',
    'X-Etcd-Cluster-ID': CLUSTER,
    ...more,
  });
  const vote = (to: bigint, sender = PEER_ID): Uint8Array =>
    Message.encode(Message.create({ type: MessageType.MsgVote, from: sender, to, term: 3 }));

  const refusals: [string, string, string, Record<string, string>, number, string][] = [
    ['a wrong method', 'POST', '/members', {}, 405, 'Method Not Allowed'],
    ['a wrong method of raft', 'GET', '/raft', {}, 405, 'Method Not Allowed'],
    ['a wrong method of a stream', 'POST', '/raft/stream/message/b', {}, 405, 'Method Not Allowed'],
    ['an unknown path', 'GET', '/nothing', {}, 404, '404 page not found'],
    ['a list with a slash', 'GET', '/members/', {}, 404, '404 page not found'],
    [
      'an old sender',
      'POST',
      '/raft',
      from(PEER_ID, { 'X-Server-Version': '2.3.0' }),
      412,
      'incompatible version',
    ],
    [
      'a sender without a version',
      'POST',
      '/raft',
      { 'X-Etcd-Cluster-ID': CLUSTER },
      412,
      'incompatible version',
    ],
    [
      'a sender that asks for more',
      'GET',
      '/raft/stream/message/b',
      from(PEER_ID, { 'X-Min-Cluster-Version': '3.8.0' }),
      412,
      'incompatible version',
    ],
    [
      'another cluster',
      'GET',
      '/raft/stream/message/b',
      from(PEER_ID, { 'X-Etcd-Cluster-ID': '98' }),
      412,
      'cluster ID mismatch',
    ],
    ['an unknown stream', 'GET', '/raft/stream/other/b', from(PEER_ID), 404, 'invalid path'],
    ['a stream of nobody', 'GET', '/raft/stream/message/xyz', from(PEER_ID), 404, 'invalid from'],
    ['a removed member', 'GET', '/raft/stream/msgapp/c', from(REMOVED_ID), 410, 'removed member'],
    ['an unknown member', 'GET', '/raft/stream/msgapp/d', from(0xdn), 404, 'error sender not found'],
    [
      'a stream to someone else',
      'GET',
      '/raft/stream/message/b',
      from(PEER_ID, { 'X-Raft-To': 'd' }),
      412,
      'to field mismatch',
    ],
    ['a bad id to promote', 'POST', '/members/promote/zz', {}, 404, 'member zz not found in cluster'],
    [
      'a learner that lags',
      'POST',
      '/members/promote/2',
      {},
      412,
      'etcdserver: can only promote a learner member which is in sync with leader',
    ],
  ];
  for (const [what, method, path, headers, status, text] of refusals) {
    it(`refuses ${what} with ${status} ${text}`, async () => {
      const answer = await ask(method, path, headers);
      assert.equal(answer.status, status);
      assert.equal(answer.body.toString(), `${text}\n`);
      assert.equal(answer.headers['content-type'], TEXT);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      if (status === 405) assert.equal(answer.headers.allow, method === 'GET' ? 'POST' : 'GET');
      if (path.startsWith('/raft') && status !== 405)
        assert.equal(answer.headers['x-etcd-cluster-id'], CLUSTER);
    });
  }

  it('takes a message', async () => {
    const answer = await ask('POST', '/raft', from(PEER_ID), vote(LOCAL_ID));
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['x-etcd-cluster-id'], CLUSTER);
    assert.deepEqual(
      stepped.map((m) => [m.type, m.from, m.term]),
      [[MessageType.MsgVote, PEER_ID, 3]],
    );
  });

  it('refuses bytes that are no message, and messages for or from the wrong member', async () => {
    const nonsense = await ask('POST', '/raft', from(PEER_ID), 'zzz');
    assert.equal(nonsense.status, 400);
    assert.equal(nonsense.body.toString(), 'error unmarshalling raft message\n');
    for (const body of [vote(PEER_ID), vote(LOCAL_ID, REMOVED_ID)]) {
      const answer = await ask('POST', '/raft', from(PEER_ID), body);
      assert.equal(answer.status, 500);
      assert.equal(answer.body.toString(), 'error processing raft message\n');
    }
    assert.equal(stepped.length, 0);
  });

  it('opens a stream to a member', async () => {
    const answer = await ask('GET', '/raft/stream/msgapp/b', from(PEER_ID, { 'X-Raft-To': 'a' }));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['x-server-version'], '3.7.1');
    assert.equal(answer.headers['x-etcd-cluster-id'], CLUSTER);
    assert.equal(answer.headers['transfer-encoding'], 'chunked');
  });

  it('tells members, versions and hashes', async () => {
    const members = await ask('GET', '/members');
    assert.equal(
      members.body.toString(),
      '[{"id":10,"peerURLs":["http://a:1"],"isLearner":true,"name":"n","clientURLs":["http://a:2"]},' +
        '{"id":18446744073709551615,"peerURLs":["http://b:1"]}]\n',
    );
    assert.equal(members.headers['x-etcd-cluster-id'], CLUSTER);
    const version = await ask('GET', '/version');
    assert.equal(version.body.toString(), '{"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0"}');
    const hash = await ask('GET', '/members/hashkv', {}, '{"revision":4}');
    assert.equal(
      hash.body.toString(),
      '{"header":{"revision":4},"hash":588758777,"compact_revision":3,"hash_revision":4}',
    );
    const future = await ask('GET', '/members/hashkv', {}, '{"revision":5}');
    assert.deepEqual(
      [future.status, future.body.toString()],
      [400, 'mvcc: required revision is a future revision\n'],
    );
    const mismatch = await ask('GET', '/members/hashkv', { 'X-Etcd-Cluster-ID': '1' }, '{}');
    assert.equal(mismatch.status, 412);
    assert.equal((await ask('GET', '/downgrade/enabled')).body.toString(), 'false');
    assert.match((await ask('GET', '/raft/probing')).body.toString(), /^\{"OK":true,"Now":"[^"]+Z"\}\n$/);
  });

  it('answers for leases', async () => {
    const renewal = (ID: bigint): Promise<Answer> =>
      ask('POST', '/leases', {}, LeaseKeepAliveRequest.encode({ ID }));
    const renewed = await renewal(7n);
    assert.equal(renewed.headers['content-type'], 'application/protobuf');
    assert.equal(LeaseKeepAliveResponse.decode(renewed.body).TTL, 60);
    const unknown = await renewal(1n);
    assert.deepEqual([unknown.status, unknown.body.toString()], [404, 'lease not found\n']);
    const life = (ID: bigint): Promise<Answer> =>
      ask(
        'POST',
        '/leases/internal',
        {},
        LeaseInternalRequest.encode({ LeaseTimeToLiveRequest: { ID, keys: true } }),
      );
    const found = LeaseInternalResponse.decode((await life(7n)).body).LeaseTimeToLiveResponse!;
    assert.deepEqual([found.TTL, found.grantedTTL, Buffer.from(found.keys[0]).toString()], [5, 60, 'k']);
    assert.ok(found.header, 'the header is there, and empty');
    assert.equal((await life(8n)).status, 500);
    const wrong = await ask('GET', '/leases');
    assert.deepEqual([wrong.status, wrong.headers.allow], [405, undefined]);
    assert.equal((await ask('POST', '/leases', {}, 'zzz')).body.toString(), 'error unmarshalling request\n');
  });

  const notHttp: [string, string | Buffer, string][] = [
    ['random bytes', Buffer.from([0x7a, 0, 0xff, 0x0d, 0x0a, 0x0d, 0x0a]), '400 Bad Request'],
    ['a TLS hello', Buffer.from([22, 3, 1, 0, 5, 1, 2, 3, 4, 5]), '400 Bad Request'],
    [
      'headers without an end',
      `GET /members HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(100_000)}`,
      '431 Request Header Fields Too Large',
    ],
  ];
  for (const [what, bytes, status] of notHttp) {
    it(`refuses ${what} with ${status}`, async () => {
      const { port } = server.address() as AddressInfo;
      const said = await new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
        let text = '';
        socket.on('data', (chunk) => (text += chunk.toString('latin1')));
        socket.on('error', () => {});
        socket.on('close', () => resolve(text));
      });
      assert.equal(
        said,
        `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`,
      );
      assert.equal((await ask('GET', '/members')).status, 200, 'others are served');
    });
  }

  describe('snapshots', () => {
    const framed = (message: Uint8Array, database = '', length = message.length): Buffer => {
      const head = Buffer.alloc(8);
      head.writeBigUInt64BE(BigInt(length));
      return Buffer.concat([head, message, Buffer.from(database)]);
    };
    const snapshot = (more: Partial<Message> = {}): Uint8Array =>
      Message.encode(
        Message.create({
          type: MessageType.MsgSnap,
          from: PEER_ID,
          to: LOCAL_ID,
          term: 3,
          snapshot: { data: new Uint8Array(3), metadata: { index: 9, term: 3, confState: undefined } },
          ...more,
        }),
      );
    const post = (body: Uint8Array): Promise<Answer> => ask('POST', '/raft/snapshot', from(PEER_ID), body);
    let came: string[];

    beforeEach(() => {
      came = [];
      received = async (index, chunks) => {
        let text = '';
        for await (const chunk of chunks) text += Buffer.from(chunk).toString();
        if (text === 'bad') throw new Error('no space left');
        came.push(`${index}: ${text}`);
        return text.length;
      };
    });

    it('take the database first, then the message', async () => {
      const answer = await post(framed(snapshot(), 'database'));
      assert.equal(answer.status, 204);
      assert.deepEqual(came, ['9: database']);
      assert.deepEqual(
        stepped.map((m) => [m.type, m.snapshot?.metadata?.index]),
        [[MessageType.MsgSnap, 9]],
      );
    });

    const wrong: [string, () => Buffer, number, RegExp][] = [
      ['nothing', () => Buffer.alloc(0), 400, /^failed to decode raft message \(EOF\)\n$/],
      ['half a length', () => Buffer.alloc(4), 400, /^failed to decode raft message \(unexpected EOF\)\n$/],
      [
        'half a message',
        () => framed(snapshot(), '', 4096),
        400,
        /^failed to decode raft message \(unexpected EOF\)\n$/,
      ],
      [
        'a length of 65 MiB',
        () => framed(snapshot(), '', 65 * 1024 ** 2),
        400,
        /^failed to decode raft message \(rafthttp: error limit exceeded\)\n$/,
      ],
      [
        'random bytes',
        () => framed(Buffer.from('zzzzzz')),
        400,
        /^failed to decode raft message \(proto: cannot parse invalid wire-format data\)\n$/,
      ],
      ['another message', () => framed(vote(LOCAL_ID)), 400, /^wrong raft message type\n$/],
      [
        'a database that cannot be kept',
        () => framed(snapshot(), 'bad'),
        500,
        /^failed to save KV snapshot \(no space left\)\n$/,
      ],
      [
        'one for another member',
        () => framed(snapshot({ to: PEER_ID }), 'db'),
        500,
        /^failed to process raft message \(cannot process message to mismatch member\)\n$/,
      ],
      [
        'one of a removed member',
        () => framed(snapshot({ from: REMOVED_ID }), 'db'),
        500,
        /^failed to process raft message \(cannot process message from removed member\)\n$/,
      ],
    ];
    for (const [what, body, status, text] of wrong) {
      it(`${what}: ${status}`, async () => {
        const answer = await post(body());
        assert.equal(answer.status, status);
        assert.match(answer.body.toString(), text);
        assert.equal(answer.headers['x-etcd-cluster-id'], CLUSTER);
        assert.equal(stepped.length, 0);
      });
    }
  });
});
