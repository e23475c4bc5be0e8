/** Flags of TLS, of who may connect, and of users. */
import { never, pending, rowsOf } from '../flag-spec.ts';

const { string, bool, uint, list, set, origins } = rowsOf('Security');
const auth = rowsOf('Auth');

const NO_PEER_TLS = pending('TLS between members is not built yet');
const NO_AUTO_TLS = pending('certificates are not made yet');
const NO_AUTH = pending('users and roles are not built yet');
/** etcd's JSON gateway dials the member's own port with it; ours calls the services. */
const NO_OWN_CALLS = never('this member does not connect to itself');
const client = (key: string) => ({ file: ['client-transport-security', key] });
const peer = (key: string) => ({ ...NO_PEER_TLS, file: ['peer-transport-security', key] });

export const SECURITY_FLAGS = {
  certFile: string('cert-file', '', 'Certificate (PEM) that clients are shown.', client('cert-file')),
  keyFile: string('key-file', '', 'Key (PEM) of that certificate.', client('key-file')),
  clientCertAuth: bool(
    'client-cert-auth',
    false,
    'Clients must show a certificate that --trusted-ca-file has signed.',
    client('client-cert-auth'),
  ),
  clientCertFile: string(
    'client-cert-file',
    '',
    'Certificate that this member shows when it is a client itself. Empty: --cert-file.',
    { ...NO_OWN_CALLS, ...client('client-cert-file') },
  ),
  clientKeyFile: string('client-key-file', '', 'Key of that certificate.', {
    ...NO_OWN_CALLS,
    ...client('client-key-file'),
  }),
  clientCrlFile: string('client-crl-file', '', 'List of revoked client certificates (DER).', { file: false }),
  clientCertAllowedHostname: list(
    'client-cert-allowed-hostname',
    [],
    'Names of which a client certificate must carry one.',
    client('allowed-hostname'),
  ),
  trustedCaFile: string(
    'trusted-ca-file',
    '',
    'CA that client certificates are checked with. Giving it makes them obligatory.',
    client('trusted-ca-file'),
  ),
  autoTls: bool('auto-tls', false, 'Speak TLS to clients with a certificate made at the first start.', {
    ...NO_AUTO_TLS,
    ...client('auto-tls'),
  }),
  peerCertFile: string('peer-cert-file', '', 'Certificate that other members are shown.', peer('cert-file')),
  peerKeyFile: string('peer-key-file', '', 'Key of that certificate.', peer('key-file')),
  peerClientCertAuth: bool(
    'peer-client-cert-auth',
    false,
    'Other members must show a certificate that --peer-trusted-ca-file has signed.',
    peer('client-cert-auth'),
  ),
  peerClientCertFile: string(
    'peer-client-cert-file',
    '',
    'Certificate shown to members that this one connects to. Empty: --peer-cert-file.',
    peer('client-cert-file'),
  ),
  peerClientKeyFile: string('peer-client-key-file', '', 'Key of that certificate.', peer('client-key-file')),
  peerTrustedCaFile: string(
    'peer-trusted-ca-file',
    '',
    'CA that certificates of other members are checked with.',
    peer('trusted-ca-file'),
  ),
  peerCertAllowedCn: list(
    'peer-cert-allowed-cn',
    [],
    'Common names of which a member certificate must carry one.',
    peer('allowed-cn'),
  ),
  peerCertAllowedHostname: list(
    'peer-cert-allowed-hostname',
    [],
    'Names of which a member certificate must carry one.',
    peer('allowed-hostname'),
  ),
  peerAutoTls: bool(
    'peer-auto-tls',
    false,
    'Speak TLS between members with a certificate made at the first start.',
    peer('auto-tls'),
  ),
  peerSkipClientSanVerification: bool(
    'peer-skip-client-san-verification',
    false,
    'Do not compare the names in the certificate of a member with the address it connects from.',
    peer('skip-client-san-verification'),
  ),
  selfSignedCertValidity: uint(
    'self-signed-cert-validity',
    1,
    'Years that a certificate made by --auto-tls or --peer-auto-tls is valid.',
    NO_AUTO_TLS,
  ),
  peerCrlFile: string('peer-crl-file', '', 'List of revoked member certificates (DER).', {
    ...NO_PEER_TLS,
    file: false,
  }),
  cipherSuites: list(
    'cipher-suites',
    [],
    'TLS 1.2 cipher suites to offer, by their IANA names. Empty: the usual ones.',
  ),
  cors: origins(
    'cors',
    ['*'],
    'Origins (scheme://host:port) whose pages may read HTTP answers; * allows all.',
  ),
  hostWhitelist: set(
    'host-whitelist',
    ['*'],
    'Names that the Host header of a plain HTTP request may carry; * allows all.',
  ),
  tlsMinVersion: string('tls-min-version', 'TLS1.2', 'Oldest TLS version: TLS1.2 or TLS1.3.'),
  tlsMaxVersion: string('tls-max-version', '', 'Newest TLS version: TLS1.2 or TLS1.3. Empty: the newest.'),

  authToken: auth.string(
    'auth-token',
    'simple',
    "Kind of token that a login gives: 'simple', or 'jwt' with its options.",
    NO_AUTH,
  ),
  bcryptCost: auth.uint(
    'bcrypt-cost',
    10,
    'Cost of hashing a password, 4 to 31; each step doubles it.',
    NO_AUTH,
  ),
  authTokenTtl: auth.uint(
    'auth-token-ttl',
    300,
    'Seconds that a simple token lives after its last use.',
    NO_AUTH,
  ),
} as const;
