/**
 * Before a restarted member serves: does it have what the others have? They are asked first, for a cluster that starts
 * as a whole has nobody to compare with, and then the own data need not be read for it.
 */

import { drive } from '../core/drive.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { KvHash, Store } from '../core/mvcc/store.ts';
import type { Clock } from '../core/ports/clock.ts';
import { comparable, type PeerHashes } from './corruption-rules.ts';
import type { Peers } from './peers.ts';

export interface StartCheckOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly peers: Peers;
  readonly others: readonly ClusterMember[];
}

export interface StartCheckResult {
  readonly revision: number;
  /** Members with a hash that compares. */
  readonly compared: readonly bigint[];
  /** Those of them with another one. */
  readonly different: readonly bigint[];
}

/** @throws EtcdError */
export async function checkAtStart({
  clock,
  store,
  peers,
  others,
}: StartCheckOptions): Promise<StartCheckResult> {
  const { currentRevision: revision, compactRevision } = store;
  const answers = await new Promise<PeerHashes>((resolve) => peers.hashes(others, revision, resolve));
  const compared = [...answers].filter(([, peer]) => peer && comparable(peer, { revision, compactRevision }));
  if (compared.length === 0) return { revision, compared: [], different: [] };
  const { hash } = await new Promise<KvHash>((resolve, reject) => {
    drive(
      () => store.hashKV(revision),
      (run) => clock.nextTurn(run),
      (error, local) => (error ? reject(error) : resolve(local!)),
    );
  });
  return {
    revision,
    compared: compared.map(([id]) => id),
    different: compared.filter(([, peer]) => peer!.hash !== hash).map(([id]) => id),
  };
}
