/** Tells the cluster this member's name and client URLs, again and again until it knows them. */
import type { Clock } from '../core/ports/clock.ts';
import { ClusterMemberAttrSetRequest } from '../core/wire/gen/membership.ts';
import { Op } from '../core/wire/proposal.ts';
import type { MemberOptions } from './options.ts';
import type { Propose } from './parts.ts';

/** Pause before the next try. */
const RETRY_MS = 500;

export interface PublisherOptions {
  readonly clock: Clock;
  readonly member: Pick<MemberOptions, 'memberId' | 'name' | 'clientURLs'>;
  readonly propose: Propose;
  onPublished(): void;
}

export class Publisher {
  private readonly o: PublisherOptions;
  private stopped = false;

  constructor(options: PublisherOptions) {
    this.o = options;
  }

  start(): void {
    if (this.stopped) return;
    const { clock, member, propose, onPublished } = this.o;
    const memberAttributes = { name: member.name, clientUrls: [...member.clientURLs] };
    const request = { memberID: member.memberId, memberAttributes };
    propose(Op.ClusterMemberAttrSet, request, ClusterMemberAttrSetRequest.write, (error) => {
      if (error) clock.after(RETRY_MS, () => this.start());
      else onPublished();
    });
  }

  stop(): void {
    this.stopped = true;
  }
}
