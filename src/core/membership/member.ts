/**
 * A member of the cluster as it is stored, sent and shown. Its JSON form is etcd's: key order id, peerURLs, isLearner,
 * name, clientURLs; the last three left out when empty; the id a bare decimal that exceeds 2^53.
 */

export interface ClusterMember {
  readonly id: bigint;
  readonly peerURLs: readonly string[];
  readonly isLearner: boolean;
  /** Empty until the member has started for the first time. */
  readonly name: string;
  readonly clientURLs: readonly string[];
}

/** Lower-case hex without leading zeros: ids in logs, headers and bucket keys. */
export function hexId(id: bigint): string {
  return id.toString(16);
}

export function memberJson(member: ClusterMember, promote = false): string {
  const urls = promote ? 'null' : JSON.stringify(member.peerURLs);
  let out = `{"id":${member.id},"peerURLs":${urls}`;
  if (member.isLearner) out += ',"isLearner":true';
  if (member.name) out += `,"name":${JSON.stringify(member.name)}`;
  if (member.clientURLs.length > 0) out += `,"clientURLs":${JSON.stringify(member.clientURLs)}`;
  if (promote) out += ',"isPromote":true';
  return out + '}';
}

export interface MemberChange extends ClusterMember {
  readonly isPromote: boolean;
}

/** @throws SyntaxError when `text` is not such a JSON object. */
export function parseMember(text: string): MemberChange {
  const quoted = text.replace(/("id"\s*:\s*)(\d+)/, '$1"$2"');
  const raw = JSON.parse(quoted) as Record<string, unknown>;
  return {
    id: BigInt((raw.id as string | undefined) ?? '0'),
    peerURLs: (raw.peerURLs as string[] | null | undefined) ?? [],
    isLearner: raw.isLearner === true,
    name: (raw.name as string | undefined) ?? '',
    clientURLs: (raw.clientURLs as string[] | undefined) ?? [],
    isPromote: raw.isPromote === true,
  };
}
