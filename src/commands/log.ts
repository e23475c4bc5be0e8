/** The client's log on stderr: one JSON object a line, keys in the order of etcdctl's (cli.md 3.4). */
import type { FailedAttempt } from '../client/index.ts';

const two = (value: number) => String(value).padStart(2, '0');

/** Local time with microseconds and zone, `Z` for UTC. */
export function timestamp(milliseconds: number): string {
  const date = new Date(Math.floor(milliseconds));
  const micros = Math.floor((milliseconds - Math.floor(milliseconds)) * 1000);
  const offset = -date.getTimezoneOffset();
  const zone =
    offset === 0
      ? 'Z'
      : `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const fraction = String(date.getMilliseconds()).padStart(3, '0') + String(micros).padStart(3, '0');
  return `${day}T${time}.${fraction}${zone}`;
}

const now = () => performance.timeOrigin + performance.now();

export type LogLevel = 'info' | 'warn' | 'error' | 'fatal';
type Value = string | number;

/** `logger` may be empty. `extra` follows the message in its own order. */
export function logLine(
  level: LogLevel,
  source: { readonly logger: string; readonly caller: string },
  message: string,
  extra: Readonly<Record<string, Value>>,
): string {
  const fields: [string, Value][] = [
    ['level', level],
    ['ts', timestamp(now())],
    ...(source.logger === '' ? [] : ([['logger', source.logger]] as [string, Value][])),
    ['caller', source.caller],
    ['msg', message],
    ...Object.entries(extra),
  ];
  const text = fields.map(([key, value]) => `"${key}":${JSON.stringify(value)}`);
  return `{${text.join(',')}}`;
}

export function failedAttemptLine(failed: FailedAttempt, logger: string): string {
  const from = failed.error.peer;
  const peer =
    from === undefined
      ? 'Peer{Addr: <nil>, LocalAddr: <nil>, AuthInfo: <nil>}'
      : `Peer{Addr: '${from.address}', LocalAddr: '${from.local ?? ''}', AuthInfo: '${from.secure ? 'tls' : 'insecure'}'}`;
  return logLine('warn', { logger, caller: 'client/client.ts' }, 'retrying of unary invoker failed', {
    target: `etcd-endpoints:///${failed.endpoints[0]?.replace(/^[a-z]+:\/\//, '') ?? ''}`,
    peer,
    method: failed.path,
    attempt: failed.attempt,
    error: failed.error.describe(),
  });
}
