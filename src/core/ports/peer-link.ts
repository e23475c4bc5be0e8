/** How messages of the consensus core reach other members. Sending never fails loudly: what is lost is sent again. */
import type { Message } from '../raft/types.ts';
import type { BackendReader } from './backend.ts';

export interface PeerLink {
  /** Everything but MsgSnap. */
  send(messages: readonly Message[]): void;

  /**
   * Sends a MsgSnap and the database that it stands for. The database does not change, and is there until `done` is
   * called, once: true when the other member has both. One that is on its way to the same member is given up for it.
   */
  sendSnapshot(message: Message, database: BackendReader, done: (arrived: boolean) => void): void;
}
