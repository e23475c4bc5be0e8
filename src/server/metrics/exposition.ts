/** Prometheus' text format 0.0.4, with numbers as Go's client prints them. */
import type { Counter, Gauge, Histogram } from './values.ts';

/** From this power of ten on, and below the other one, Go's shortest form has an exponent. */
const EXPONENT_FROM = 6;
const EXPONENT_BELOW = -4;

/** Go's `strconv.FormatFloat(v, 'g', -1, 64)`. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return '0';
  const [mantissa, exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= EXPONENT_BELOW && power < EXPONENT_FROM) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

export type MetricType = 'counter' | 'gauge' | 'histogram';

export function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

export function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** `{a="x",b="y"}`, or nothing. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  const pairs = names.map((name, i) => [name, values[i]] as const);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join(',')}}`;
}

export function writeNumber(name: string, labels: string, metric: Counter | Gauge): string {
  return `${name}${labels} ${goFloat(metric.value)}\n`;
}

export function writeHistogram(
  name: string,
  labels: string,
  metric: Histogram,
  boundTexts: readonly string[],
): string {
  const open = labels === '' ? '{' : `${labels.slice(0, -1)},`;
  let total = 0;
  let out = '';
  for (let i = 0; i < metric.counts.length; i++) {
    total += metric.counts[i];
    out += `${name}_bucket${open}le="${boundTexts[i]}"} ${goFloat(total)}\n`;
  }
  return `${out}${name}_sum${labels} ${goFloat(metric.sum)}\n${name}_count${labels} ${goFloat(total)}\n`;
}
