/** Is the membership what the committed changes have made it, everywhere, and is no acknowledged change lost? */
import type { RawNode } from '../../src/core/raft/index.ts';
import type { Member } from '../../src/member/member.ts';
import type { Book } from './book.ts';
import type { History } from './history.ts';
import { membersText } from './membership-model.ts';

/** The consensus core of a member: nobody outside has to do with it, but for those who look into it, or break it. */
export function coreOf(member: Member): RawNode['raft'] {
  return (member as unknown as { p: { raft: RawNode } }).p.raft.raft;
}

const text = (ids: Iterable<bigint>): string => [...ids].sort().join(' ');

/** @returns what is wrong with the members as one member has them */
export function checkMembers(member: Member, { membership }: Book): string | undefined {
  const have = membersText(member.cluster.members());
  const right = membership.text();
  if (have !== right) return `has the members ${have}, by the rules ${right}`;
  if (text(member.cluster.removedIds()) !== text(membership.removed))
    return `has removed ${text(member.cluster.removedIds())}, by the rules ${text(membership.removed)}`;
  const { voters, learners } = coreOf(member).tracker.confState();
  const byRules = [text(membership.withRole(false)), text(membership.withRole(true))];
  if (text(voters) !== byRules[0]) return `votes are those of ${text(voters)}, by the rules ${byRules[0]}`;
  if (text(learners) !== byRules[1]) return `learners are ${text(learners)}, by the rules ${byRules[1]}`;
  return undefined;
}

/** @returns what is wrong with the answers that changes got */
export function checkChanges({ calls }: History, book: Book): string[] {
  const wrong: string[] = [];
  for (const call of calls) {
    if (call.kind !== 'change' || call.members === undefined) continue;
    const made = book.membership.made.filter(
      ({ index, kind, id }) =>
        kind === call.change && id === call.id && book.committedSince[index - 1].at <= call.returnedAt!,
    );
    const what = `${call.change} ${call.id?.toString(16)}`;
    if (made.length === 0) wrong.push(`${what} was acknowledged and is lost`);
    else if (!made.some(({ members }) => members === call.members))
      wrong.push(`${what} was answered "${call.members}", by the rules "${made[0].members}"`);
  }
  return wrong;
}
