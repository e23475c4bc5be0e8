/** The time of a line: the local time zone, microseconds, `Z` or `±hhmm`: `2026-11-20T19:07:31.050577Z`. */

/** Wall clock in milliseconds with fractions; never goes back unless the system clock was set. */
export type WallClock = () => number;

/** Further than this from the system clock, the offset of the fine clock is taken anew. */
const MAX_DRIFT_MS = 2;

export function systemWallClock(): WallClock {
  let offset = Date.now() - performance.now();
  return () => {
    const fine = performance.now() + offset;
    const coarse = Date.now();
    if (Math.abs(fine - coarse) <= MAX_DRIFT_MS) return fine;
    offset += coarse - fine;
    return coarse;
  };
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'Z';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

/** Formats times; the text of a second is kept, because most lines come in the same one. */
export function timestampFormatter(): (ms: number) => string {
  let second = Number.NaN;
  let head = '';
  let tail = '';
  return (ms) => {
    const micros = Math.floor(ms * 1000);
    const now = Math.floor(micros / 1e6);
    if (now !== second) {
      second = now;
      const d = new Date(now * 1000);
      const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
      head = `${day}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.`;
      tail = zone(d);
    }
    return head + String(micros - now * 1e6).padStart(6, '0') + tail;
  };
}
