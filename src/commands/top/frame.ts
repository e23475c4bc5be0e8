/** A view laid out as lines of text: never wider or higher than the window, the most telling columns first. */
import type { ClusterFacts, MemberFacts } from '../../printer/cluster-facts.ts';
import { formatSize } from '../../printer/humanize.ts';
import type { Paint } from '../colour.ts';
import { KINDS } from './view.ts';

export interface FrameSize {
  readonly columns: number;
  /** Infinite where nothing is cut off. */
  readonly rows: number;
  readonly unicode: boolean;
}

/** A piece of a line: its text decides about the room it takes, its paint does not. */
interface Piece {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const UNKNOWN = '-';
const GAP = '  ';
/** HH:MM:SS */
const CLOCK_WIDTH = 8;
const QUOTA_WARNING = 0.8;
const QUOTA_ALERT = 0.95;

export function shortCount(value: number | undefined): string {
  if (value === undefined) return UNKNOWN;
  if (value < 99_999.5) return Math.round(value).toLocaleString('en-US');
  if (value < 9_999_500) return `${Math.round(value / 1000).toLocaleString('en-US')}k`;
  return `${Math.round(value / 1e6).toLocaleString('en-US')}M`;
}

export function shortMs(value: number | undefined): string {
  if (value === undefined) return UNKNOWN;
  if (value < 0.0995) return `${Math.round(value * 1000)}µs`;
  if (value < 9.95) return `${value.toFixed(1)}ms`;
  return value < 999.5 ? `${Math.round(value)}ms` : `${(value / 1000).toFixed(1)}s`;
}

const size = (bytes: number | undefined) => (bytes === undefined ? UNKNOWN : formatSize(bytes));
const percent = (share: number | undefined) =>
  share === undefined ? UNKNOWN : `${Math.round(share * 100)}%`;

/** Names and errors come from elsewhere: nothing in them may move the cursor. */
const harmless = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

function cut(text: string, width: number): string {
  return text.length <= width ? text : width <= 1 ? text.slice(0, width) : `${text.slice(0, width - 1)}~`;
}

/** Pieces side by side; what does not fit any more is cut off. */
function lineOf(pieces: readonly Piece[], columns: number): string {
  let room = columns;
  let line = '';
  for (const { text, paint } of pieces) {
    if (room <= 0) break;
    const shown = cut(text, room);
    line += paint === undefined ? shown : paint(shown);
    room -= shown.length;
  }
  return line;
}

const QUOTA_BAR = 5;

function quotaPieces({ dbSize, dbSizeQuota }: MemberFacts, unicode: boolean, paint: Paint): Piece {
  if (dbSize === undefined || dbSizeQuota === undefined) return { text: UNKNOWN };
  const share = Math.min(1, dbSize / dbSizeQuota);
  const [full, empty] = unicode ? ['■', '·'] : ['#', '.'];
  const filled = Math.ceil(share * QUOTA_BAR);
  const text = `${full.repeat(filled)}${empty.repeat(QUOTA_BAR - filled)} ${percent(share).padStart(4)}`;
  const colour = share >= QUOTA_ALERT ? paint.red : share >= QUOTA_WARNING ? paint.yellow : undefined;
  return { text, paint: colour };
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly left?: boolean;
  /** The higher, the sooner it is left out. */
  readonly rank: number;
  readonly cell: (member: MemberFacts, unicode: boolean, paint: Paint) => Piece;
}

const plain =
  (text: (member: MemberFacts) => string): Column['cell'] =>
  (member) => ({ text: text(member) });

function statePiece({ state }: MemberFacts, _: boolean, paint: Paint): Piece {
  const colours: Partial<Record<MemberFacts['state'], (text: string) => string>> = {
    leader: paint.green,
    learner: paint.cyan,
    'no leader': paint.yellow,
    unstarted: paint.yellow,
    down: paint.red,
  };
  return { text: state, paint: colours[state] };
}

function watchersPiece({ watchers, slowWatchers = 0 }: MemberFacts, _: boolean, paint: Paint): Piece {
  return { text: shortCount(watchers), paint: slowWatchers > 0 ? paint.yellow : undefined };
}

const NAME: Column = {
  title: 'MEMBER',
  width: 10,
  left: true,
  rank: 0,
  cell: plain(({ name }) => harmless(name)),
};
const STATE: Column = { title: 'STATE', width: 9, left: true, rank: 0, cell: statePiece };

/** In the order in which they stand. */
const COLUMNS: readonly Column[] = [
  { title: 'DB', width: 6, rank: 1, cell: plain((member) => size(member.dbSize)) },
  { title: 'OF QUOTA', width: 10, rank: 4, cell: quotaPieces },
  { title: 'REQ/S', width: 7, rank: 2, cell: plain((member) => shortCount(member.requestsPerSecond)) },
  { title: 'RTT', width: 6, rank: 3, cell: plain((member) => shortMs(member.roundTripMs)) },
  { title: 'SYNC99', width: 6, rank: 5, cell: plain((member) => shortMs(member.walSyncP99Ms)) },
  { title: 'CPU', width: 4, rank: 6, cell: plain((member) => percent(member.cpu)) },
  { title: 'MEM', width: 6, rank: 7, cell: plain((member) => size(member.residentBytes)) },
  { title: 'COMMIT99', width: 8, rank: 8, cell: plain((member) => shortMs(member.commitP99Ms)) },
  { title: 'WATCHERS', width: 8, rank: 9, cell: watchersPiece },
  {
    title: 'APPLIED',
    width: 9,
    rank: 10,
    cell: plain(({ raftAppliedIndex }) => shortCount(raftAppliedIndex)),
  },
  {
    title: 'VERSION',
    width: 8,
    rank: 11,
    left: true,
    cell: plain(({ version = UNKNOWN }) => harmless(version)),
  },
  { title: 'ENDPOINT', width: 24, rank: 12, left: true, cell: plain(({ endpoint }) => harmless(endpoint)) },
];

const widthOf = (columns: readonly Column[]) =>
  columns.reduce((total, { width }) => total + width, GAP.length * (columns.length - 1));

function fittingColumns(room: number): readonly Column[] {
  let kept = [...COLUMNS];
  while (kept.length > 0 && widthOf([NAME, STATE, ...kept]) > room) {
    const worst = Math.max(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank !== worst);
  }
  return kept;
}

function padded({ width, left }: Column, piece: Piece): Piece {
  const text = cut(piece.text, width);
  return { ...piece, text: left === true ? text.padEnd(width) : text.padStart(width) };
}

const joined = (pieces: readonly Piece[]): Piece[] =>
  pieces.flatMap((piece, i) => (i === 0 ? [piece] : [{ text: GAP }, piece]));

function memberPieces(member: MemberFacts, columns: readonly Column[], { unicode }: FrameSize, paint: Paint) {
  const cell = (column: Column) => padded(column, column.cell(member, unicode, paint));
  if (member.error === undefined) return joined([NAME, STATE, ...columns].map(cell));
  const why: Piece = { text: harmless(member.error), paint: paint.red };
  return joined([cell(NAME), cell(STATE), why]);
}

function table({ members }: ClusterFacts, at: FrameSize, rows: number, paint: Paint): string[] {
  const columns = fittingColumns(at.columns);
  const head = joined([NAME, STATE, ...columns].map((column) => padded(column, { text: column.title })));
  const shown = members.length <= rows ? members : members.slice(0, Math.max(0, rows - 1));
  const lines = shown.map((member) => lineOf(memberPieces(member, columns, at, paint), at.columns));
  if (shown.length < members.length)
    lines.push(cut(`... and ${members.length - shown.length} more`, at.columns));
  return [paint.bold(lineOf(head, at.columns)), ...lines];
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function headline(view: ClusterFacts, columns: number, paint: Paint): string {
  const { clusterId, members, leader, raftTerm, time } = view;
  const where = clusterId === undefined ? '' : ` ${clusterId}`;
  const left = `kvctl top  cluster${where}  ${counted(members.length, 'member')}`;
  const clock = new Date(time).toTimeString().slice(0, CLOCK_WIDTH);
  const who: Piece =
    leader === ''
      ? { text: 'no leader', paint: paint.red }
      : { text: `leader ${harmless(leader)}`, paint: paint.green };
  const term = raftTerm === undefined ? '' : `  term ${raftTerm}`;
  const room = columns - clock.length - GAP.length;
  const pieces: Piece[] = [{ text: left, paint: paint.bold }, { text: GAP }, who, { text: term }];
  const used = Math.min(
    room,
    pieces.reduce((total, { text }) => total + text.length, 0),
  );
  if (room <= 0) return lineOf(pieces, columns);
  return `${lineOf(pieces, room)}${' '.repeat(room - used)}${GAP}${clock}`;
}

function watchersText({ watchers, slowWatchers = 0 }: ClusterFacts): string {
  const slow = slowWatchers > 0 ? ` (${shortCount(slowWatchers)} slow)` : '';
  return `watchers ${shortCount(watchers)}${slow}`;
}

function summary(view: ClusterFacts): string {
  const revision = view.revision === undefined ? UNKNOWN : view.revision.toLocaleString('en-US');
  return [
    `revision ${revision}`,
    `keys ${shortCount(view.keys)}`,
    watchersText(view),
    `leases ${shortCount(view.leases)}`,
  ].join(GAP);
}

const RATE_WIDTH = 8;

/** What is counted above, how many a second below. */
function requests({ requestsPerSecond, eventsPerSecond }: ClusterFacts): readonly [string, string] {
  const total = requestsPerSecond && Object.values(requestsPerSecond).reduce((all, value) => all + value, 0);
  const rates = [total, ...KINDS.map((kind) => requestsPerSecond?.[kind]), eventsPerSecond];
  const titles = ['REQ/S', ...KINDS.map((kind) => kind.toUpperCase()), 'EVENTS'];
  const row = (cells: readonly string[]) =>
    cells
      .map((cell) => cell.padStart(RATE_WIDTH))
      .join('')
      .slice(1);
  return [row(titles), row(rates.map(shortCount))];
}

function alarms({ alarms: raised, error }: ClusterFacts, paint: Paint): Piece {
  if (error !== undefined) return { text: harmless(error), paint: paint.red };
  if (raised.length === 0) return { text: 'no alarms' };
  const each = raised.map(({ member, alarm }) => `${alarm} at ${harmless(member)}`);
  return { text: `ALARM ${each.join(', ')}`, paint: paint.red };
}

/** `footer` stands in the last row of a window, and nowhere where there is no window. */
export function frameOf(view: ClusterFacts, at: FrameSize, paint: Paint, footer?: string): string[] {
  const line = (...pieces: readonly Piece[]) => lineOf(pieces, at.columns);
  const [titles, rates] = requests(view);
  const head = [
    headline(view, at.columns, paint),
    line({ text: summary(view) }),
    line(alarms(view, paint)),
    '',
    line({ text: titles, paint: paint.bold }),
    line({ text: rates }),
    '',
  ];
  const below = footer === undefined ? 0 : 1;
  const lines = [...head, ...table(view, at, at.rows - head.length - 1 - below, paint)];
  const cutOff = lines.slice(0, Math.max(0, at.rows - below));
  if (footer === undefined) return cutOff;
  const filling = Array.from({ length: Math.max(0, at.rows - cutOff.length - 1) }, () => '');
  return [...cutOff, ...filling, paint.dim(cut(footer, at.columns))].slice(0, at.rows);
}
