/** What a replica does with the leader's appends, heartbeats and snapshots, whatever role it had when they came. */
import { restoreSnapshot } from './configuration.ts';
import { hex } from './describe.ts';
import type { Raft } from './raft.ts';
import { type Message, MessageType } from './types.ts';

export function handleAppend(r: Raft, m: Message): void {
  const { log } = r;
  if (m.index < log.committed) {
    r.send({ type: MessageType.MsgAppResp, to: m.from, index: log.committed });
    return;
  }
  const last = log.maybeAppend({
    index: m.index,
    logTerm: m.logTerm,
    committed: m.commit,
    entries: m.entries,
  });
  if (last !== undefined) {
    r.send({ type: MessageType.MsgAppResp, to: m.from, index: last });
    return;
  }
  r.logger.debug(
    `${hex(r.id)} [logterm: ${log.termOrZero(m.index)}, index: ${m.index}] rejected MsgApp [logterm: ${m.logTerm}, index: ${m.index}] from ${hex(m.from)}`,
  );
  // Where our log may meet the leader's: past all entries of terms that the leader can't have there.
  const hint = log.findConflictByTerm(Math.min(m.index, log.lastIndex()), m.logTerm);
  r.send({
    type: MessageType.MsgAppResp,
    to: m.from,
    index: m.index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term,
  });
}

export function handleHeartbeat(r: Raft, m: Message): void {
  r.log.commitTo(m.commit);
  r.send({ type: MessageType.MsgHeartbeatResp, to: m.from, context: m.context });
}

export function handleSnapshot(r: Raft, m: Message): void {
  const snapshot = m.snapshot!;
  const { index, term } = snapshot.metadata!;
  const restored = restoreSnapshot(r, snapshot);
  r.logger.info(
    `${hex(r.id)} [commit: ${r.log.committed}] ${restored ? 'restored' : 'ignored'} snapshot [index: ${index}, term: ${term}]`,
  );
  const known = restored ? r.log.lastIndex() : r.log.committed;
  r.send({ type: MessageType.MsgAppResp, to: m.from, index: known });
}
