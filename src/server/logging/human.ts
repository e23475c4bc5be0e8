/** Values as etcd's log lines and messages spell them: Go durations, and byte counts in SI units. */

const MICRO = 1e-3;

/** Decimal digits of `value`, without zeros at their end. */
function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return digits === 0 ? text : text.replace(/\.?0+$/, '');
}

/** Milliseconds as Go prints a duration: `1h0m0s`, `1.5s`, `100ms`, `366.804µs`, `0s`. */
export function goDuration(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const ns = Math.round(Math.abs(ms) * 1e6);
  if (ns === 0) return '0s';
  if (ns < 1000) return `${sign}${ns}ns`;
  if (ns < 1e6) return `${sign}${trimmed(ns * MICRO, 3)}µs`;
  if (ns < 1e9) return `${sign}${trimmed(ns / 1e6, 6)}ms`;
  const total = Math.floor(ns / 1e9);
  const seconds = trimmed((total % 60) + (ns % 1e9) / 1e9, 9);
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

const SI_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** To a whole number, halves to the even one, as C and Go print `%.0f`. */
function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

/** Bytes in powers of 1000: below ten of a unit with one decimal (`2.1 GB`), else none (`53 kB`). */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3 + 1e-9), SI_UNITS.length - 1);
  const tenths = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10;
  return `${tenths < 10 ? tenths.toFixed(1) : roundHalfEven(tenths)} ${SI_UNITS[power]}`;
}

/** The pair of fields in which etcd logs a size: `quota-size-bytes` and `quota-size`. */
export function sizeFields(name: string, bytes: number): Record<string, unknown> {
  return { [`${name}-bytes`]: bytes, [name]: humanBytes(bytes) };
}
