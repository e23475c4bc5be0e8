/** Latency over time as SVG, one panel a server, one logarithmic axis for all, so that they can be compared by eye. */
import { percentile, type Sample } from './load.ts';

export interface Span {
  readonly name: string;
  /** Milliseconds since the start of the load. */
  readonly from: number;
  readonly to: number;
}

export interface Panel {
  readonly title: string;
  readonly puts: readonly Sample[];
  readonly spans: readonly Span[];
  readonly endMs: number;
}

const WIDTH = 960;
const PANEL_HEIGHT = 220;
const LEFT = 64;
const RIGHT = 16;
const TOP = 36;
const GAP = 56;
const BUCKETS = 240;
const DECADES = [0.1, 1, 10, 100, 1000, 10_000];
const COLOUR = { p99: '#2563eb', max: '#94a3b8', span: '#fde68a', axis: '#475569', limit: '#dc2626' };

const y = (milliseconds: number): number => {
  const clamped = Math.min(DECADES[DECADES.length - 1], Math.max(DECADES[0], milliseconds));
  return (
    PANEL_HEIGHT *
    (1 - Math.log10(clamped / DECADES[0]) / Math.log10(DECADES[DECADES.length - 1] / DECADES[0]))
  );
};
const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function line(points: readonly (readonly [number, number])[], colour: string, width: number): string {
  const d = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}

function panel({ title, puts, spans, endMs }: Panel): string {
  const width = WIDTH - LEFT - RIGHT;
  const x = (at: number): number => (at / endMs) * width;
  const buckets: Sample[][] = Array.from({ length: BUCKETS }, () => []);
  for (const sample of puts)
    buckets[Math.min(BUCKETS - 1, Math.floor((sample.at / endMs) * BUCKETS))].push(sample);
  const points = (percent: number): [number, number][] =>
    buckets.flatMap((samples, i): [number, number][] =>
      samples.length === 0 ? [] : [[((i + 0.5) / BUCKETS) * width, y(percentile(samples, percent))]],
    );
  const shaded = spans.map(
    ({ name, from, to }) =>
      `<rect x="${x(from).toFixed(1)}" y="0" width="${Math.max(1, x(to) - x(from)).toFixed(1)}" height="${PANEL_HEIGHT}" fill="${COLOUR.span}"/>` +
      `<text x="${x(from).toFixed(1)}" y="-4">${escapeText(name)}</text>`,
  );
  const grid = DECADES.map(
    (value) =>
      `<path d="M0 ${y(value).toFixed(1)}H${width}" stroke="#e2e8f0"/><text x="-6" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${value} ms</text>`,
  );
  const seconds = endMs / 1000;
  const step = Math.max(1, Math.round(seconds / 12));
  const ticks: string[] = [];
  for (let s = 0; s <= seconds; s += step)
    ticks.push(
      `<text x="${x(s * 1000).toFixed(1)}" y="${PANEL_HEIGHT + 15}" text-anchor="middle">${s} s</text>`,
    );
  return [
    `<text x="0" y="-20" font-size="14" font-weight="bold">${escapeText(title)}</text>`,
    ...shaded,
    ...grid,
    ...ticks,
    `<path d="M0 ${y(50).toFixed(1)}H${width}" stroke="${COLOUR.limit}" stroke-dasharray="4 4"/>`,
    line(points(100), COLOUR.max, 1),
    line(points(99), COLOUR.p99, 1.5),
  ].join('\n');
}

export function latencyPlot(panels: readonly Panel[]): string {
  const height = TOP + panels.length * (PANEL_HEIGHT + GAP) + 20;
  const body = panels.map(
    (each, i) => `<g transform="translate(${LEFT} ${TOP + i * (PANEL_HEIGHT + GAP)})">\n${panel(each)}\n</g>`,
  );
  const legend = `<g transform="translate(${LEFT} ${height - 12})"><text x="0" y="0" fill="${COLOUR.p99}">puts, p99</text><text x="90" y="0" fill="${COLOUR.axis}">puts, slowest (grey)</text><text x="230" y="0" fill="${COLOUR.limit}">50 ms (dashed)</text></g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11" fill="${COLOUR.axis}">
<title>Latency of puts while a snapshot is saved, history is compacted and the store is defragmented</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${body.join('\n')}
${legend}
</svg>
`;
}
