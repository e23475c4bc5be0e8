/** What a member tells its shell, as log lines (in etcd's words) and metrics. */
import { type ClusterMember, hexId } from '../core/membership/member.ts';
import type { AutoCompaction } from '../member/auto-compactor.ts';
import type { MemberEvents } from '../member/events.ts';
import { logCorruptionReport } from './corruption.ts';
import { goDuration, type Logger, sizeFields } from './logging/index.ts';
import type { Metrics } from './metrics/index.ts';

export interface MemberLogOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly memberId: bigint;
  readonly clusterId: bigint;
  onPublished(): void;
  onFatal(error: Error): void;
  onRemoved(): void;
  onMembershipChanged(id: bigint, member: ClusterMember | undefined): void;
  onMembershipRestored(members: readonly ClusterMember[]): void;
}

/** Only what is alive counts, so nobody has to defragment to write again. */
const MAKE_ROOM =
  'delete keys or drop old revisions (kvctl compaction <revision>), or give --quota-backend-bytes more; then kvctl alarm disarm';

function policyFields(policy: AutoCompaction): Record<string, unknown> {
  if (policy.mode === 'periodic') return { 'compact-period': goDuration(policy.retentionMs) };
  return policy.mode === 'revision' ? { 'revision-compaction-retention': policy.retention } : {};
}

export function memberEvents(o: MemberLogOptions): MemberEvents {
  const { logger, metrics } = o;
  const raft = logger.with({ logger: 'raft', caller: 'member/raft-loop.ts' });
  const local = hexId(o.memberId);
  const ids = { 'cluster-id': hexId(o.clusterId), 'local-member-id': local };
  let lead = 0n;
  let version: string | undefined;
  return {
    onFatal: o.onFatal,
    onRemoved: o.onRemoved,
    onPublished: o.onPublished,
    onLeader(leader, term) {
      if (lead === 0n) raft.info(`raft.node: ${local} elected leader ${hexId(leader)} at term ${term}`);
      else if (leader === 0n) raft.info(`raft.node: ${local} lost leader ${hexId(lead)} at term ${term}`);
      else
        raft.info(
          `raft.node: ${local} changed leader from ${hexId(lead)} to ${hexId(leader)} at term ${term}`,
        );
      lead = leader;
      metrics.server.hasLeader.set(leader === 0n ? 0 : 1);
      metrics.server.isLeader.set(leader === o.memberId ? 1 : 0);
      if (leader !== 0n) metrics.server.leaderChanges.inc();
    },
    onClusterVersion(next) {
      const short = next.split('.').slice(0, 2).join('.');
      if (version === undefined)
        logger.info('set initial cluster version', { ...ids, 'cluster-version': short });
      else logger.info('updated cluster version', { ...ids, from: version, to: short });
      logger.info('enabled capabilities for version', { 'cluster-version': short });
      if (version !== undefined) metrics.server.clusterVersion.labels(version).set(0);
      metrics.server.clusterVersion.labels(short).set(1);
      version = short;
    },
    onRequestTooLarge(size, limit) {
      logger.warn('request is too large', { 'request-size-bytes': size, 'max-request-bytes': limit });
    },
    onFlushed(milliseconds) {
      metrics.disk.backendCommit.observe(milliseconds / 1000);
    },
    onCompacted(revision, milliseconds) {
      logger.info('finished scheduled compaction', {
        'compact-revision': revision,
        took: goDuration(milliseconds),
      });
      metrics.debugging.mvcc.compactionLast.set(Math.floor(Date.now() / 1000));
    },
    onSpace({ kind, used, quota }) {
      const fields = { ...sizeFields('quota-size', quota), ...sizeFields('in-use', used) };
      if (kind === 'near') {
        metrics.server.quotaWarnings.inc();
        logger.warn('database is nearly full: over 80% of the quota is in use', fields);
      } else if (kind === 'disarmed') logger.info('there is room again; NOSPACE alarm disarmed', fields);
      else
        logger.warn('message exceeded backend quota; raising alarm', { ...fields, 'what-to-do': MAKE_ROOM });
    },
    onAutoCompaction(report, policy) {
      const fields = { revision: report.revision, ...policyFields(policy) };
      const what = `auto ${policy.mode} compaction`;
      if (report.kind === 'starting') logger.info(`starting ${what}`, fields);
      else if (report.kind === 'completed')
        logger.info(`completed ${what}`, { ...fields, took: goDuration(report.tookMs) });
      else {
        const retry = { 'retry-interval': goDuration(report.retryMs), error: report.error.message };
        logger.warn(`failed ${what}`, { ...fields, ...retry });
      }
    },
    onCorruptionCheck: (report) => logCorruptionReport(logger, report),
    onSnapshot(index) {
      logger.info('saved snapshot to disk', { 'snapshot-index': index });
    },
    onSlowRead() {
      metrics.server.slowReadIndexes.inc();
      logger.warn('waiting for ReadIndex response took too long, retrying', { 'retry-timeout': '500ms' });
    },
    onSnapshotSend({ kind, to, index, error }) {
      const fields = { from: local, to: hexId(to), 'snapshot-index': index };
      if (kind === 'sending') logger.info('sending merged snapshot', fields);
      else if (kind === 'sent') logger.info('sent merged snapshot', fields);
      else logger.warn('failed to send merged snapshot', { ...fields, error });
    },
    onSnapshotInstall({ kind, index, term, snapshotIndex, appliedIndex }) {
      metrics.server.snapshotApplyInProgress.set(kind === 'applying' ? 1 : 0);
      logger.info(`${kind} snapshot`, {
        'current-snapshot-index': snapshotIndex,
        'current-applied-index': appliedIndex,
        'incoming-leader-snapshot-index': index,
        'incoming-leader-snapshot-term': term,
      });
    },
    onMembershipApplied(kind, { id, peerURLs, isLearner }) {
      const urls = peerURLs;
      if (kind === 'added')
        logger.info('added member', {
          ...ids,
          'added-peer-id': hexId(id),
          'added-peer-peer-urls': urls,
          'added-peer-is-learner': isLearner,
        });
      else if (kind === 'promoted')
        logger.info('promote member', { ...ids, 'promoted-member-id': hexId(id) });
      else {
        const label = `${kind}-remote-peer`;
        logger.info(`${kind} member`, { ...ids, [`${label}-id`]: hexId(id), [`${label}-urls`]: urls });
      }
    },
    onMembershipChanged: o.onMembershipChanged,
    onMembershipRestored: o.onMembershipRestored,
  };
}
