/** How messages of the consensus core reach other members. Sending never fails loudly: what is lost is sent again. */
import type { Message } from '../raft/types.ts';

export interface PeerLink {
  send(messages: readonly Message[]): void;
}
