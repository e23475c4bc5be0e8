import type { Topic } from './topic.ts';

export const connection: Topic = {
  name: 'connection',
  title: 'Endpoints, TLS, users, contexts',
  commands: ['context', 'endpoint', 'auth', 'user'],
  text: `Where to go: --endpoints=host:port,... or ETCDCTL_ENDPOINTS; without either 127.0.0.1:2379.

  host:port            plain text, or TLS if there is a TLS flag
  http://host:port     plain text
  https://host:port    TLS; without --cacert the authorities of the system are trusted
  unix:///path         a socket; unixs:// with TLS

Of several endpoints any that works is used, and another one when it stops working; the scheme of the first holds for
all. 'endpoint' commands and 'defrag' ask each of them, or with --cluster each member. --discovery-srv=example.com
takes the endpoints from DNS.

TLS: --cacert=FILE (whom to trust), --cert=FILE and --key=FILE (who we are), --insecure-transport=false (TLS without any
of them), --insecure-skip-tls-verify (trust anybody).

Users: --user=name asks for a password, --user=name:password and --password=... do not; --auth-jwt-token=... needs none.

Time: a command gives up after --command-timeout (5s). An endpoint that nobody listens on is not an error before that:
somebody may come. txn, watch, lock, elect, user, role and most of lease wait for ever.

Contexts keep all of this under a name:

  $ kvctl context add prod --endpoints=https://db1:2379,https://db2:2379 --user=root
  Context prod added
  $ kvctl context add here --endpoints=127.0.0.1:2379 --use
  Context here added
  $ kvctl context list
  *  here  127.0.0.1:2379
     prod  https://db1:2379,https://db2:2379  root  asked for
  $ kvctl --context=here put k v
  OK

What counts, from first to last: flag, ETCDCTL_* variable, context (--context, KVCTL_CONTEXT, or the current one),
default. The current context steps aside when a command says itself where to go. No password is stored unless
--store-password asks for it.`,
};
