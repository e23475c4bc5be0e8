/**
 * What etcd finds wrong only when it starts: told as a fatal `discovery failed`, whatever it is about. (What needs the
 * machine, such as a taken port or a bad directory, is found by those who use it.)
 */
import { suitesProblem } from './cipher-suites.ts';
import type { FlagValues } from './flags/index.ts';
import { ConfigError } from './logging-config.ts';
import type { AutoCompaction, StartLine } from './server-config.ts';
import { isSecure, type ServerUrl } from './urls.ts';
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

const NOT_YET = 'which this version of kvctl cannot do yet';

function firstSecure(urls: readonly ServerUrl[]): ServerUrl | undefined {
  return urls.find(isSecure);
}

function givesCertificate({ certFile, keyFile }: FlagValues): boolean {
  return certFile !== '' || keyFile !== '';
}

/** What an encrypted listener for clients needs, and what it cannot have yet. */
function checkClientTls(values: FlagValues, url: ServerUrl, missing: string): void {
  if (!givesCertificate(values)) {
    if (!values.autoTls) throw new ConfigError(missing);
    throw new ConfigError(`cannot listen on ${url.text}: it needs --auto-tls, ${NOT_YET}`);
  }
  const problem = suitesProblem(values.cipherSuites);
  if (problem !== undefined) throw new ConfigError(problem);
}

/** An encrypted listener that cannot be had is an error, never a plain one instead. */
export function checkListeners(values: FlagValues): void {
  const peer = firstSecure(values.listenPeerUrls);
  if (peer && values.peerCertFile === '' && !values.peerAutoTls) {
    throw new ConfigError(`cannot listen on TLS for ${peer.address}: KeyFile and CertFile are not presented`);
  }
  if (peer) throw new ConfigError(`cannot listen on ${peer.text}: it needs TLS, ${NOT_YET}`);
  const shared = values.listenClientUrls.find((url) =>
    values.listenClientHttpUrls.some((other) => other.text === url.text),
  );
  if (shared) {
    throw new ConfigError(
      `cannot bind both --listen-client-urls and --listen-client-http-urls on the same url ${shared.text}`,
    );
  }
  const client = firstSecure([...values.listenClientUrls, ...values.listenClientHttpUrls]);
  if (client) {
    checkClientTls(
      values,
      client,
      `TLS key/cert (--cert-file, --key-file) must be provided for client url ${client.text} with HTTPS scheme`,
    );
  }
  const metrics = firstSecure(values.listenMetricsUrls);
  if (metrics) {
    checkClientTls(
      values,
      metrics,
      'client TLS key/cert (--cert-file, --key-file) must be provided for metrics secure url',
    );
  }
}

const NOBODY_ASKED = 'clients are asked for certificates only with --client-cert-auth or --trusted-ca-file';

/** What a certificate or the lack of one makes pointless: certificates that were given win over those that are made. */
export function certificateLines(values: FlagValues): readonly StartLine[] {
  const lines: StartLine[] = [];
  if (values.autoTls && givesCertificate(values)) {
    lines.push({ level: 'warn', msg: 'ignoring client auto TLS since certs given' });
  }
  if (values.clientCertAuth || values.trustedCaFile !== '') return lines;
  const idle = [
    ['--client-crl-file', values.clientCrlFile !== ''],
    ['--client-cert-allowed-hostname', values.clientCertAllowedHostname.length > 0],
  ] as const;
  for (const [flag, given] of idle) {
    if (given)
      lines.push({ level: 'warn', msg: 'flag has no effect', fields: { flag, reason: NOBODY_ASKED } });
  }
  return lines;
}

const CERTIFICATES_IGNORED = 'key and cert files are present; ignoring key and cert files';
const authIgnored = (flag: string): string => `${flag} is enabled; ignoring client cert auth for this URL`;

/** Plain URLs although certificates are at hand: not an error, but worth a line. */
export function plainUrlLines(values: FlagValues): readonly StartLine[] {
  const lines: StartLine[] = [];
  const warn = (scheme: string, what: string, fields: StartLine['fields']): void => {
    lines.push({ level: 'warn', msg: `scheme is ${scheme} while ${what}`, fields });
  };
  for (const { scheme, text } of values.listenPeerUrls) {
    if (scheme !== 'http') continue;
    const fields = { 'peer-url': text };
    if (values.peerCertFile !== '' || values.peerKeyFile !== '') warn('HTTP', CERTIFICATES_IGNORED, fields);
    if (values.peerClientCertAuth) warn('HTTP', authIgnored('--peer-client-cert-auth'), fields);
  }
  for (const { scheme, text } of [...values.listenClientUrls, ...values.listenClientHttpUrls]) {
    if (scheme !== 'http' && scheme !== 'unix') continue;
    const fields = { 'client-url': text };
    if (values.certFile !== '' || values.keyFile !== '') warn('http or unix', CERTIFICATES_IGNORED, fields);
    if (values.clientCertAuth) warn('http or unix', authIgnored('--client-cert-auth'), fields);
  }
  return lines;
}
