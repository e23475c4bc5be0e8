/** Debian's etcd goes on from a log and a .snap file that kvctl wrote: the bytes are etcd's, not just like etcd's. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEntry, LogHardState } from '../../src/core/ports/log-store.ts';
import { utf8Bytes } from '../../src/core/wire/bytes.ts';
import { InternalRaftRequest, RequestHeader } from '../../src/core/wire/gen/internal.ts';
import { ConfChange, ConfChangeType, EntryType } from '../../src/core/wire/gen/raft.ts';
import { PutRequest } from '../../src/core/wire/gen/rpc.ts';
import { NodeDisk } from '../../src/storage/disk/index.ts';
import { EtcdDatabase } from '../../src/storage/etcd-data/index.ts';
import { v2StoreJson } from '../../src/storage/snapshot/v2-store.ts';
import { openLog } from '../../src/storage/wal/index.ts';
import { installed, projectRoot, run, startEtcd, temporaryDirectory } from '../support/processes.ts';

const IDENTITY = { nodeId: 0x8e9e05c52164694dn, clusterId: 0xcdf818194e3a8c32n };
const MEMBER = {
  id: IDENTITY.nodeId,
  peerURLs: ['http://localhost:2380'],
  isLearner: false,
  name: 'default',
  clientURLs: ['http://localhost:2379'],
};
const CONF_STATE = {
  voters: [IDENTITY.nodeId],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};
/** What etcd's `snapshot save` puts behind the database: a SHA-256. */
const TRAILER_BYTES = 32;

function addMember(): LogEntry {
  const context = utf8Bytes(
    `{"id":${MEMBER.id},"peerURLs":${JSON.stringify(MEMBER.peerURLs)},"name":"${MEMBER.name}"}`,
  );
  const change = { id: 0n, type: ConfChangeType.ConfChangeAddNode, nodeId: MEMBER.id, context };
  return { type: EntryType.EntryConfChange, term: 1, index: 1, data: ConfChange.encode(change) };
}

function put(index: number, key: string, value: string): LogEntry {
  const request = InternalRaftRequest.create({
    header: RequestHeader.create({ ID: BigInt(index) }),
    put: PutRequest.create({ key: utf8Bytes(key), value: utf8Bytes(value) }),
  });
  return { type: EntryType.EntryNormal, term: 1, index, data: InternalRaftRequest.encode(request) };
}

async function open(dataDir: string, segmentBytes?: number) {
  mkdirSync(join(dataDir, 'member/snap'), { recursive: true, mode: 0o700 });
  const { log } = await openLog({
    disk: new NodeDisk(),
    directory: join(dataDir, 'member/wal'),
    snapDirectory: join(dataDir, 'member/snap'),
    identity: IDENTITY,
    maxSegments: 0,
    maxSnapshots: 0,
    now: () => 0,
    observer: { onWrite() {} },
    segmentBytes,
  });
  const acknowledged = (start: (done: (error: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
  return {
    log,
    append: (entries: LogEntry[], hardState?: LogHardState) =>
      acknowledged((done) => log.append({ entries, hardState, mustSync: true }, done)),
    saveSnapshot: (index: number, data: Uint8Array) => {
      const metadata = { index, term: 1, confState: CONF_STATE };
      return acknowledged((done) => log.saveSnapshot({ data, metadata }, done));
    },
  };
}

describe('a real etcd', function () {
  this.timeout(40_000);
  let etcd: string | undefined;
  let etcdctl: string | undefined;
  before(function () {
    etcd = installed('etcd', 'a real etcd reads our log');
    etcdctl = etcd && installed('etcdctl', 'a real etcd reads our log');
    if (!etcd || !etcdctl) this.skip();
  });

  async function ask(endpoint: string, ...args: string[]): Promise<string> {
    const env = { ETCDCTL_API: '3' };
    const { stdout, stderr, code } = await run(etcdctl!, [`--endpoints=${endpoint}`, ...args], { env });
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  it('replays a log of several segments that we wrote', async () => {
    const dataDir = join(temporaryDirectory('our-log'), 'default.etcd');
    const { log, append } = await open(dataDir, 8192);
    const count = 200;
    const state = (commit: number) => ({ term: 1, vote: IDENTITY.nodeId, commit });
    await append([addMember()], state(1));
    for (let index = 2; index <= count; index++) {
      await append([put(index, `key${index}`, 'v'.repeat(index))], state(index));
    }
    await log.close();
    const segments = readdirSync(join(dataDir, 'member/wal')).filter((name) => name.endsWith('.wal'));
    assert(segments.length > 2, segments.join());
    const server = await startEtcd(etcd!, { dataDir });
    try {
      const keys = await ask(server.endpoint, 'get', '--prefix', 'key', '--keys-only');
      assert.equal(keys.split('\n').filter(Boolean).length, count - 1);
      assert.equal(await ask(server.endpoint, 'get', 'key200', '--print-value-only'), 'v'.repeat(200));
    } finally {
      await server.dispose();
    }
  });

  it('goes on from a .snap file that we wrote, over a database of its own', async function () {
    const source = join(projectRoot, '../shared/fixtures/etcd-3.4.23/snapshot.db');
    if (!existsSync(source)) {
      console.log('      skipped: the fixture of etcd-3.4.23 is not here');
      return this.skip();
    }
    const dataDir = join(temporaryDirectory('our-log'), 'default.etcd');
    const { log, append, saveSnapshot } = await open(dataDir);
    const path = join(dataDir, 'member/snap/db');
    copyFileSync(source, path);
    truncateSync(path, statSync(source).size - TRAILER_BYTES);
    const file = await new NodeDisk().open(path, 'read');
    const { consistentIndex } = await (await EtcdDatabase.open(file)).meta();
    await file.close();
    await saveSnapshot(consistentIndex, v2StoreJson([MEMBER], [], '3.4.0'));
    await append([], { term: 1, vote: IDENTITY.nodeId, commit: consistentIndex });
    await append([put(consistentIndex + 1, 'after', 'the snapshot')], {
      term: 1,
      vote: IDENTITY.nodeId,
      commit: consistentIndex + 1,
    });
    await log.close();
    const server = await startEtcd(etcd!, { dataDir });
    try {
      assert.match(server.log(), /recovered v2 store from snapshot/);
      assert.equal(await ask(server.endpoint, 'get', 'after', '--print-value-only'), 'the snapshot');
      assert.equal(await ask(server.endpoint, 'get', 'key1', '--print-value-only'), 'again');
      assert.match(
        await ask(server.endpoint, 'member', 'list'),
        /^8e9e05c52164694d, started, default, http:\/\/localhost:2380/,
      );
    } finally {
      await server.dispose();
    }
  });
});
