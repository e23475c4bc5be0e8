/** Data of an etcd that asked for passwords: users and roles are kept and handed on, but nobody asks for them here yet. */
import type { Backend } from '../core/ports/backend.ts';
import { fromLatin1 } from '../core/wire/bytes.ts';
import type { Logger } from './logging/index.ts';

const ENABLED_KEY = fromLatin1('authEnabled');

export function warnOfAuth(backend: Backend, logger: Logger): void {
  if (backend.get('auth', ENABLED_KEY)?.[0] !== 1) return;
  logger.warn(
    'authentication is enabled in this data, and kvctl does not enforce it yet: every client may read and write every key; let only clients in that may (--client-cert-auth, a firewall)',
  );
}
