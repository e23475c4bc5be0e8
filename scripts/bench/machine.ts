/** The machine that a benchmark ran on, in lines for its report. */
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { spreadOf } from '../../src/bench/compare/spread.ts';
import { temporaryDirectory } from '../../test/support/processes.ts';

const SYNCS = 200;
const SYNC_BYTES = 2048;

/** Median time of a small append and its fdatasync where the servers keep their data, microseconds. */
function syncMicros(): number {
  const dir = temporaryDirectory('bench-sync');
  try {
    const fd = openSync(join(dir, 'probe'), 'a');
    const bytes = Buffer.alloc(SYNC_BYTES);
    const times = Array.from({ length: SYNCS }, () => {
      const since = performance.now();
      writeSync(fd, bytes);
      fdatasyncSync(fd);
      return (performance.now() - since) * 1000;
    });
    closeSync(fd);
    return spreadOf(times)!.median;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function system(): string {
  try {
    return /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

export function machineLines(): string[] {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return [
    `${cpus().length} cores (${model.trim()}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory, ${system()}, kernel ${release()}`,
    `an append of 2 KiB with fdatasync takes ${syncMicros().toFixed(0)} us (median)`,
    `load average before the run: ${loadavg()[0].toFixed(1)} (what else the machine did meets both sides in turn)`,
    `Node.js ${process.version}`,
  ];
}
