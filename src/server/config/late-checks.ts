/**
 * What etcd finds wrong only when it starts: told as a fatal `discovery failed`, whatever it is about. (What needs the
 * machine, such as a taken port or a bad directory, is found by those who use it.)
 */
import type { FlagValues } from './flags/index.ts';
import { ConfigError } from './logging-config.ts';
import type { AutoCompaction } from './server-config.ts';
import type { ServerUrl } from './urls.ts';
import { parseDuration } from './values.ts';

const HOUR_MS = 3_600_000;
const NS_PER_MS = 1e6;

function retentionError(text: string): ConfigError {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);
  const cause = number ? 'missing unit in duration' : 'invalid duration';
  return new ConfigError(`error parsing CompactionRetention: time: ${cause} ${JSON.stringify(text)}`);
}

/** A whole number counts hours or revisions. A duration in mode revision counts its nanoseconds, as in etcd. */
export function autoCompaction(mode: string, retention: string): AutoCompaction {
  if (retention === '') return { mode: 'off' };
  const whole = /^\+?\d+$/.test(retention) ? Number(retention) : undefined;
  const duration = whole === undefined ? parseDuration(retention) : undefined;
  if (whole === undefined && duration === undefined) throw retentionError(retention);
  if (mode === 'revision') {
    const revisions = whole ?? (duration as number) * NS_PER_MS;
    return revisions > 0 ? { mode, retention: revisions } : { mode: 'off' };
  }
  const retentionMs = whole === undefined ? (duration as number) : whole * HOUR_MS;
  return retentionMs > 0 ? { mode: 'periodic', retentionMs } : { mode: 'off' };
}

const NO_TLS = 'which this version of kvctl cannot do yet';

function firstSecure(urls: readonly ServerUrl[]): ServerUrl | undefined {
  return urls.find((url) => url.scheme === 'https' || url.scheme === 'unixs');
}

/** An encrypted listener that cannot be had is an error, never a plain one instead. */
export function checkListeners(values: FlagValues): void {
  const peer = firstSecure(values.listenPeerUrls);
  if (peer && values.peerCertFile === '' && !values.peerAutoTls) {
    throw new ConfigError(`cannot listen on TLS for ${peer.address}: KeyFile and CertFile are not presented`);
  }
  if (peer) throw new ConfigError(`cannot listen on ${peer.text}: it needs TLS, ${NO_TLS}`);
  const shared = values.listenClientUrls.find((url) =>
    values.listenClientHttpUrls.some((other) => other.text === url.text),
  );
  if (shared) {
    throw new ConfigError(
      `cannot bind both --listen-client-urls and --listen-client-http-urls on the same url ${shared.text}`,
    );
  }
  const client = firstSecure([...values.listenClientUrls, ...values.listenClientHttpUrls]);
  if (client && values.certFile === '' && values.keyFile === '' && !values.autoTls) {
    throw new ConfigError(
      `TLS key/cert (--cert-file, --key-file) must be provided for client url ${client.text} with HTTPS scheme`,
    );
  }
  if (client) throw new ConfigError(`cannot listen on ${client.text}: it needs TLS, ${NO_TLS}`);
  const metrics = firstSecure(values.listenMetricsUrls);
  if (metrics && values.certFile === '' && values.keyFile === '' && !values.autoTls) {
    throw new ConfigError(
      'client TLS key/cert (--cert-file, --key-file) must be provided for metrics secure url',
    );
  }
  if (metrics) throw new ConfigError(`cannot listen on ${metrics.text}: it needs TLS, ${NO_TLS}`);
}

/** http URLs with certificates at hand: not an error, but worth a line. */
export function plainUrlsWithCertificates(
  values: FlagValues,
): readonly { msg: string; fields: Record<string, unknown> }[] {
  const lines: { msg: string; fields: Record<string, unknown> }[] = [];
  const note = (url: ServerUrl, field: string, scheme: string, what: string): void => {
    lines.push({
      msg: `scheme is ${scheme} while ${what} present; ignoring ${what.replace(/ (are|is)$/, '')}`,
      fields: { [field]: url.text },
    });
  };
  for (const url of values.listenPeerUrls) {
    if (url.scheme !== 'http') continue;
    if (values.peerCertFile !== '' || values.peerKeyFile !== '')
      note(url, 'peer-url', 'HTTP', 'key and cert files are');
    if (values.peerClientCertAuth) note(url, 'peer-url', 'HTTP', '--peer-client-cert-auth is');
  }
  for (const url of [...values.listenClientUrls, ...values.listenClientHttpUrls]) {
    if (url.scheme !== 'http' && url.scheme !== 'unix') continue;
    if (values.certFile !== '' || values.keyFile !== '')
      note(url, 'client-url', 'http or unix', 'key and cert files are');
    if (values.clientCertAuth) note(url, 'client-url', 'http or unix', '--client-cert-auth is');
  }
  return lines;
}
