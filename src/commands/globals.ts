/** The global flags (cli.md 3.1) and the client configuration that they and the environment make. */
import type { ClientConfig } from '../client/index.ts';
import { CONTEXT_FLAG } from './contexts/apply.ts';
import { badArgs, CommandError, Exit } from './exit.ts';
import type { FlagSet, FlagSpec } from './grammar/flags.ts';

const DEFAULT_ENDPOINTS = ['127.0.0.1:2379'];

export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  {
    name: 'auth-jwt-token',
    kind: 'string',
    usage: 'JWT to authenticate with, in place of --user and --password',
  },
  {
    name: 'cacert',
    kind: 'string',
    usage: 'file of CA certificates that server certificates are checked against',
  },
  { name: 'cert', kind: 'string', usage: 'file of the TLS certificate that identifies this client' },
  {
    name: 'command-timeout',
    kind: 'duration',
    default: 5000,
    usage: 'longest time that a short command may take, without connecting',
  },
  { name: 'debug', kind: 'bool', usage: 'show the settings and what the client does on stderr' },
  { name: 'dial-timeout', kind: 'duration', default: 2000, usage: 'longest time that a login may take' },
  {
    name: 'discovery-srv',
    short: 'd',
    kind: 'string',
    usage: 'DNS domain whose SRV records name the endpoints',
  },
  { name: 'discovery-srv-name', kind: 'string', usage: 'suffix of the service name in DNS discovery' },
  { name: 'endpoints', kind: 'list', default: DEFAULT_ENDPOINTS, usage: 'gRPC endpoints of the members' },
  { name: 'hex', kind: 'bool', usage: 'show keys and values as hexadecimal bytes' },
  {
    name: 'insecure-discovery',
    kind: 'bool',
    default: true,
    usage: 'take endpoints without TLS from DNS discovery',
  },
  {
    name: 'insecure-skip-tls-verify',
    kind: 'bool',
    usage: 'do not check the server certificate (for tests only)',
  },
  {
    name: 'insecure-transport',
    kind: 'bool',
    default: true,
    usage: 'talk without TLS unless certificates are given',
  },
  {
    name: 'keepalive-time',
    kind: 'duration',
    default: 2000,
    usage: 'time between pings on idle connections',
  },
  {
    name: 'keepalive-timeout',
    kind: 'duration',
    default: 6000,
    usage: 'time to wait for the answer to a ping',
  },
  { name: 'key', kind: 'string', usage: 'file of the key of --cert' },
  { name: 'max-recv-bytes', kind: 'int', usage: 'largest response taken, in bytes (0: 2147483647)' },
  { name: 'max-request-bytes', kind: 'int', usage: 'largest request sent, in bytes (0: 2097152)' },
  { name: 'password', kind: 'string', usage: 'password (then --user is the whole user name)' },
  {
    name: 'user',
    kind: 'string',
    usage: 'name[:password] of the user; asks for a password that is not given',
  },
  {
    name: 'write-out',
    short: 'w',
    kind: 'string',
    default: 'simple',
    usage: 'output format: fields, json, ndjson, protobuf, simple, table or yaml',
  },
];

/** Global flags that etcdctl does not have: no ETCDCTL_* variable sets them. */
export const OWN_GLOBAL_FLAGS: readonly FlagSpec[] = [
  {
    name: CONTEXT_FLAG,
    kind: 'string',
    usage: 'take endpoints, TLS files and user from this context (see `context --help`)',
  },
];

/** Every flag that every command takes. */
export const ALL_GLOBAL_FLAGS: readonly FlagSpec[] = [...GLOBAL_FLAGS, ...OWN_GLOBAL_FLAGS];

/** A certificate option written with nothing behind it is a mistake in a script, not a wish. */
function fileOption(flags: FlagSet, name: string): string {
  const path = flags.text(name);
  if (path === '' && flags.isSet(name)) throw badArgs(`empty string is passed to --${name} option`);
  return path;
}

export function tlsConfig(flags: FlagSet, serverName: string | undefined): ClientConfig['tls'] {
  const cert = fileOption(flags, 'cert');
  const key = fileOption(flags, 'key');
  const ca = fileOption(flags, 'cacert');
  const skipVerify = flags.bool('insecure-skip-tls-verify');
  const wanted = cert !== '' || key !== '' || ca !== '' || skipVerify || !flags.bool('insecure-transport');
  return wanted ? { cert, key, ca, skipVerify, serverName } : undefined;
}

export type AskPassword = (prompt: string) => Promise<string>;

/** `name:password`, unless the password came on its own. An empty password means no login. */
export async function credentialsOf(
  user: string,
  password: string,
  ask: () => Promise<string>,
): Promise<ClientConfig['credentials']> {
  if (user === '') return undefined;
  if (password !== '') return { name: user, password };
  const colon = user.indexOf(':');
  const name = colon === -1 ? user : user.slice(0, colon);
  const secret = colon === -1 ? await ask() : user.slice(colon + 1);
  return secret === '' ? undefined : { name, password: secret };
}

async function endpointsOf(flags: FlagSet, warn: (line: string) => void): Promise<readonly string[]> {
  const domain = flags.text('discovery-srv');
  const listed = flags.list('endpoints').map((endpoint) => endpoint.trim());
  if (domain === '') return listed;
  const { discoverClients, DiscoveryError } = await import('../client/srv.ts');
  try {
    const found = await discoverClients({ domain, suffix: flags.text('discovery-srv-name') });
    const insecure = flags.bool('insecure-discovery');
    const usable = found.filter((endpoint) => {
      if (insecure || !endpoint.startsWith('http://')) return true;
      warn(`ignoring discovered insecure endpoint "${endpoint}"`);
      return false;
    });
    return usable.length > 0 ? usable : listed;
  } catch (error) {
    if (error instanceof DiscoveryError) throw new CommandError(Exit.Error, error.message);
    throw error;
  }
}

export async function clientConfig(
  flags: FlagSet,
  ask: AskPassword,
  warn: (line: string) => void,
): Promise<ClientConfig> {
  const domain = flags.text('discovery-srv');
  const serverName = !flags.bool('insecure-discovery') && domain !== '' ? domain : undefined;
  const endpoints = await endpointsOf(flags, warn);
  const tls = tlsConfig(flags, serverName);
  const token = flags.text('auth-jwt-token');
  const credentials =
    token !== ''
      ? undefined
      : await credentialsOf(flags.text('user'), flags.text('password'), () => ask('Password: '));
  return {
    endpoints,
    tls,
    token: token === '' ? undefined : token,
    credentials,
    dialTimeoutMs: flags.number('dial-timeout'),
    keepAliveTimeMs: flags.number('keepalive-time'),
    keepAliveTimeoutMs: flags.number('keepalive-timeout'),
    maxSendBytes: flags.number('max-request-bytes'),
    maxReceiveBytes: flags.number('max-recv-bytes'),
  };
}
