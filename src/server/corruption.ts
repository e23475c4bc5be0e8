/** Corruption checks, as the configuration has them and as the log tells of them; in etcd's words where it has some. */
import { type ClusterMember, hexId } from '../core/membership/member.ts';
import type { CorruptionChecks, CorruptionReport } from '../member/corruption-check.ts';
import { checkAtStart } from '../member/corruption-start.ts';
import type { Member } from '../member/member.ts';
import type { Peers } from '../member/peers.ts';
import { askVersions } from '../peer/index.ts';
import type { ServerConfig } from './config/index.ts';
import type { Logger } from './logging/index.ts';
import { StartError } from './start-error.ts';
import { systemClock } from './system-clock.ts';

/** A member that serves its peers answers in this time. */
const SERVING_TIMEOUT_MS = 500;

export function corruptionChecks(config: ServerConfig): CorruptionChecks {
  return {
    everyMs: config.corruptCheckTimeMs,
    compactionsEveryMs: config.gates.CompactHashCheck ? config.compactHashCheckTimeMs : 0,
  };
}

/** Only members that have been in the cluster before have something to compare. @throws StartError */
export async function checkCorruptionAtStart(member: Member, peers: Peers, logger: Logger): Promise<void> {
  const others = member.cluster.members().filter((m: ClusterMember) => m.id !== member.memberId);
  if (others.length === 0) return;
  const about = { 'local-member-id': hexId(member.memberId) };
  logger.info('starting initial corruption check', about);
  const result = await checkAtStart({
    clock: systemClock,
    store: member.store,
    peers,
    others: await serving(others),
  });
  if (result.different.length > 0) {
    logger.warn('found different hash values from remote peers', {
      ...about,
      revision: result.revision,
      'remote-peer-ids': result.different.map(hexId),
    });
    throw new StartError(
      `${hexId(member.memberId)} found data inconsistency with peers. Find out who is right with ` +
        '"kvctl endpoint hashkv --cluster"; then remove the member that is not, and add it again with an empty data directory',
    );
  }
  logger.info('initial corruption checking passed; no corruption', {
    ...about,
    revision: result.revision,
    'compared-peers': result.compared.length,
  });
}

/** A cluster that starts as a whole must not wait for hashes that nobody can give yet. */
async function serving(members: readonly ClusterMember[]): Promise<ClusterMember[]> {
  const answers = await Promise.all(members.map((m) => askVersions(m.peerURLs, SERVING_TIMEOUT_MS)));
  return members.filter((_, i) => answers[i] !== undefined);
}

export function logCorruptionReport(logger: Logger, report: CorruptionReport): void {
  switch (report.kind) {
    case 'clean':
      logger.info('finished corruption check; no corruption', {
        revision: report.revision,
        'number-of-peers': report.peers,
        'number-of-peers-checked': report.answers,
      });
      break;
    case 'failed':
      logger.warn('failed corruption check', { error: report.error.message });
      break;
    case 'corrupt':
      logger.error('data of a member is not what the others have; raising alarm CORRUPT', {
        'member-id': hexId(report.id),
        why: report.why,
        'what-to-do':
          'writes are refused until somebody has looked: kvctl endpoint hashkv --cluster; remove the member that differs and add it again with an empty data directory; then kvctl alarm disarm',
      });
  }
}
