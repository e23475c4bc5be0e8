/** Tells the cluster this member's name and client URLs, again and again until it knows them. */
import type { Clock } from '../core/ports/clock.ts';
import { ClusterMemberAttrSetRequest } from '../core/wire/gen/membership.ts';
import { Op } from '../core/wire/proposal.ts';
import type { MemberOptions } from './options.ts';
import type { Propose } from './parts.ts';

/** Pause before the second try, and twice that before each further one, up to the longest. */
const RETRY_MS = 20;
const LONGEST_RETRY_MS = 500;

export interface PublisherOptions {
  readonly clock: Clock;
  readonly member: Pick<MemberOptions, 'memberId' | 'name' | 'clientURLs'>;
  readonly propose: Propose;
  onPublished(): void;
}

export class Publisher {
  private readonly o: PublisherOptions;
  private stopped = false;
  /** Too soon is common: a member that has a long log to apply takes nothing new at first. */
  private pauseMs = RETRY_MS;

  constructor(options: PublisherOptions) {
    this.o = options;
  }

  start(): void {
    if (this.stopped) return;
    const { clock, member, propose, onPublished } = this.o;
    const memberAttributes = { name: member.name, clientUrls: [...member.clientURLs] };
    const request = { memberID: member.memberId, memberAttributes };
    propose(Op.ClusterMemberAttrSet, request, ClusterMemberAttrSetRequest.write, (error) => {
      if (!error) return onPublished();
      clock.after(this.pauseMs, () => this.start());
      this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_RETRY_MS);
    });
  }

  stop(): void {
    this.stopped = true;
  }
}
