/**
 * The peer port: etcd's rafthttp, both ways, over HTTP/1.1. Raft messages travel in long streams (each member dials the
 * others, and the one that was dialed writes), or one by one as POST /raft; beside them stand the questions that
 * members ask each other: who is in the cluster, which version runs, how long a lease has left.
 *
 * Laws: bytes are etcd's, to the letter; a message may be lost but is never changed or blocked for another; what is
 * lost is reported to raft; every queue has a limit. Called by server/ alone.
 */
export type { LocalPeer } from './headers.ts';
export { LeaderQuestions } from './leader-questions.ts';
export type { LeaseAnswers } from './lease-handler.ts';
export { refuseNonsense } from './nonsense.ts';
export { type PeerHandlerOptions, peerHandler } from './peer-handler.ts';
export type { PeerLog } from './peer-log.ts';
export { PeerTransport, type PeerTransportOptions, type RaftEnd } from './peer-transport.ts';
export {
  askHash,
  askMembers,
  askPromotion,
  askRenewal,
  askTimeToLive,
  askVersions,
  type LeaderAnswer,
  type RemoteCluster,
} from './remote-questions.ts';
export type { DatabaseFile, SnapshotObserver } from './snapshot-post.ts';
