/**
 * Where databases wait that leaders sent along with a snapshot. The shell puts them there, whole, before the snapshot's
 * message is given to the member; the member takes the one it needs when raft has accepted the snapshot, or lets go of it.
 *
 *   MsgSnap + database --> inbox (durable) --> member.step --> raft --> log: saveSnapshot, hard state --> install
 *
 * Laws
 * - What is in the inbox is durable and belongs to exactly the index it is filed under: its progress says so.
 * - From the moment the log has the snapshot until `install` is done, a crash leaves the database in the inbox: the next
 *   start finds a backend that is behind its log, and takes it from here. After `install` it is the backend.
 */
import type { BackendReader } from './backend.ts';

export interface IncomingDatabase extends BackendReader {
  /**
   * Puts it in the place of the backend, as a whole: a crash leaves either. No commit may be under way. `switched` is
   * called in the very turn from which on the backend reads what came; the promise resolves when that is durable.
   */
  install(switched: () => void): Promise<void>;
  /** It is not put in place after all, and stays where it is. */
  close(): Promise<void>;
}

export interface DatabaseInbox {
  /** undefined: there is none for this index. */
  open(index: number): Promise<IncomingDatabase | undefined>;
  /** What came for this index is not wanted. One that is open stays. */
  release(index: number): Promise<void>;
}
