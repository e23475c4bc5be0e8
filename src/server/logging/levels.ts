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

/** Undefined: no such level. Capitals are accepted, and the empty text is `info`, as in zap. */
export function parseLevel(text: string): LogLevel | undefined {
  if (text === '') return 'info';
  const word = text === text.toUpperCase() ? text.toLowerCase() : text;
  return word in LEVEL_RANK ? (word as LogLevel) : undefined;
}
