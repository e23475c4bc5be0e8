/** What stands behind stdout or stderr: nothing that is looked at, or a terminal with a width, colours and a charset. */

export interface Terminal {
  /** Read each time: a window changes its size. */
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
  /** May draw with more than ASCII. */
  readonly unicode: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>;

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

function isUnicode(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale) || env.WT_SESSION !== undefined;
}

/** Undefined for a pipe, a file, and a terminal that cannot move its cursor. NO_COLOR as https://no-color.org says. */
export function terminalOf(stream: Stream, env: Environment): Terminal | undefined {
  if (stream.isTTY !== true || env.TERM === 'dumb') return undefined;
  return {
    get columns() {
      return stream.columns || DEFAULT_COLUMNS;
    },
    get rows() {
      return stream.rows || DEFAULT_ROWS;
    },
    colours: !env.NO_COLOR,
    unicode: isUnicode(env),
  };
}

/** The terminal that shows stdout; undefined if there is none. */
export const outputTerminal = (): Terminal | undefined => terminalOf(process.stdout, process.env);

/** The terminal that shows stderr; undefined if there is none. */
export const statusTerminal = (): Terminal | undefined => terminalOf(process.stderr, process.env);
