/**
 * Are leases kept to? A renewal promises the lease for its TTL from the moment it was asked for; so does a grant. Only
 * whoever asks for it, or time, may end one, and what a quorum has ended is not renewed.
 */
import type { Moment } from './book.ts';
import type { Call, LifeQuestion, Renewal, Write } from './history.ts';

export interface Ending {
  readonly lease: bigint;
  /** Of the log. */
  readonly index: number;
  /** When the entry was handed to a log, in milliseconds. */
  readonly since: number;
  /** undefined: nobody can tell. */
  readonly committed: Moment | undefined;
  /** undefined: the cluster ended it by itself. */
  readonly write: Write | undefined;
}

export interface Granting {
  readonly lease: bigint;
  /** Seconds. */
  readonly ttl: number;
  readonly write: Write | undefined;
}

/**
 * When members began to lead, and how long the one before may not know: it was cut off, and gives up when it has not heard
 * from a quorum for as long as an election takes. Until then it renews what it knows, as in etcd.
 */
export interface Overlaps {
  readonly leaders: readonly { readonly at: number }[];
  readonly overlapMs: number;
}

/** More than a new leader puts on top of a lease, in seconds. */
const EXTENSION_SECONDS = 11;

export class LeaseCheck {
  private readonly grantings = new Map<bigint, Granting[]>();
  private readonly endings = new Map<bigint, Ending[]>();
  private readonly say: (what: string) => void;
  private readonly overlaps: Overlaps;

  constructor(overlaps: Overlaps, say: (what: string) => void) {
    this.overlaps = overlaps;
    this.say = say;
  }

  granted(granting: Granting): void {
    append(this.grantings, granting);
  }

  ended(ending: Ending): void {
    append(this.endings, ending);
  }

  check(calls: readonly Call[]): void {
    const renewals = new Map<bigint, Renewal[]>();
    for (const call of calls) {
      if (call.kind === 'renewal') {
        append(renewals, call);
        this.checkRenewal(call);
      } else if (call.kind === 'life') this.checkLife(call);
    }
    for (const [lease, endings] of this.endings) {
      // Granted again under its old id: what was said before is about another lease.
      if (this.grantsOf(lease) !== 1) continue;
      for (const ending of endings) this.checkEnding(ending, renewals.get(lease) ?? []);
    }
  }

  private grantsOf(lease: bigint): number {
    return this.grantings.get(lease)?.length ?? 0;
  }

  private checkRenewal({ lease, ttl, invoked, invokedAt, returned }: Renewal): void {
    if (returned === undefined || ttl === undefined || this.grantsOf(lease) > 1) return;
    if (ttl > 0) this.mustLive(lease, { invoked, invokedAt }, 'was renewed');
    else this.mustBeGone(lease, invoked, returned, 'its renewal was refused');
  }

  private checkLife({ lease, granted, remaining, invoked, invokedAt, returned }: LifeQuestion): void {
    if (returned === undefined || this.grantsOf(lease) > 1) return;
    if (granted === undefined || remaining === undefined)
      return this.mustBeGone(lease, invoked, returned, 'was said not to be');
    this.mustLive(lease, { invoked, invokedAt }, 'was said to live');
    const ttl = this.grantings.get(lease)?.[0]?.ttl;
    if (granted !== ttl) this.say(`lease ${lease} was said to be granted for ${granted} s, not ${ttl}`);
    if (remaining > granted + EXTENSION_SECONDS)
      this.say(`lease ${lease} was said to have ${remaining} s left of ${granted}`);
  }

  /** Nobody who asks later than a quorum has ended it hears that it lives, unless from a leader that was just replaced. */
  private mustLive(
    lease: bigint,
    { invoked, invokedAt }: Pick<Renewal, 'invoked' | 'invokedAt'>,
    what: string,
  ): void {
    const { leaders, overlapMs } = this.overlaps;
    if (leaders.some(({ at }) => at <= invokedAt && invokedAt < at + overlapMs)) return;
    const before = this.endings
      .get(lease)
      ?.find(({ committed }) => committed !== undefined && committed.tick < invoked);
    if (before) this.say(`lease ${lease} ${what} after it was ended (entry ${before.index})`);
  }

  private mustBeGone(lease: bigint, invoked: number, returned: number, what: string): void {
    const [granting] = this.grantings.get(lease) ?? [];
    const granted = granting?.write?.returned !== undefined && granting.write.returned < invoked;
    const gone = this.endings.get(lease)?.some(({ write }) => !write || write.invoked < returned) ?? false;
    if (granted && !gone) this.say(`lease ${lease} was there, and ${what}`);
  }

  /** The cluster may end a lease only when its time is over. */
  private checkEnding({ lease, since, index, write }: Ending, renewals: readonly Renewal[]): void {
    if (write) return;
    const [granting] = this.grantings.get(lease)!;
    const promises = renewals
      .filter(({ returnedAt, ttl }) => (ttl ?? 0) > 0 && returnedAt !== undefined && returnedAt <= since)
      .map(({ invokedAt, ttl }) => ({ at: invokedAt, ttl: ttl! }));
    if (granting.write) promises.push({ at: granting.write.invokedAt, ttl: granting.ttl });
    const kept = promises.find(({ at, ttl }) => since < at + ttl * 1000);
    if (kept)
      this.say(
        `lease ${lease} was ended at ${since} ms (entry ${index}), ${kept.ttl} s were promised at ${kept.at} ms`,
      );
  }
}

function append<T extends { readonly lease: bigint }>(to: Map<bigint, T[]>, item: T): void {
  const list = to.get(item.lease);
  if (list) list.push(item);
  else to.set(item.lease, [item]);
}
