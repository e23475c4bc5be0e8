/** A progress bar on stderr, on a terminal only: share, rate and time left. */
import type { Io } from './io.ts';

const WIDTH = 40;
const REDRAW_MS = 200;

export interface ProgressBar {
  set(done: number): void;
  finish(): void;
}

const SILENT: ProgressBar = { set() {}, finish() {} };

export function progressBar(io: Pick<Io, 'status'>, total: number, unit: string): ProgressBar {
  if (!process.stderr.isTTY) return SILENT;
  const start = Date.now();
  let drawn = 0;
  const draw = (done: number) => {
    const share = Math.min(1, done / total);
    const seconds = (Date.now() - start) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
    const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
    io.status(`\r[${bar}] ${(share * 100).toFixed(0)}% ${rate.toFixed(0)} ${unit}/s ${left}s left \x1b[K`);
  };
  return {
    set(done) {
      if (Date.now() - drawn < REDRAW_MS) return;
      drawn = Date.now();
      draw(done);
    },
    finish: () => io.status('\r\x1b[K'),
  };
}
