/** What a person at a terminal needs to know of the cluster that has just begun to serve. */
import { table } from '../printer/table.ts';
import { dataDirectory, dataDirFlag } from './directory.ts';
import { type ClusterPlan, clientUrl, endpointsOf, peerUrl } from './plan.ts';

export function introduction(directory: string, plan: ClusterPlan): string {
  const { members } = plan;
  const rows = members.map((m) => [m.name, clientUrl(m), peerUrl(m), dataDirectory(directory, m)]);
  const last = `${members[members.length - 1].name}${dataDirFlag(directory)}`;
  return `
${table(['name', 'client url', 'peer url', 'data'], rows)}

In another terminal:

  export ETCDCTL_ENDPOINTS=${endpointsOf(members)}
  npx kvctl put greeting hello
  npx kvctl cluster status${dataDirFlag(directory)}
  npx kvctl cluster stop-member ${last}
  npx kvctl cluster start-member ${last}

Ctrl-C stops all members. The data stays, and the same command starts them again.

`;
}
