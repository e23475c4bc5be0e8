/** What a member asks of the others over the peer port (`Peers`): the leader above all, again and again until it answers. */
import { type Done, ERR, type EtcdError } from '../../src/core/errors.ts';
import { attempt } from '../../src/core/failure.ts';
import type { ClusterMember } from '../../src/core/membership/member.ts';
import type { KvHash } from '../../src/core/mvcc/store.ts';
import type { PeerHash } from '../../src/member/corruption-rules.ts';
import type { Member } from '../../src/member/member.ts';
import type { Peers } from '../../src/member/peers.ts';
import type { Network } from './network.ts';
import { finish } from './replay.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

const RETRY_MS = 50;
const TIMEOUT_MS = 7000;
const VERSION = '3.7.1';

/** Refusals that reach the one who asked; all others make it ask again. */
const FINAL: ReadonlySet<EtcdError> = new Set([
  ERR.LeaseNotFound,
  ERR.MemberNotFound,
  ERR.MemberNotLearner,
  ERR.LearnerNotReady,
]);

type Answer<T> = { readonly error: EtcdError | undefined; readonly value: T | undefined };

export interface QuestionsOptions {
  readonly world: World;
  readonly network: Network;
  readonly node: () => SimNode;
  newMemberId(peerURLs: readonly string[]): bigint;
}

export function peersOf(o: QuestionsOptions): Peers {
  const { world, network, node } = o;
  return {
    activeSince(id) {
      const since = network.connectedSince(node(), id);
      const member = node().member;
      // On the clock of the member itself.
      return since === undefined || !member ? undefined : since + node().now() - world.now();
    },
    lowestVersion(members, done) {
      const others = members.filter(({ id }) => id !== node().id);
      askAll(
        o,
        others,
        (_member, answer) => answer(VERSION),
        (answers) => {
          done([...answers.values()].includes(undefined) ? undefined : VERSION);
        },
      );
    },
    hashes: (members, revision, done) =>
      askAll<PeerHash | undefined>(o, members, (member, answer) => answer(hashOf(member, revision)), done),
    promote: (id, done) => askLeader(o, (member, answer) => member.membership.promoteHere(id, answer), done),
    newMemberId: o.newMemberId,
    leases: {
      renew: (id, done) => askLeader(o, (member, answer) => member.leases.renewHere(id, answer), done),
      timeToLive: (id, withKeys, done) =>
        askLeader(o, (member, answer) => member.leases.timeToLiveHere(id, withKeys, answer), done),
    },
  };
}

/** Each of the members once; undefined: no answer came. */
function askAll<T>(
  { network, node }: QuestionsOptions,
  members: readonly ClusterMember[],
  question: (member: Member, answer: (value: T) => void) => void,
  done: (answers: ReadonlyMap<bigint, T | undefined>) => void,
): void {
  const answers = new Map<bigint, T | undefined>();
  const answered = (id: bigint, value: T | undefined): void => {
    answers.set(id, value);
    if (answers.size === members.length) done(answers);
  };
  if (members.length === 0) return done(answers);
  for (const { id } of members) {
    const other = network.node(id);
    if (!other) answered(id, undefined);
    else
      network.ask<T>(node(), other, question, (value) => answered(id, value === 'lost' ? undefined : value));
  }
}

/** undefined: refused (compacted, or not there yet). */
function hashOf({ store }: Member, revision: number): PeerHash | undefined {
  let hash: KvHash | undefined;
  if (attempt(() => (hash = finish(store.hashKV(revision))))) return undefined;
  return { ...hash!, currentRevision: store.currentRevision };
}

function askLeader<T>(
  { world, network, node }: QuestionsOptions,
  question: (member: Member, answer: Done<T>) => void,
  done: Done<T>,
): void {
  const deadline = world.now() + TIMEOUT_MS;
  const back = node().life();
  const again = (): void => {
    world.clock.after(RETRY_MS, () => back(attempt));
  };
  const attempt = (self: Member): void => {
    if (world.now() >= deadline) return done(ERR.Timeout);
    const leader = network.node(self.leader());
    if (!leader) return again();
    network.ask<Answer<T>>(
      node(),
      leader,
      (member, answer) => question(member, (error, value) => answer({ error, value })),
      (answer) => {
        if (answer === 'lost') return again();
        if (!answer.error) return done(undefined, answer.value);
        if (FINAL.has(answer.error)) return done(answer.error);
        again();
      },
    );
  };
  const self = node().member;
  if (self) attempt(self);
}
