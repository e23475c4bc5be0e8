/** A flame graph as one SVG file: width is time, a frame stands on its caller. Titles tell the rest. */
import type { Frame, Stack } from './stacks.ts';

const WIDTH = 1600;
const ROW = 17;
/** Narrower than this, in pixels, a frame is not drawn. */
const LEAST_WIDTH = 0.4;
const CHARACTER_WIDTH = 6.6;

interface Box {
  readonly frame: Frame | undefined;
  micros: number;
  readonly children: Map<string, Box>;
}

const boxOf = (frame: Frame | undefined): Box => ({ frame, micros: 0, children: new Map() });

function pile(stacks: readonly Stack[]): Box {
  const root = boxOf(undefined);
  for (const { frames, micros } of stacks) {
    let box = root;
    box.micros += micros;
    for (const frame of frames) {
      const known = box.children.get(frame.label);
      const next = known ?? boxOf(frame);
      if (known === undefined) box.children.set(frame.label, next);
      next.micros += micros;
      box = next;
    }
  }
  return root;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

/** The same folder has the same colour. */
function colourOf(frame: Frame): string {
  if (frame.source === undefined) return 'hsl(0 0% 80%)';
  const folder = frame.source.split('/').slice(0, 3).join('/');
  let hash = 7;
  for (const c of folder) hash = (hash * 31 + c.charCodeAt(0)) % 360;
  return `hsl(${hash} 65% 72%)`;
}

export function flameGraph(stacks: readonly Stack[], title: string): string {
  const root = pile(stacks);
  const scale = WIDTH / Math.max(1, root.micros);
  const parts: string[] = [];
  let depth = 0;
  const draw = (box: Box, x: number, row: number): void => {
    const width = box.micros * scale;
    if (width < LEAST_WIDTH) return;
    depth = Math.max(depth, row);
    if (box.frame !== undefined) {
      const share = ((box.micros / root.micros) * 100).toFixed(2);
      const label = box.frame.label;
      const room = Math.floor(width / CHARACTER_WIDTH) - 1;
      const text = room < 3 ? '' : `<text x="3" y="12">${escaped(label.slice(0, room))}</text>`;
      parts.push(
        `<g transform="translate(${x.toFixed(1)} ${row * ROW + 10})"><title>${escaped(label)}: ${share} %</title>` +
          `<rect width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(box.frame)}"/>${text}</g>`,
      );
    }
    let at = x;
    for (const child of [...box.children.values()].sort((a, b) => b.micros - a.micros)) {
      draw(child, at, row + 1);
      at += child.micros * scale;
    }
  };
  draw(root, 0, 0);
  const height = (depth + 2) * ROW + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="monospace" font-size="11">
<text x="4" y="16" font-size="13">${escaped(title)}</text>
${parts.join('\n')}
</svg>
`;
}
