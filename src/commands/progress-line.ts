/** The one line that shows how far a long command is: pure, so that each width and charset can be looked at. */
import { formatSize } from '../printer/humanize.ts';
import type { Paint } from './colour.ts';
import type { Terminal } from './terminal.ts';

export interface ProgressState {
  readonly label: string;
  /** What is counted, such as `keys`; `bytes` and `seconds` are shown as sizes and times. */
  readonly unit: string;
  readonly done: number;
  /** Undefined as long as nobody knows. */
  readonly total: number | undefined;
  /** So many a second, lately. */
  readonly rate: number;
  readonly elapsedSeconds: number;
  /** Shown instead of the rate, where what is counted is not what is of interest. */
  readonly note?: string;
}

const WIDEST_BAR = 40;
const NARROWEST_BAR = 8;
const GAP = '  ';

const BARS = { unicode: ['━', '─'], ascii: ['#', '.'] } as const;
const SPINNERS = { unicode: '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏', ascii: '|/-\\' } as const;
const SPINS_PER_SECOND = 8;

/** `4s`, `1m05s`, `2h03m`. */
export function shortTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
}

function amount(value: number, unit: string): string {
  if (unit === 'bytes') return formatSize(Math.round(value));
  if (unit === 'seconds') return shortTime(value);
  return Math.round(value).toLocaleString('en-US');
}

function counted({ done, total, unit }: ProgressState): string {
  const all = total === undefined ? amount(done, unit) : `${amount(done, unit)} of ${amount(total, unit)}`;
  return unit === 'bytes' || unit === 'seconds' ? all : `${all} ${unit}`;
}

function speed({ unit, rate, note }: ProgressState): string {
  if (note !== undefined) return note;
  return unit === 'seconds' ? '' : `${amount(rate, unit)}/s`;
}

function timeLeft({ done, total, rate, unit, elapsedSeconds }: ProgressState): string {
  if (total === undefined) return shortTime(Math.floor(elapsedSeconds));
  if (unit === 'seconds') return `${shortTime(Math.max(0, total - done))} left`;
  return rate > 0 ? `${shortTime(Math.max(0, total - done) / rate)} left` : 'stalled';
}

function drawBar(share: number, width: number, { unicode }: Terminal, paint: Paint): string {
  const [full, empty] = unicode ? BARS.unicode : BARS.ascii;
  const filled = Math.floor(share * width);
  return paint.green(full.repeat(filled)) + paint.dim(empty.repeat(width - filled));
}

function spinner({ elapsedSeconds }: ProgressState, { unicode }: Terminal): string {
  const frames = unicode ? SPINNERS.unicode : SPINNERS.ascii;
  return frames[Math.floor(elapsedSeconds * SPINS_PER_SECOND) % frames.length];
}

const widthOf = (texts: readonly string[]) => texts.join(GAP).length;

/** The texts that fit into `room`: the later ones go first. */
function fitting(texts: readonly string[], room: number): readonly string[] {
  const shown = texts.filter((text) => text !== '');
  while (shown.length > 0 && widthOf(shown) > room) shown.pop();
  return shown;
}

/** Never as wide as the terminal: a line that wraps cannot be drawn over. */
export function progressLine(state: ProgressState, terminal: Terminal, paint: Paint): string {
  const room = terminal.columns - 1;
  const label = state.label.slice(0, room);
  if (state.total === undefined) {
    const counts = state.unit === '' ? [] : [counted(state), speed(state)];
    const lead = `${spinner(state, terminal)} ${label}`;
    const texts = fitting([...counts, timeLeft(state)], room - lead.length - GAP.length);
    return [lead.slice(0, room), ...texts].join(GAP);
  }
  const share = state.total > 0 ? Math.min(1, Math.max(0, state.done / state.total)) : 1;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const inner = room - label.length - GAP.length;
  // What matters most when a window is narrow: the share, the time that is left, the speed, the counts.
  const kept = fitting(
    [percent, timeLeft(state), speed(state), counted(state)],
    inner - NARROWEST_BAR - GAP.length,
  );
  const texts = [percent, counted(state), speed(state), timeLeft(state)].filter((text) =>
    kept.includes(text),
  );
  const width = Math.min(WIDEST_BAR, inner - widthOf(texts) - GAP.length);
  if (width < NARROWEST_BAR) return [label, percent].join(GAP).slice(0, room);
  return [label, drawBar(share, width, terminal, paint), ...texts].join(GAP);
}
