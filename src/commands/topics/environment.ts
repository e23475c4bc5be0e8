import type { Topic } from './topic.ts';

export const environment: Topic = {
  name: 'environment',
  title: 'Environment variables and files',
  commands: ['options', 'context'],
  text: `Every global flag has a variable: ETCDCTL_ and its name in capitals, '-' as '_'. A flag and its variable together
are an error, as in etcdctl.

  ETCDCTL_ENDPOINTS, ETCDCTL_WRITE_OUT, ETCDCTL_HEX, ETCDCTL_DEBUG, ETCDCTL_USER, ETCDCTL_PASSWORD, ETCDCTL_CERT,
  ETCDCTL_KEY, ETCDCTL_CACERT, ETCDCTL_COMMAND_TIMEOUT, ETCDCTL_DIAL_TIMEOUT, ETCDCTL_DISCOVERY_SRV, ...

  $ ETCDCTL_WRITE_OUT=json kvctl put k v
  {"header":{...}}

Others:

  ETCDCTL_CLUSTER         --cluster of 'endpoint' commands
  ETCDCTL_WATCH_KEY       key of 'watch', with ETCDCTL_WATCH_RANGE_END
  ETCD_*                  flags of 'kvctl serve': ETCD_DATA_DIR, ETCD_NAME, ...
  KVCTL_CONTEXT           the context to take (see 'kvctl help connection')
  KVCTL_CONFIG            file of contexts (default kvctl/contexts.json in XDG_CONFIG_HOME or ~/.config)
  NO_COLOR                anything: no colours
  EDITOR, VISUAL          of 'kvctl edit'`,
};
