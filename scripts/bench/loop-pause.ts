/** The longest pause of a server's event loop since it was asked last, as its metrics tell it. */
import { request } from 'undici';
import type { Cluster } from './servers.ts';

const GAUGE = /^nodejs_eventloop_pause_longest_seconds (\S+)$/m;

/** Milliseconds, of the first member; undefined for a server that does not tell (etcd). */
export async function longestPauseMs({ endpoints }: Cluster): Promise<number | undefined> {
  const { body } = await request(`http://${endpoints[0]}/metrics`);
  const seconds = GAUGE.exec(await body.text())?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
