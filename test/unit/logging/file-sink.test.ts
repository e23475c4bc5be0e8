import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fileSink, type LogRotation, openSinks } from '../../../src/server/logging/index.ts';

const MEBIBYTE = 1024 * 1024;
const NO_LIMITS: LogRotation = { maxsize: 1, maxage: 0, maxbackups: 0, localtime: false, compress: false };
/** A line that fills a file of one megabyte to a quarter. */
const LINE = `${'x'.repeat(MEBIBYTE / 4 - 1)}\n`;

describe('log files', () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kvctl-log-'));
    path = join(dir, 'server.log');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('are appended to, in order', async () => {
    writeFileSync(path, 'before\n');
    const sink = fileSink({ path });
    for (let i = 0; i < 1000; i++) sink.write(`${i}\n`);
    await sink.close();
    const expected = ['before', ...Array.from({ length: 1000 }, (_, i) => String(i)), ''];
    assert.deepEqual(readFileSync(path, 'utf8').split('\n'), expected);
  });

  it('have all lines after flushSync', () => {
    const sink = fileSink({ path });
    sink.write('a\n');
    sink.write('b\n');
    sink.flushSync();
    assert.equal(readFileSync(path, 'utf8').split('\n').sort().join(), ',a,b');
    return sink.close();
  });

  it('are begun anew when they are full, and old ones beyond the limit are removed', async () => {
    let now = Date.UTC(2026, 10, 20, 19, 7, 31, 50);
    const sink = fileSink({ path, rotation: { ...NO_LIMITS, maxbackups: 2 }, now: () => now });
    for (let i = 0; i < 20; i++) {
      sink.write(LINE);
      now += 1000;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await sink.close();
    const old = readdirSync(dir).filter((name) => name !== 'server.log');
    assert.equal(old.length, 2, old.join());
    for (const name of old) assert.match(name, /^server-2026-11-20T19-07-\d\d\.050\.log$/);
    assert.ok(readFileSync(path).length <= MEBIBYTE);
  });

  it('can be compressed when they are full', async () => {
    const sink = fileSink({ path, rotation: { ...NO_LIMITS, compress: true } });
    for (let i = 0; i < 5; i++) {
      sink.write(LINE);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await sink.close();
    const [name] = readdirSync(dir).filter((entry) => entry.endsWith('.gz'));
    assert.equal(gunzipSync(readFileSync(join(dir, name))).length, MEBIBYTE);
    assert.ok(!existsSync(join(dir, name.replace(/\.gz$/, ''))));
  });

  it('drop lines when the disk is too slow, and say how many', async () => {
    const sink = fileSink({ path, droppedLine: (count) => `dropped ${count}\n` });
    // Nothing is written before this turn ends: 64 quarters fit into the queue.
    for (let i = 0; i < 100; i++) sink.write(LINE);
    await new Promise((resolve) => setTimeout(resolve, 200));
    sink.write('after\n');
    await sink.close();
    const text = readFileSync(path, 'latin1').replaceAll(/x+\n/g, '');
    assert.match(text, /^dropped \d+\nafter\n$/);
  });

  it('that cannot be opened are an error with the words of etcd', () => {
    assert.throws(() => openSinks(['/nonexistent/f']), {
      name: 'SinkError',
      message: 'open sink "/nonexistent/f": open /nonexistent/f: no such file or directory',
    });
  });
});
