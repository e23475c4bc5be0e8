/**
 * Sends the database to members that need more than the log has. What raft asks for is a snapshot of some time ago; what
 * goes out is the state of now: the message is made from the very database that follows it, so the two agree.
 */
import { ApplyProgress } from '../core/apply/progress.ts';
import { readMembership } from '../core/membership/buckets.ts';
import type { BackendReader } from '../core/ports/backend.ts';
import type { Message, Snapshot } from '../core/raft/index.ts';
import type { MemberParts } from './parts.ts';

/** Snapshots on their way at the same time. */
const MAX_SENDING = 16;
/** After a snapshot arrived the log keeps what lies behind it for so long: the other member will ask for that next. */
const RELEASE_DELAY_MS = 30_000;

export interface SnapshotSenderOptions
  extends Pick<MemberParts, 'clock' | 'link' | 'buffer' | 'snapshotData' | 'events'> {
  /** Makes durable what was applied so far. */
  flush(): Promise<void>;
  /** Tells raft how it ended. */
  report(to: bigint, arrived: boolean): void;
}

export class SnapshotSender {
  private readonly o: SnapshotSenderOptions;
  private sending = 0;
  private stopped = false;

  constructor(options: SnapshotSenderOptions) {
    this.o = options;
  }

  /** One is on its way, or has just arrived. */
  get isSending(): boolean {
    return this.sending > 0;
  }

  /** @param message MsgSnap */
  send(message: Message): void {
    if (this.stopped) return;
    if (this.sending >= MAX_SENDING) return this.o.report(message.to, false);
    this.sending++;
    this.begin(message).catch((error: Error) => this.ended(message, 0, error));
  }

  stop(): void {
    this.stopped = true;
  }

  private async begin(message: Message): Promise<void> {
    const { buffer, flush, link, events } = this.o;
    await flush();
    if (this.stopped) return;
    const database = buffer.backend.snapshot();
    const snapshot = this.describe(database);
    const { index } = snapshot.metadata!;
    events.onSnapshotSend?.({ kind: 'sending', to: message.to, index });
    link.sendSnapshot({ ...message, snapshot }, database, (arrived) => {
      database.close();
      this.ended(message, index, arrived ? undefined : 'lost');
    });
  }

  private describe(database: BackendReader): Snapshot {
    const progress = new ApplyProgress();
    progress.load(database);
    const { index, term, confState } = progress;
    if (!confState) throw new Error('invariant: a database without a configuration');
    const { members, removed, version } = readMembership(database);
    return {
      data: this.o.snapshotData(members, removed, version),
      metadata: { index, term, confState },
    };
  }

  private ended({ to }: Message, index: number, failure: Error | 'lost' | undefined): void {
    const { clock, events, report } = this.o;
    const arrived = failure === undefined;
    const release = (): void => {
      this.sending--;
    };
    if (arrived) clock.after(RELEASE_DELAY_MS, release);
    else release();
    if (this.stopped) return;
    const error = failure instanceof Error ? failure.message : failure;
    events.onSnapshotSend?.({ kind: arrived ? 'sent' : 'failed', to, index, error });
    report(to, arrived);
  }
}
