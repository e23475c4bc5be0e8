import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { KvError } from '../../../src/core/mvcc/errors.ts';
import { KeyValue } from '../../../src/core/wire/gen/kv.ts';
import { problemsOf } from '../../../src/storage/bbolt/index.ts';
import { EtcdDatabase, hashKV, snapshotStatus, verifySchema } from '../../../src/storage/etcd-data/index.ts';
import { FIXTURES, fixture, memoryFile, parseExact } from './support.ts';

const base64 = (bytes: Uint8Array): string | undefined =>
  bytes.length ? Buffer.from(bytes).toString('base64') : undefined;

/** All pairs as a reader at `revision` sees them: the dumbest store there is. */
async function rangeAt(database: EtcdDatabase, revision: number): Promise<Record<string, unknown>[]> {
  const live = new Map<string, KeyValue>();
  for await (const changes of database.changes({ to: revision + 1 })) {
    for (const { tombstone, pair } of changes) {
      const decoded = KeyValue.decode(pair);
      const name = Buffer.from(decoded.key).toString('latin1');
      if (tombstone) live.delete(name);
      else live.set(name, decoded);
    }
  }
  const names = [...live.keys()].sort();
  return names.map((name) => {
    const { key, createRevision, modRevision, version, value, lease } = live.get(name)!;
    const shown = {
      key: base64(key),
      create_revision: createRevision,
      mod_revision: modRevision,
      version,
      value: base64(value),
      lease: lease === 0n ? undefined : String(lease),
    };
    return Object.fromEntries(Object.entries(shown).filter(([, v]) => v !== undefined));
  });
}

const hex = (id: bigint): string => id.toString(16);

/** A fixture's database, from where it is read and how to let go of it. */
interface Source {
  readonly name: string;
  open(): { bytes: Buffer } | undefined;
}

function sourcesOf(release: string): Source[] {
  return [
    {
      name: 'snapshot.db',
      open: () => {
        const path = fixture(release, 'snapshot.db');
        return path ? { bytes: readFileSync(path) } : undefined;
      },
    },
    {
      name: 'the data directory',
      open: () => {
        const path = fixture(release, 'data-dir.tar.gz');
        if (!path) return undefined;
        const run = spawnSync('tar', ['xzOf', path, 'member/snap/db'], { maxBuffer: 2 ** 26 });
        const bytes =
          run.status === 0
            ? run.stdout
            : spawnSync('tar', ['xzOf', path, './member/snap/db'], { maxBuffer: 2 ** 26 }).stdout;
        return { bytes };
      },
    },
  ];
}

for (const release of FIXTURES) {
  for (const source of sourcesOf(release)) {
    describe(`${release}, ${source.name}`, () => {
      let bytes: Buffer;
      let database: EtcdDatabase;
      let expected: any;

      before(async function () {
        const opened = source.open();
        const answers = fixture(release, 'expected.json');
        if (!opened || !answers) return this.skip();
        bytes = opened.bytes;
        expected = parseExact(answers);
        database = await EtcdDatabase.open(memoryFile(bytes));
      });

      it('is sound', async () => {
        assert.deepEqual(await problemsOf(database.file), []);
        for await (const problem of verifySchema(database)) assert.fail(problem);
      });

      it('has the history that the member answered with', async () => {
        for (const revision of Object.keys(expected.range))
          assert.deepEqual(await rangeAt(database, Number(revision)), expected.range[revision].kvs, revision);
      });

      it('has its hash at every revision', async () => {
        for (const [revision, hash] of Object.entries(expected.hashkv)) {
          const got = await hashKV(database, Number(revision));
          assert.deepEqual(got, {
            hash,
            hashRevision: Number(revision) || expected.revision,
            compactRevision: expected.compactRevision,
          });
        }
        const fails = (revision: number, code: string): Promise<void> =>
          assert.rejects(hashKV(database, revision), (e) => e instanceof KvError && e.code === code);
        await fails(expected.compactRevision - 1, 'Compacted');
        await fails(expected.revision + 1, 'FutureRev');
      });

      it('has its status', async () => {
        const { hash, revision, totalKey, totalSize } = expected.snapshotStatus;
        assert.deepEqual(await snapshotStatus(memoryFile(bytes)), {
          hash,
          revision,
          totalKeys: expected.range[expected.revision].count,
          totalEntries: totalKey,
          totalBytes: totalSize,
          version: '',
          damagedMeta: undefined,
        });
      });

      it('has its members', async () => {
        const members = (await database.members()).map((m) => ({
          ID: String(m.id),
          name: m.name,
          peerURLs: m.peerURLs,
          clientURLs: m.clientURLs,
        }));
        assert.deepEqual(members, expected.member.members);
        assert.deepEqual(await database.removedMembers(), []);
        assert.deepEqual(await database.alarms(), []);
        assert.equal(await database.clusterVersion(), release.replace(/etcd-(\d+\.\d+)\..*/, '$1.0'));
        assert.equal(await database.downgrade(), undefined);
      });

      it('has its users and roles', async () => {
        const { enabled, revision, users, roles } = await database.auth();
        const text = (name: Uint8Array): string => Buffer.from(name).toString();
        assert.equal(enabled, false);
        assert.ok(revision > 1);
        assert.deepEqual(
          users.map((u) => text(u.name)),
          expected.users.users,
        );
        assert.deepEqual(
          roles.map((r) => text(r.name)),
          expected.roles.roles,
        );
        assert.deepEqual(users.find((u) => text(u.name) === 'alice')!.roles, expected.alice.roles);
        const shown = roles
          .find((r) => text(r.name) === 'reader')!
          .keyPermission.map((p) => ({
            ...(p.permType ? { permType: p.permType } : {}),
            key: base64(p.key),
            range_end: base64(p.rangeEnd),
          }));
        assert.deepEqual(shown, expected.reader.perm);
      });

      it('has its leases, progress and compaction', async () => {
        const ids: string[] = [];
        for await (const leases of database.leases()) ids.push(...leases.map((l) => hex(l.ID)));
        assert.deepEqual(ids.sort(), expected.leases);
        const meta = await database.meta();
        assert.ok(meta.consistentIndex > expected.revision);
        assert.equal(meta.scheduledCompactRevision, expected.compactRevision);
        assert.equal(meta.finishedCompactRevision, expected.compactRevision);
        const is35 = release.includes('3.5');
        assert.equal(meta.term, is35 ? expected.member.header.raft_term : 0);
        assert.deepEqual(
          meta.confState?.voters.map(String),
          is35 ? [expected.member.members[0].ID] : undefined,
        );
      });
    });
  }
}
