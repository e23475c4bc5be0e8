/**
 * What etcd had in its log and not yet in its database: applied by the rules a member applies entries with, so that
 * the result is what etcd would have had after its next start. Membership is left out, because a restored member is the
 * first one of a new cluster; so are requests of etcd's v2 API.
 */
import { cappedLayer, corruptLayer } from '../../core/apply/alarm-layers.ts';
import { Alarms } from '../../core/apply/alarms.ts';
import { type Apply, applyToBackend, OPERATIONS } from '../../core/apply/applier.ts';
import { AUTH_OPERATIONS, authLayer, type Caller } from '../../core/apply/auth-layer.ts';
import { AuthStore } from '../../core/auth/auth-store.ts';
import { expected } from '../../core/failure.ts';
import { Lessor } from '../../core/lease/index.ts';
import { memberBuckets } from '../../core/membership/buckets.ts';
import { Cluster } from '../../core/membership/cluster.ts';
import { runToEnd } from '../../core/mvcc/steps.ts';
import { Store } from '../../core/mvcc/store.ts';
import { WriteBuffer } from '../../core/mvcc/write-buffer.ts';
import type { Backend } from '../../core/ports/backend.ts';
import type { LogEntry } from '../../core/ports/log-store.ts';
import { WatchHub } from '../../core/watch/index.ts';
import { EMPTY } from '../../core/wire/bytes.ts';
import { WireError } from '../../core/wire/codec.ts';
import { EntryType } from '../../core/wire/gen/raft.ts';
import { Proposal } from '../../core/wire/proposal.ts';

/** Entries applied between two commits of the database. */
const FLUSH_ENTRIES = 5_000;
/** As etcd's defaults make it, in seconds: the entry holds what was asked for, not what was granted. */
const MIN_LEASE_TTL_SECONDS = 2;
const NEVER_RETRIED_MS = 1;

export interface TailReport {
  /** Requests that were applied, those that failed as they did in etcd included. */
  readonly applied: number;
  readonly failed: number;
  /** Of the v2 API: left out. */
  readonly v2Requests: number;
  /** Users whose password a release before 3.5 wrote into the log: it has to be set again. */
  readonly withoutPassword: readonly string[];
  readonly revision: number;
}

/** Applies `entries`, in order, to a database that nobody else uses; durable when it resolves. */
export async function applyTail(backend: Backend, entries: readonly LogEntry[]): Promise<TailReport> {
  const tail = new Tail(backend);
  for (const [i, entry] of entries.entries()) {
    tail.apply(entry);
    if (i % FLUSH_ENTRIES === FLUSH_ENTRIES - 1) await tail.buffer.flush();
  }
  await tail.buffer.flush();
  return tail.report();
}

class Tail {
  readonly buffer: WriteBuffer;
  private readonly store: Store;
  private readonly layers: Apply;
  private caller: Caller = { username: '', authRevision: 0 };
  private readonly counts = { applied: 0, failed: 0, v2Requests: 0 };
  private readonly withoutPassword = new Set<string>();

  constructor(backend: Backend) {
    this.buffer = new WriteBuffer({ backend });
    const lessor = new Lessor({
      minTtlSeconds: MIN_LEASE_TTL_SECONDS,
      revokeRetryMs: NEVER_RETRIED_MS,
      checkpoints: true,
    });
    lessor.restore(this.buffer.entries('lease').map(({ value }) => value));
    this.store = runToEnd(Store.open({ buffer: this.buffer, leases: lessor }));
    const unfinished = this.store.unfinishedCompaction();
    if (unfinished) runToEnd(unfinished);
    const alarms = new Alarms(this.buffer);
    const { putClusterVersion } = memberBuckets(this.buffer);
    const toBackend = applyToBackend({
      store: this.store,
      lessor,
      hub: new WatchHub({ history: this.store }),
      cluster: new Cluster({
        id: 0n,
        localId: 0n,
        buckets: { putMember() {}, removeMember() {}, putClusterVersion },
      }),
      buffer: this.buffer,
      alarms,
      startCompaction: (_revision, work) => runToEnd(work),
      clusterVersionChanged() {},
    });
    const checked = authLayer(
      {
        auth: new AuthStore(this.buffer),
        caller: () => this.caller,
        leasedKeys: (id) => (lessor.has(id) ? lessor.keys(id) : []),
        storedPassword: (request) => this.storedPassword(request),
      },
      toBackend,
    );
    this.layers = corruptLayer(alarms, cappedLayer(alarms, checked));
  }

  apply(entry: LogEntry): void {
    if (entry.type !== EntryType.EntryNormal || entry.data.length === 0) return;
    const proposal = readProposal(entry.data);
    if (proposal === undefined) {
      this.counts.v2Requests++;
      return;
    }
    const codec = OPERATIONS[proposal.op] ?? AUTH_OPERATIONS[proposal.op];
    // Reads, and questions to the Auth service: they went through the log and changed nothing.
    if (codec === undefined) return;
    this.caller = proposal;
    this.counts.applied++;
    try {
      this.layers(proposal.op, codec.decode(proposal.body));
    } catch (error) {
      expected(error);
      this.counts.failed++;
    }
  }

  report(): TailReport {
    return {
      ...this.counts,
      withoutPassword: [...this.withoutPassword],
      revision: this.store.currentRevision,
    };
  }

  private storedPassword(r: { name?: string; password: string; hashedPassword: string }): Uint8Array {
    if (r.hashedPassword !== '') return Buffer.from(r.hashedPassword, 'base64');
    if (r.password !== '') this.withoutPassword.add(r.name ?? '');
    return EMPTY;
  }
}

/** undefined: an entry of the v2 API, which is another message. */
function readProposal(data: Uint8Array): Proposal | undefined {
  try {
    const proposal = new Proposal(data);
    return proposal.op === V2_REQUEST_FIELD ? undefined : proposal;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

const V2_REQUEST_FIELD = 2;
