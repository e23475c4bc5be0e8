import type { RaftLogger } from '../../../src/core/raft/index.ts';

export const LEVELS: readonly string[] = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'];
/** At this level nothing is written at all, log line or not. */
export const SILENT = LEVELS.indexOf('NONE');

/** Output of one command, with the indentation of nested steps. */
export class Output {
  text = '';
  level = 0;
  private indent = '';

  write(text: string): void {
    if (this.level >= SILENT) return;
    for (const line of text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined)) {
      this.text += `${this.indent}${line}\n`;
    }
  }

  nested(run: () => void): void {
    const outer = this.indent;
    this.indent += '  ';
    try {
      run();
    } finally {
      this.indent = outer;
    }
  }

  logger(): RaftLogger {
    const at =
      (level: number) =>
      (text: string): void => {
        if (this.level <= level) this.write(`${LEVELS[level]} ${text}\n`);
      };
    return { debug: at(0), info: at(1), warn: at(2), error: at(3) };
  }
}
