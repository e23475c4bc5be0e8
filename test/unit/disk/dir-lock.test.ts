import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '../../../src/storage/disk/index.ts';
import { projectRoot } from '../../support/processes.ts';

/** Another process that takes the lock, says so, and keeps it. */
const HOLDER = `
  import { lockDirectory } from './src/storage/disk/dir-lock.ts';
  await lockDirectory(process.argv[1]);
  console.log('held');
  setInterval(() => {}, 1000);
`;

describe('the lock of a data directory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kvctl-lock-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('excludes a second taker in the same process, until released', async () => {
    const lock = await lockDirectory(directory);
    await assert.rejects(lockDirectory(directory), {
      name: 'DiskError',
      code: 'ELOCKED',
      message: `data directory ${directory} is in use by another process: a second member cannot run on it`,
    });
    await lock.release();
    await (await lockDirectory(directory)).release();
  });

  it('lets two directories be', async () => {
    const other = mkdtempSync(join(tmpdir(), 'kvctl-lock-'));
    try {
      const locks = [await lockDirectory(directory), await lockDirectory(other)];
      for (const lock of locks) await lock.release();
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it('reports a directory that is not there', async () => {
    await assert.rejects(lockDirectory(join(directory, 'none')), { name: 'DiskError', code: 'ENOENT' });
  });

  it('is held against other processes, and gone with a process that is killed', async () => {
    const arguments_ = ['--import', 'tsx', '--input-type=module', '--eval', HOLDER, directory];
    const holder = spawn(process.execPath, arguments_, {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      await assert.rejects(lockDirectory(directory), { code: 'ELOCKED' });
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    await (await lockDirectory(directory)).release();
  });
});
