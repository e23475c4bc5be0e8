/** How a node gets into a configuration: by a change that was committed, or with a snapshot. */
import { type Changed, Changer, restoreConfig } from './confchange.ts';
import { describeConfState, hex } from './describe.ts';
import { broadcastAppend, maybeCommit, maybeSendAppend } from './leader.ts';
import type { Raft } from './raft.ts';
import { describeConfig, Tracker } from './tracker.ts';
import {
  type ChangeSet,
  type ConfState,
  entersJoint,
  leavesJoint,
  NONE,
  type Snapshot,
  State,
} from './types.ts';

/** Takes a leader's snapshot; false if it brings nothing. */
export function restoreSnapshot(r: Raft, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata!;
  if (index <= r.log.committed) return false;
  if (r.state !== State.Follower) {
    r.logger.warn(`${hex(r.id)} attempted to restore snapshot as leader; should never happen`);
    r.becomeFollower(r.term + 1, NONE);
    return false;
  }
  const conf = confState!;
  const known = [...conf.voters, ...conf.learners, ...conf.votersOutgoing];
  if (!known.includes(r.id)) {
    r.logger.warn(
      `${hex(r.id)} attempted to restore snapshot but it is not in the ConfState ${describeConfState(conf)}; should never happen`,
    );
    return false;
  }
  const { log } = r;
  const at = `${hex(r.id)} [commit: ${log.committed}, lastindex: ${log.lastIndex()}, lastterm: ${log.lastTerm()}]`;
  if (log.matchTerm(index, term)) {
    r.logger.info(`${at} fast-forwarded commit to snapshot [index: ${index}, term: ${term}]`);
    log.commitTo(index);
    return false;
  }
  log.restore(snapshot);
  const fresh = new Tracker(r.config.maxInflightMsgs, r.config.maxInflightBytes ?? 0);
  restoreConfig(fresh, conf, log.lastIndex());
  switchConfig(r, { config: fresh.config, progress: fresh.progress });
  const own = r.tracker.progress.get(r.id)!;
  own.maybeUpdate(own.next - 1);
  r.logger.info(
    `${hex(r.id)} [commit: ${log.committed}, lastindex: ${log.lastIndex()}, lastterm: ${log.lastTerm()}] restored snapshot [index: ${index}, term: ${term}]`,
  );
  return true;
}

/** @throws RaftError when the change is invalid: entries are validated before they are proposed. */
export function applyConfChange(r: Raft, cc: ChangeSet): ConfState {
  const changer = new Changer(r.tracker, r.log.lastIndex());
  const joint = entersJoint(cc);
  if (leavesJoint(cc)) return switchConfig(r, changer.leaveJoint());
  return switchConfig(
    r,
    joint ? changer.enterJoint(joint.autoLeave, cc.changes) : changer.simple(cc.changes),
  );
}

export function switchConfig(r: Raft, { config, progress }: Changed): ConfState {
  r.tracker.set(config, progress);
  r.logger.info(`${hex(r.id)} switched to configuration ${describeConfig(config)}`);
  const confState = r.tracker.confState();
  const own = progress.get(r.id);
  if ((!own || own.isLearner) && r.state === State.Leader) {
    if (r.config.stepDownOnRemoval) r.becomeFollower(r.term, NONE);
    return confState;
  }
  if (r.state !== State.Leader || confState.voters.length === 0) return confState;
  // The change may have made more entries committed, or there may be someone new to tell.
  if (maybeCommit(r)) broadcastAppend(r);
  else for (const id of r.tracker.ids) if (id !== r.id) maybeSendAppend(r, id, false);
  if (r.leadTransferee !== NONE && !r.tracker.isVoter(r.leadTransferee)) r.leadTransferee = NONE;
  return confState;
}
