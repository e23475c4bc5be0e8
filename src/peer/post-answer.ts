/** What the answer to a posted raft message means. */
import type { IncomingMessage } from 'node:http';
import { header, type LocalPeer } from './headers.ts';
import type { PeerLog } from './peer-log.ts';

/** Longest text of a refusal that is read, and how long it is waited for. */
const MAX_REFUSAL_BYTES = 4096;
const REFUSAL_TIMEOUT_MS = 5000;

export interface PostAnswer {
  /** undefined: the message arrived. */
  readonly failure: string | undefined;
  /** The peer says that this member is no longer part of the cluster. */
  readonly removed: boolean;
}

/** Reads the answer to its end; `done` is called once. */
export function readPostAnswer(
  response: IncomingMessage,
  about: {
    readonly url: string;
    readonly local: LocalPeer;
    readonly remoteId: bigint;
    readonly log: PeerLog;
  },
  done: (answer: PostAnswer) => void,
): void {
  if (response.statusCode === 204) {
    response.resume();
    return done({ failure: undefined, removed: false });
  }
  let text = '';
  response.setEncoding('utf8');
  response.setTimeout(REFUSAL_TIMEOUT_MS, () => response.destroy());
  response.on('error', () => {});
  response.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > MAX_REFUSAL_BYTES) response.destroy();
  });
  response.on('close', () => {
    const failure = meaning(response, text.trim(), about);
    done({ failure, removed: response.statusCode === 403 });
  });
}

function meaning(
  response: IncomingMessage,
  text: string,
  { url, local, remoteId, log }: Parameters<typeof readPostAnswer>[1],
): string {
  const remote = { 'remote-peer-id': remoteId.toString(16) };
  if (response.statusCode === 403) return 'the member has been permanently removed from the cluster';
  if (response.statusCode !== 412)
    return `unexpected http status ${response.statusMessage} while posting to "${url}"`;
  if (text === 'incompatible version') log.error('request sent was ignored by peer', remote);
  else if (text === 'cluster ID mismatch') {
    log.error('request sent was ignored due to cluster ID mismatch', {
      ...remote,
      'remote-peer-cluster-id': header(response.headers, 'x-etcd-cluster-id'),
      'local-member-cluster-id': local.clusterId.toString(16),
    });
  } else return `unhandled error ${JSON.stringify(text)} when precondition failed`;
  return text;
}
