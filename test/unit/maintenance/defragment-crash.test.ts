import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LmdbBackend } from '../../../src/storage/lmdb/backend.ts';

/** Long form: KVCTL_DEFRAG_KILLS=300. */
const KILLS = Number(process.env.KVCTL_DEFRAG_KILLS ?? 5);
/** Commits that the state holds; what is older was deleted. */
const WINDOW = 400;
const KEYS_A_COMMIT = 5;
const VALUE_BYTES = 700;
/** A kill falls somewhere in here, behind the first commit: the child defragments all the time. */
const LIFE_MS = 400;

/** Commits without end, each acknowledged on stdout, and defragments without end: `.` for each that is done. */
const CHILD = `
const { LmdbBackend } = await import(${JSON.stringify(new URL('../../../src/storage/lmdb/backend.ts', import.meta.url).href)});
const backend = new LmdbBackend({ path: process.argv[1] });
const key = (n, k) => Buffer.from(String(n).padStart(12, '0') + k);
const last = backend.get('meta', Buffer.from('last'));
let n = last === undefined ? 0 : Number(Buffer.from(last).toString());
(async () => { for (;;) { await backend.defragment(); process.stdout.write('.\\n'); } })();
for (;;) {
  n++;
  const writes = [{ bucket: 'meta', key: Buffer.from('last'), value: Buffer.from(String(n)) }];
  for (let k = 0; k < ${KEYS_A_COMMIT}; k++) {
    writes.push({ bucket: 'key', key: key(n, k), value: Buffer.alloc(${VALUE_BYTES}, n) });
    if (n > ${WINDOW}) writes.push({ bucket: 'key', key: key(n - ${WINDOW}, k), value: undefined });
  }
  await backend.commit(writes);
  process.stdout.write(n + '\\n');
}`;

interface Life {
  readonly acknowledged: number;
  readonly defragmentations: number;
}

/** Lets the child live for so long, then kills it. */
function live(path: string, milliseconds: number): Promise<Life> {
  return new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', '--input-type=module', '-e', CHILD, path];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk;
    });
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
      timer ??= setTimeout(() => child.kill('SIGKILL'), milliseconds);
    });
    child.once('close', (_code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL') return reject(new Error(`the child ended by itself: ${errors}`));
      // The last line may be cut off; it is no acknowledgement then.
      const lines = out.split('\n').slice(0, -1);
      const numbers = lines.filter((line) => line !== '.').map(Number);
      resolve({
        acknowledged: numbers.at(-1) ?? 0,
        defragmentations: lines.length - numbers.length,
      });
    });
  });
}

/** Everything that is acknowledged is there, and every commit is there as a whole or not at all. */
async function check(path: string, acknowledged: number): Promise<void> {
  const backend = new LmdbBackend({ path });
  try {
    const last = Number(Buffer.from(backend.get('meta', Buffer.from('last'))!).toString());
    assert.ok(last >= acknowledged, `commit ${acknowledged} was acknowledged, ${last} is the last`);
    const first = Math.max(1, last - WINDOW + 1);
    const entries = backend.scan({ bucket: 'key', limit: KEYS_A_COMMIT * (WINDOW + 1) });
    const expected = Array.from({ length: KEYS_A_COMMIT * (last - first + 1) }, (_, i) => {
      const n = first + Math.floor(i / KEYS_A_COMMIT);
      return `${String(n).padStart(12, '0')}${i % KEYS_A_COMMIT}=${n % 256}`;
    });
    const found = entries.map(({ key, value }) => `${Buffer.from(key).toString()}=${value[VALUE_BYTES - 1]}`);
    assert.deepEqual(found, expected);
  } finally {
    await backend.close();
  }
}

describe('defragmentation and kill -9', function () {
  this.timeout(Math.max(60_000, KILLS * 5_000));

  it(`${KILLS} kills at any point of it: one good database, with everything that was acknowledged`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-defragment-'));
    const path = join(directory, 'db');
    let done = 0;
    try {
      for (let i = 0; i < KILLS; i++) {
        const { acknowledged, defragmentations } = await live(path, LIFE_MS * ((i + Math.random()) / KILLS));
        done += defragmentations;
        await check(path, acknowledged);
        assert.deepEqual(readdirSync(directory).sort(), ['db', 'db-lock']);
      }
      assert.ok(done > 0, 'no defragmentation came to its end');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('a crash between the renames of the file and of its lock, which no kill is sure to hit', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvctl-defragment-'));
    const path = join(directory, 'db');
    const made = async (at: string, value: string): Promise<void> => {
      const backend = new LmdbBackend({ path: at });
      await backend.commit([{ bucket: 'meta', key: Buffer.from('k'), value: Buffer.from(value) }]);
      await backend.close();
    };
    try {
      await made(path, 'old');
      await made(`${path}.defragment`, 'new');
      renameSync(`${path}.defragment`, path);
      const backend = new LmdbBackend({ path });
      assert.equal(Buffer.from(backend.get('meta', Buffer.from('k'))!).toString(), 'new');
      await backend.defragment();
      await backend.close();
      assert.deepEqual(readdirSync(directory).sort(), ['db', 'db-lock']);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
