import assert from 'node:assert/strict';
import type { ClusterMember } from '../../../src/core/membership/member.ts';
import { fileChunks, planFile } from '../../../src/storage/bbolt/index.ts';
import {
  type CopiedBatch,
  EtcdDatabase,
  hashKV,
  newLog,
  restoredBuckets,
  verifySchema,
  verifyTrailer,
  withTrailer,
} from '../../../src/storage/etcd-data/index.ts';
import { bytesOf, type Content, contentOf, history, memoryFile } from './support.ts';

const hex = (id: bigint): string => id.toString(16);

const MEMBERS: ClusterMember[] = [
  { id: 0xb1n, peerURLs: ['http://b:2380'], isLearner: false, name: 'b', clientURLs: [] },
  { id: 0xfedcba9876543210n, peerURLs: ['http://c:2380'], isLearner: false, name: 'c', clientURLs: [] },
  { id: 0xa2n, peerURLs: ['http://a:2380'], isLearner: false, name: 'a', clientURLs: [] },
];

async function restored(
  content: Content,
  options: Parameters<typeof restoredBuckets>[1],
): Promise<EtcdDatabase> {
  const source = await EtcdDatabase.open(memoryFile((await bytesOf(content)).bytes));
  const all: CopiedBatch[] = [];
  for await (const batch of restoredBuckets(source, options)) all.push(batch);
  const chunks: Buffer[] = [];
  for await (const chunk of fileChunks(all, await planFile(all))) chunks.push(chunk);
  return EtcdDatabase.open(memoryFile(Buffer.concat(chunks)));
}

describe('snapshot restore', () => {
  it('replaces membership and progress, keeps the rest', async () => {
    const database = await restored(history(), { members: MEMBERS });
    const byId = (a: ClusterMember, b: ClusterMember): number => (hex(a.id) < hex(b.id) ? -1 : 1);
    assert.deepEqual(await database.members(), [...MEMBERS].sort(byId));
    assert.deepEqual(await database.removedMembers(), []);
    assert.deepEqual(await database.meta(), {
      consistentIndex: 3,
      term: 1,
      confState: {
        voters: MEMBERS.map((m) => m.id),
        learners: [],
        votersOutgoing: [],
        learnersNext: [],
        autoLeave: false,
      },
      storageVersion: '3.6.0',
      scheduledCompactRevision: 0,
      finishedCompactRevision: 0,
    });
    const content = await contentOf(database.file);
    for (const bucket of ['=key', '=auth', '=cluster', '=lease'])
      assert.deepEqual(content[bucket], history()[bucket]);
    for await (const problem of verifySchema(database)) assert.fail(problem);
  });

  it('bumps the revision and marks it compacted', async () => {
    const database = await restored(history(), {
      members: MEMBERS,
      bumpRevision: 1_000_000_000,
      markCompacted: true,
    });
    assert.equal(await database.lastRevision(), 1_000_000_299);
    assert.equal((await database.meta()).scheduledCompactRevision, 1_000_000_299);
    const { hashRevision, compactRevision } = await hashKV(database);
    assert.deepEqual([hashRevision, compactRevision], [1_000_000_299, 1_000_000_299]);
    for await (const problem of verifySchema(database)) assert.fail(problem);
  });

  it('leaves out buckets that are not known', async () => {
    const database = await restored({ ...history(), '=foreign': { '=a': 'b' } }, { members: MEMBERS });
    assert.equal((await contentOf(database.file))['=foreign'], undefined);
  });

  it('describes the log that goes with it, members ascending', () => {
    const log = newLog({ nodeId: 0xb1n, clusterId: 5n }, MEMBERS);
    assert.deepEqual(
      log.members.map((m) => m.name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(log.hardState, { term: 1, vote: 0xa2n, commit: 3 });
    assert.deepEqual(log.snapshot.confState.voters, [0xa2n, 0xb1n, 0xfedcba9876543210n]);
    assert.equal(log.snapshot.index, 3);
  });
});

describe("the schema's rules find", () => {
  const broken: [string, (content: Content) => void, RegExp][] = [
    [
      'a key that is no revision',
      (c) => (c['=key']['=short'] = ''),
      /bucket key, key "short": is not a revision/,
    ],
    [
      'a pair of another revision',
      (c) => {
        const [first, second] = Object.keys(c['=key']);
        c['=key'][first] = c['=key'][second];
      },
      /pair is of revision 3/,
    ],
    [
      'a pair that does not decode',
      (c) => (c['=key'][Object.keys(c['=key'])[0]] = '\x0a\x7fxx'),
      /is no mvccpb.KeyValue/,
    ],
    ['a lease under another id', (c) => (c['=lease']['=\0\0\0\0\0\0\0\x07'] = '\x08\x08'), /holds lease 8/],
    ['a member under another id', (c) => (c['=members']['=aa'] = '{"id":1}'), /holds another member/],
    ['a member that is no JSON', (c) => (c['=members']['=aa'] = '{'), /is no member/],
    [
      'a consistent index of seven bytes',
      (c) => (c['=meta']['=consistent_index'] = '1234567'),
      /has 7 bytes/,
    ],
    [
      'a revision beyond 2^53',
      (c) => (c['=meta']['=term'] = '\xff\xff\xff\xff\xff\xff\xff\xff'),
      /out of range/,
    ],
    ['a user under another name', (c) => (c['=authUsers']['=bob'] = '\x0a\x03eve'), /holds another user/],
    ['a foreign bucket', (c) => (c['=stuff'] = {}), /is no bucket of etcd/],
  ];
  for (const [what, breakIt, message] of broken) {
    it(what, async () => {
      const content = history();
      breakIt(content);
      const database = await EtcdDatabase.open(memoryFile((await bytesOf(content)).bytes));
      const problems: string[] = [];
      for await (const problem of verifySchema(database)) problems.push(problem.message);
      assert.equal(problems.length, 1);
      assert.match(problems[0], message);
    });
  }
});

describe('the SHA-256 behind a snapshot', () => {
  it('is the last chunk, and is verified', async () => {
    const { bytes } = await bytesOf(history());
    const chunks: Uint8Array[] = [];
    for await (const chunk of withTrailer([bytes])) chunks.push(chunk);
    assert.equal(chunks.length, 2);
    await verifyTrailer(memoryFile(Buffer.concat(chunks)), 'x');
  });

  const refused: [string, Buffer, RegExp][] = [
    ['less than 32 bytes', Buffer.alloc(31), /^SnapshotHashError: seek x: invalid argument$/],
    ['a bare database', Buffer.alloc(4096), /: snapshot missing hash but --skip-hash-check=false$/],
    ['another hash', Buffer.alloc(512 + 32), /: expected sha256 \[0 0 0 .* 0\], got \[7 106 39 .* 96\]$/],
  ];
  for (const [what, bytes, message] of refused)
    it(`refuses ${what}`, () => assert.rejects(verifyTrailer(memoryFile(bytes), 'x'), message));
});
