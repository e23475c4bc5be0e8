/**
 * Every revision of a key that is still kept. Two ways lead there.
 *
 * A watch from the compact revision on tells everything, deletions too: nothing else does, because a range shows what
 * was there at a revision and never at which one it went away, and a key that is gone leads to no earlier one. The watch
 * does not tell the one pair that a compaction keeps of the time before it; a range at the compact revision does. The
 * server goes through its whole history for such a watch.
 *
 * Walking back by ranges, from a pair to the one at its modification revision - 1, costs one request a revision and
 * nothing else, and ends where the key was created. It is the way when only the last few revisions are wanted.
 */
import { CATALOGUE, Code } from '../../core/errors.ts';
import { type Event, EventType, type KeyValue } from '../../core/wire/gen/kv.ts';
import { MaintenanceService } from '../../core/wire/gen/rpc.ts';
import type { Client } from '../client.ts';
import { ContextError, hasText, isStatusError, StatusError } from '../errors.ts';
import { type Watch, Watcher, type WatchMessage } from '../watch.ts';
import type { ReadRange } from './range-reader.ts';

export interface KeyChange {
  readonly revision: number;
  /** What was put; undefined for a deletion. */
  readonly kv: KeyValue | undefined;
}

export interface HistoryQuestion {
  readonly client: Client;
  readonly read: ReadRange;
  readonly key: Uint8Array;
  /** Longest wait for the next news of the server's, in milliseconds; then it is a deadline that was missed. */
  readonly patienceMs: number;
}

/** How often to ask whether the watch has caught up. */
const PROGRESS_MS = 50;
/** From a server whose progress replies cannot be trusted: so long without an event is taken for the end. */
const QUIET_MS = 1000;
const FIRST_REVISION = 1;

/** Releases from these on say that a watch has caught up only when it has. */
function repliesHonestly(version: string): boolean {
  const [major, minor, patch] = version.split('.').map(Number);
  return major > 3 || (major === 3 && (minor > 5 || (minor === 5 && patch >= 8)));
}

async function hasHonestProgress(client: Client): Promise<boolean> {
  try {
    const { version } = await client.call(MaintenanceService.status, {}, { deadline: Date.now() + QUIET_MS });
    return repliesHonestly(version);
  } catch (error) {
    if (isStatusError(error)) return false;
    throw error;
  }
}

function changeOf(event: Event): KeyChange {
  const kv = event.kv!;
  return { revision: kv.modRevision, kv: event.type === EventType.DELETE ? undefined : kv };
}

/** The next message, or undefined when none came for `milliseconds`. */
async function nextWithin(
  messages: AsyncIterator<WatchMessage>,
  milliseconds: number,
): Promise<IteratorResult<WatchMessage> | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([messages.next(), quiet]);
  } finally {
    clearTimeout(timer);
  }
}

class WholeHistory {
  private readonly question: HistoryQuestion;
  private readonly watcher: Watcher;
  /** Of the last change that was told. */
  private told = 0;

  constructor(question: HistoryQuestion) {
    this.question = question;
    this.watcher = new Watcher(question.client);
  }

  async *changes(): AsyncGenerator<KeyChange, void> {
    const { read, key } = this.question;
    const now = await read({ key });
    const end = now.header!.revision;
    // The key may be gone; then only the server can say when its watch has nothing more to tell.
    const last = now.kvs[0]?.modRevision;
    let from = FIRST_REVISION;
    try {
      for (;;) {
        const compacted = yield* this.follow(this.watcher.watch({ key, startRevision: from }), { end, last });
        if (compacted === 0) return;
        yield* this.kept(compacted);
        if (last !== undefined ? this.told >= last : compacted > end) return;
        from = compacted;
      }
    } finally {
      this.watcher.close();
    }
  }

  /** The pair that a compaction left of the time before it. */
  private async *kept(compacted: number): AsyncGenerator<KeyChange, void> {
    const { read, key } = this.question;
    const kv = (await read({ key, revision: compacted })).kvs[0];
    if (kv === undefined || kv.modRevision <= this.told || kv.modRevision >= compacted) return;
    this.told = kv.modRevision;
    yield { revision: kv.modRevision, kv };
  }

  /** Tells the events up to `end`. Returns the compact revision that cut the watch off, 0 when all was told. */
  private async *follow(
    watch: Watch,
    { end, last }: { readonly end: number; readonly last: number | undefined },
  ): AsyncGenerator<KeyChange, number> {
    const trusted = last !== undefined || (await hasHonestProgress(this.question.client));
    const asking =
      last === undefined && trusted
        ? setInterval(() => this.watcher.requestProgress(), PROGRESS_MS)
        : undefined;
    const messages = watch[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await nextWithin(messages, trusted ? this.question.patienceMs : QUIET_MS);
        if (next === undefined && trusted) throw new ContextError('deadline');
        if (next === undefined || next.done === true) return 0;
        const message = next.value;
        if (message.compactRevision !== 0) return message.compactRevision;
        if (message.canceled) throw new StatusError(Code.FailedPrecondition, message.cancelReason);
        for (const event of message.events) {
          const change = changeOf(event);
          if (change.revision > end || change.revision <= this.told) continue;
          this.told = change.revision;
          yield change;
        }
        if (
          last !== undefined
            ? this.told >= last
            : (message.header?.revision ?? 0) >= end && message.events.length === 0
        )
          return 0;
        if (lastRevision(message) > end) return 0;
      }
    } finally {
      clearInterval(asking);
      watch.cancel();
    }
  }
}

const lastRevision = (message: WatchMessage) => message.events.at(-1)?.kv?.modRevision ?? 0;

/** Everything that is kept, the oldest first. */
export function wholeHistory(question: HistoryQuestion): AsyncGenerator<KeyChange, void> {
  return new WholeHistory(question).changes();
}

/** At most `limit` changes back from now, the newest first; undefined if the way ends before, and a watch knows more. */
async function walkBack(question: HistoryQuestion, limit: number): Promise<KeyChange[] | undefined> {
  const { read, key } = question;
  const changes: KeyChange[] = [];
  let revision = 0;
  while (changes.length < limit) {
    let kv: KeyValue | undefined;
    try {
      kv = (await read({ key, revision })).kvs[0];
    } catch (error) {
      if (hasText(error, CATALOGUE.Compacted[1])) return changes;
      throw error;
    }
    if (kv === undefined) return undefined;
    changes.push({ revision: kv.modRevision, kv });
    if (kv.version === 1 && changes.length < limit) return undefined;
    revision = kv.modRevision - 1;
  }
  return changes;
}

/** The last `limit` changes, the oldest of them first. */
export async function recentHistory(question: HistoryQuestion, limit: number): Promise<KeyChange[]> {
  const walked = await walkBack(question, limit);
  if (walked !== undefined) return walked.reverse();
  const changes: KeyChange[] = [];
  for await (const change of wholeHistory(question)) {
    changes.push(change);
    if (changes.length > limit) changes.shift();
  }
  return changes;
}
