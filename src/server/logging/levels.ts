/** zap's levels, lowest first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export const LEVEL_RANK: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  dpanic: 4,
  panic: 5,
  fatal: 6,
};

/** Undefined: no such level. In any case of letters; the empty text is `info`, and `warning` is `warn`, as in zap. */
export function parseLevel(text: string): LogLevel | undefined {
  const word = text.toLowerCase();
  if (word === '') return 'info';
  if (word === 'warning') return 'warn';
  return LOG_LEVELS.find((level) => level === word);
}
