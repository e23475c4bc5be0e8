/**
 * What a cluster did, held against the model: the committed log is read from the members' directories when they have
 * stopped, and is the witness for the simulation's checkers. Logs must not have been cut (--snapshot-count).
 */
import { join } from 'node:path';
import { EntryType } from '../../../../src/core/wire/gen/raft.ts';
import { PutRequest, type RequestOp, TxnRequest } from '../../../../src/core/wire/gen/rpc.ts';
import { Op, Proposal } from '../../../../src/core/wire/proposal.ts';
import { NodeDisk } from '../../../../src/storage/disk/index.ts';
import { readLog } from '../../../../src/storage/wal/index.ts';
import type { WitnessedEntry } from '../../../simulation/book.ts';
import { checkAgreement, Verdict, type Watched } from '../../../simulation/checks.ts';
import { History } from '../../../simulation/history.ts';

/** Nobody uses leases here. */
const MIN_TTL_SECONDS = 1;

export interface CommittedLog {
  readonly entries: readonly WitnessedEntry[];
  readonly committed: number;
}

/** Of a member that has stopped. */
export async function logOf(dataDir: string): Promise<CommittedLog> {
  const { contents } = await readLog(new NodeDisk(), join(dataDir, 'member/wal'));
  if (contents.snapshot !== undefined) throw new Error(`the log of ${dataDir} was cut`);
  const entries = contents.entries.map((entry) => ({
    ...entry,
    data: Uint8Array.from(entry.data),
    since: 0,
  }));
  return { entries, committed: contents.hardState.commit };
}

function putValue({ requestPut }: RequestOp): Uint8Array | undefined {
  return requestPut?.value;
}

/** The value that its client knows a request by. */
function tokenOf(op: number, body: Uint8Array): string | undefined {
  if (op === Op.Put) return Buffer.from(PutRequest.decode(body).value).toString('latin1');
  if (op !== Op.Txn) return undefined;
  const found = TxnRequest.decode(body).success.map(putValue).find(Boolean);
  return found && Buffer.from(found).toString('latin1');
}

/** By the value that was written: the id under which a member proposed it. */
function idsByToken(log: readonly WitnessedEntry[]): Map<string, string> {
  const ids = new Map<string, string>();
  for (const { type, data } of log) {
    if (type !== EntryType.EntryNormal || data.length === 0) continue;
    const { op, body, member, sequence } = new Proposal(data);
    const token = tokenOf(op, body);
    // A second entry with the same value keeps its own id, which nobody asked for.
    if (token !== undefined && !ids.has(token)) ids.set(token, `${member}:${sequence}`);
  }
  return ids;
}

function withIds(history: History, ids: ReadonlyMap<string, string>): History {
  const known = new History();
  for (const call of history.calls) {
    known.calls.push(
      call.kind === 'write' ? { ...call, requestId: ids.get(call.requestId) ?? call.requestId } : call,
    );
  }
  return known;
}

/** What is wrong, in words. */
export function judge(
  history: History,
  logs: readonly CommittedLog[],
  watches: readonly Watched[],
): readonly string[] {
  const disagreement = checkAgreement(logs);
  if (disagreement) return [disagreement];
  const longest = logs.reduce((a, b) => (a.committed >= b.committed ? a : b));
  const log = longest.entries.slice(0, longest.committed);
  const verdict = new Verdict({
    history: withIds(history, idsByToken(log)),
    log,
    minTtlSeconds: MIN_TTL_SECONDS,
  });
  watches.forEach((watch, i) => {
    verdict.checkWatch(watch, `watch ${i}`);
  });
  return verdict.wrong;
}
