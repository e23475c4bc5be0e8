/** Numbers as people read them, in the forms of etcd's text outputs (cli.md 5.7). */

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** Halves go to the even neighbour, as Go's formatting rounds: 20.5 is shown as 20. */
function wholeNumber(value: number): string {
  const below = Math.floor(value);
  const isHalf = value - below === 0.5;
  return String(isHalf ? below + (below % 2) : Math.round(value));
}

/** A size in bytes with an SI unit: 20480 is `20 kB`, 1000 is `1.0 kB`. */
export function formatSize(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  let exponent = 0;
  for (let rest = bytes; rest >= 1000 && exponent < SIZE_UNITS.length - 1; rest /= 1000) exponent++;
  const value = Math.floor((bytes / 1000 ** exponent) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : wholeNumber(value)} ${SIZE_UNITS[exponent]}`;
}

function trimmed(whole: number, fraction: number, digits: number): string {
  const text = String(fraction).padStart(digits, '0').replace(/0+$/, '');
  return text === '' ? String(whole) : `${whole}.${text}`;
}

/** A duration in nanoseconds as Go prints one: `2.4711ms`, `1m1.5s`, `0s`. */
export function formatDuration(nanoseconds: number): string {
  const total = Math.round(Math.abs(nanoseconds));
  const sign = nanoseconds < 0 && total > 0 ? '-' : '';
  if (total === 0) return '0s';
  if (total < 1e3) return `${sign}${total}ns`;
  if (total < 1e6) return `${sign}${trimmed(Math.floor(total / 1e3), total % 1e3, 3)}µs`;
  if (total < 1e9) return `${sign}${trimmed(Math.floor(total / 1e6), total % 1e6, 6)}ms`;
  const seconds = Math.floor(total / 1e9);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const lead = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${sign}${lead}${trimmed(seconds % 60, total % 1e9, 9)}s`;
}
