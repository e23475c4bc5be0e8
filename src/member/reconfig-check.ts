/**
 * The strict reconfiguration check (--strict-reconfig-check): a change of the membership is not even proposed when it
 * could leave the cluster without a quorum. Asked on the member that was called, with what it sees of the others.
 */
import { ERR, type EtcdError } from '../core/errors.ts';
import type { Cluster } from '../core/membership/cluster.ts';
import type { ClusterMember } from '../core/membership/member.ts';

/** A member counts as healthy when it has been connected for so long. */
const HEALTHY_MS = 5000;

export interface ReconfigCheckOptions {
  readonly cluster: Cluster;
  readonly localId: bigint;
  now(): number;
  activeSince(id: bigint): number | undefined;
}

const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1;
/** A member has started once it has told its name. */
const isStarted = (m: ClusterMember): boolean => m.name !== '';

export class ReconfigCheck {
  private readonly o: ReconfigCheckOptions;

  constructor(options: ReconfigCheckOptions) {
    this.o = options;
  }

  cannotAddVoter(): EtcdError | undefined {
    const voters = this.o.cluster.voters();
    const started = voters.filter(isStarted).length;
    const after = voters.length + 1;
    // One started member may always get a second one: otherwise no cluster could grow from one.
    if (!(started === 1 && after === 2) && started < quorumOf(after)) return ERR.MemberNotEnoughStarted;
    return this.cannotAddLearner();
  }

  /** The new member counts as down until it has proven otherwise. */
  cannotAddLearner(): EtcdError | undefined {
    const voters = this.o.cluster.voters();
    if (voters.length <= 1 || this.healthy(voters) >= quorumOf(voters.length + 1)) return undefined;
    return ERR.Unhealthy;
  }

  cannotPromote(): EtcdError | undefined {
    const voters = this.o.cluster.voters();
    const started = voters.filter(isStarted).length + 1;
    return started < quorumOf(voters.length + 1) ? ERR.MemberNotEnoughStarted : undefined;
  }

  cannotRemove(id: bigint): EtcdError | undefined {
    const { cluster, localId, activeSince } = this.o;
    if (cluster.member(id)?.isLearner) return undefined;
    const voters = cluster.voters();
    const rest = voters.filter((m) => m.id !== id);
    if (rest.filter(isStarted).length < quorumOf(rest.length)) return ERR.MemberNotEnoughStarted;
    // A member that is down takes nothing away with it.
    if (id !== localId && activeSince(id) === undefined) return undefined;
    const remaining = this.healthy(voters) - 1;
    return remaining < quorumOf(voters.length - 1) ? ERR.Unhealthy : undefined;
  }

  private healthy(members: readonly ClusterMember[]): number {
    const { localId, activeSince, now } = this.o;
    const latest = now() - HEALTHY_MS;
    return members.filter(
      ({ id }) => id === localId || (activeSince(id) ?? Number.POSITIVE_INFINITY) <= latest,
    ).length;
  }
}
