import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notifyReady } from '../../../src/server/init-daemon.ts';
import { createLogger, memorySink } from '../../../src/server/logging/index.ts';

/** Messages that are logged while a `systemd-notify` of `script` is on the path; undefined: there is none. */
async function logged(
  script: string | undefined,
  socket: string | undefined,
): Promise<{ lines: string[]; dir: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'kvctl-notify-'));
  if (script !== undefined) {
    writeFileSync(join(dir, 'systemd-notify'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(dir, 'systemd-notify'), 0o755);
  }
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', format: 'json', sinks: [memorySink(lines)] });
  await notifyReady({ PATH: dir, NOTIFY_SOCKET: socket, OUT: join(dir, 'out') }, logger);
  return { lines: lines.map((line) => (JSON.parse(line) as { msg: string }).msg), dir };
}

describe('readiness for systemd', () => {
  it('is told through systemd-notify', async () => {
    const { lines, dir } = await logged('echo "$1 $NOTIFY_SOCKET" > "$OUT"', '/run/x');
    assert.deepEqual(lines, ['notifying init daemon', 'successfully notified init daemon']);
    assert.equal(readFileSync(join(dir, 'out'), 'utf8'), '--ready /run/x\n');
    rmSync(dir, { recursive: true });
  });

  it('is a success when nobody waits', async () => {
    const { lines, dir } = await logged(undefined, undefined);
    assert.deepEqual(lines, ['notifying init daemon', 'successfully notified init daemon']);
    rmSync(dir, { recursive: true });
  });

  for (const [why, script] of [
    ['the program is missing', undefined],
    ['the program fails', 'exit 1'],
  ] as const) {
    it(`is an error in the log when ${why}`, async () => {
      const { lines, dir } = await logged(script, '/run/x');
      assert.deepEqual(lines, ['notifying init daemon', 'failed to notify systemd for readiness']);
      rmSync(dir, { recursive: true });
    });
  }
});
