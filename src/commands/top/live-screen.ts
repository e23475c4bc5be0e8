/**
 * A whole terminal for lines that change: on the alternate screen, without a cursor, only what is different is written,
 * all of it at once. `close` gives everything back, and is called too when the process ends in any other way.
 */

const ESC = '\x1b[';
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}2J`;
const LEAVE = `${ESC}?25h${ESC}?1049l`;
/** The terminal shows what comes between as one picture, if it knows how. */
const BEGIN_UPDATE = `${ESC}?2026h`;
const END_UPDATE = `${ESC}?2026l`;
const ERASE_TO_END = `${ESC}K`;
const ERASE_ALL = `${ESC}2J`;
const CTRL_Z = '\x1a';

export interface Keyboard extends Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'resume' | 'pause'> {
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
}

export interface LiveScreenOptions {
  readonly write: (text: string) => void;
  readonly keyboard: Keyboard;
  readonly onKey: (key: string) => void;
  /** The window has another size, or was left and entered again: everything has to be drawn anew. */
  readonly onRedraw: () => void;
}

export class LiveScreen {
  private readonly options: LiveScreenOptions;
  private shown: readonly string[] = [];
  private isOpen = false;

  constructor(options: LiveScreenOptions) {
    this.options = options;
  }

  open(): void {
    process.on('exit', this.leave);
    process.on('SIGWINCH', this.redraw);
    this.enter();
  }

  close(): void {
    this.leave();
    process.off('exit', this.leave);
    process.off('SIGWINCH', this.redraw);
  }

  /** Lines as wide as the window at most, and no more of them than it has rows. */
  draw(lines: readonly string[]): void {
    if (!this.isOpen) return;
    const rows = Math.max(lines.length, this.shown.length);
    let text = '';
    for (let row = 0; row < rows; row++) {
      const line = lines[row] ?? '';
      if (line !== (this.shown[row] ?? '')) text += `${ESC}${row + 1};1H${line}${ERASE_TO_END}`;
    }
    this.shown = lines;
    if (text !== '') this.options.write(BEGIN_UPDATE + text + END_UPDATE);
  }

  private readonly enter = (): void => {
    const { keyboard, write } = this.options;
    this.isOpen = true;
    this.shown = [];
    write(ENTER);
    if (!keyboard.isTTY) return;
    keyboard.setRawMode(true);
    keyboard.on('data', this.typed);
    keyboard.resume();
  };

  private readonly leave = (): void => {
    if (!this.isOpen) return;
    this.isOpen = false;
    const { keyboard, write } = this.options;
    if (keyboard.isTTY) {
      keyboard.off('data', this.typed);
      keyboard.setRawMode(false);
      keyboard.pause();
    }
    write(LEAVE);
  };

  private readonly redraw = (): void => {
    if (!this.isOpen) return;
    this.shown = [];
    this.options.write(ERASE_ALL);
    this.options.onRedraw();
  };

  private readonly typed = (chunk: Buffer): void => {
    for (const key of chunk.toString('utf8')) {
      if (key === CTRL_Z) this.suspend();
      else this.options.onKey(key);
    }
  };

  /** As the shell's job control expects it, which raw mode has taken away. */
  private suspend(): void {
    this.leave();
    process.once('SIGCONT', () => {
      this.enter();
      this.options.onRedraw();
    });
    process.kill(process.pid, 'SIGTSTP');
  }
}
