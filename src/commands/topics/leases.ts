import type { Topic } from './topic.ts';

export const leases: Topic = {
  name: 'leases',
  title: 'Leases: keys that go away by themselves',
  commands: ['lease', 'lock', 'elect', 'put'],
  text: `A lease lives for a number of seconds, unless it is renewed. Keys hang on it, and are deleted with it.

  $ kvctl lease grant 300
  lease 694da1fb14147a0a granted with TTL(300s)
  $ kvctl put session/1 alive --lease=694da1fb14147a0a
  OK
  $ kvctl lease timetolive 694da1fb14147a0a --keys
  lease 694da1fb14147a0a granted with TTL(300s), remaining(...s), attached keys([session/1])
  $ kvctl lease keep-alive --once 694da1fb14147a0a
  lease 694da1fb14147a0a keepalived with TTL(300)
  $ kvctl lease revoke 694da1fb14147a0a
  lease 694da1fb14147a0a revoked
  $ kvctl get session/1

'kvctl lease keep-alive' without --once renews until it is stopped. Put a key without --lease, and it hangs on no lease
any more; --ignore-lease leaves it where it is.

Locks and elections are keys on leases: whoever holds one and dies loses it when the lease ends (--ttl of 'kvctl lock').
After SIGINT and SIGTERM they are given back at once.

  $ kvctl lock backup -- echo "only one at a time"
  only one at a time`,
};
