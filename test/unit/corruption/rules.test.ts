import assert from 'node:assert/strict';
import type { KvHash } from '../../../src/core/mvcc/store.ts';
import {
  compactionVerdict,
  type PeerHash,
  type PeerHashes,
  suspectOf,
} from '../../../src/member/corruption-rules.ts';

const own = (hash: number, revision = 10, compactRevision = 5): KvHash => ({
  hash,
  revision,
  compactRevision,
});
const peer = (hash: number, o: Partial<PeerHash> = {}): PeerHash => ({
  hash,
  revision: 10,
  compactRevision: 5,
  currentRevision: 10,
  ...o,
});
const peers = (...answers: (PeerHash | undefined)[]): PeerHashes =>
  new Map(answers.map((answer, i) => [BigInt(i + 2), answer]));

describe('corruption: what hashes say', () => {
  const rounds: [string, { before: KvHash; after: KvHash }, PeerHashes, bigint | undefined][] = [
    ['all equal', { before: own(1), after: own(1) }, peers(peer(1), peer(1)), undefined],
    ['another hash', { before: own(1), after: own(1) }, peers(peer(1), peer(9)), 3n],
    [
      'another hash under another compaction',
      { before: own(1), after: own(1) },
      peers(peer(9, { compactRevision: 4 })),
      undefined,
    ],
    [
      'another hash of another revision',
      { before: own(1), after: own(1) },
      peers(peer(9, { revision: 9 })),
      undefined,
    ],
    ['no answer', { before: own(1), after: own(1) }, peers(undefined, peer(1)), undefined],
    ['own data changed without a revision', { before: own(1), after: own(2) }, peers(peer(9)), 1n],
    ['own data changed with one', { before: own(1), after: own(2, 11) }, peers(peer(1)), undefined],
    [
      'a revision from the future',
      { before: own(1), after: own(1) },
      peers(peer(1, { currentRevision: 11 })),
      2n,
    ],
    [
      'a revision that the leader has by now',
      { before: own(1), after: own(2, 11) },
      peers(peer(1, { currentRevision: 11 })),
      undefined,
    ],
    [
      'a compaction from the future',
      { before: own(1), after: own(1) },
      peers(peer(1, { compactRevision: 6 })),
      2n,
    ],
  ];
  for (const [name, hashes, answers, suspect] of rounds)
    it(name, () => assert.equal(suspectOf(1n, hashes, answers)?.id, suspect));

  const compactions: [string, PeerHashes, bigint[], boolean][] = [
    ['all equal', peers(peer(1), peer(1)), [], true],
    ['one of three differs', peers(peer(1), peer(9)), [3n], true],
    ['the leader differs', peers(peer(9), peer(9)), [1n], true],
    ['three of five differ, in three ways', peers(peer(2), peer(3), peer(4), peer(1)), [0n], true],
    ['two of five differ', peers(peer(1), peer(1), peer(8), peer(9)), [4n, 5n], true],
    ['two members, nobody has a majority', peers(peer(9)), [0n], true],
    ['one has forgotten its hash', peers(peer(1), undefined), [], false],
    ['one compacted from somewhere else', peers(peer(1), peer(9, { compactRevision: 2 })), [], false],
    ['one differs, one does not answer', peers(peer(9), undefined), [0n], false],
  ];
  for (const [name, answers, suspects, complete] of compactions)
    it(`compaction: ${name}`, () =>
      assert.deepEqual(compactionVerdict(1n, own(1), answers), { suspects, complete }));
});
