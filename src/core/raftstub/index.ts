// temporary single-voter stand-in for integration until the core lands
import type { ConfChange, ConfState, Entry, HardState, Message, Snapshot } from '../wire/gen/raft.ts';
import { ConfChange as ConfChangeCodec, ConfChangeType, EntryType, MessageType } from '../wire/gen/raft.ts';
export type { ConfChange, ConfState, Entry, HardState, Message, Snapshot };
export { EntryType, MessageType };
export const LOCAL_APPEND_THREAD = 2n ** 64n - 1n;
export const LOCAL_APPLY_THREAD = 2n ** 64n - 2n;
export interface ReadState { index: number; requestCtx: Uint8Array }
export interface SoftState { lead: bigint; state: number }
export interface RaftLogger { debug(f: string): void; info(f: string): void; warn(f: string): void; error(f: string): void; fatal(f: string): void }
export class MemoryStorage {
  ents: Entry[] = []; off = 0; hs: HardState = { term: 0, vote: 0n, commit: 0 }; conf: ConfState | undefined; offTerm = 0;
  setHardState(h: any): void { this.hs = h; }
  append(e: readonly any[]): void { for (const x of e) { this.ents.length = x.index - this.off - 1; this.ents.push(x); } }
  applySnapshot(s: Snapshot): void { this.off = s.metadata!.index; this.offTerm = s.metadata!.term; this.conf = s.metadata!.confState; this.ents = []; }
  createSnapshot(_i: number, _c: any, _d: Uint8Array): void {}
  firstIndex(): number { return this.off + 1; }
  lastIndex(): number { return this.off + this.ents.length; }
  compact(i: number): void { this.ents = this.ents.slice(i - this.off); this.off = i; }
}
export class RawNode {
  term: number; committed: number; private lead = 0n; private id: bigint; private s: MemoryStorage;
  private unst: Entry[] = []; private applied: number; private last: number; private reads: ReadState[] = []; private soft = false; private hsDirty = false;
  private stable: number; private conf: ConfState; private voted = 0n; private applying = false;
  constructor(c: any) { this.id = c.id; this.s = c.storage; this.term = this.s.hs.term; this.voted = this.s.hs.vote; this.committed = Math.max(this.s.hs.commit, this.s.off); this.last = this.s.lastIndex(); this.stable = this.last; this.applied = this.s.off; this.conf = this.s.conf ?? { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false }; }
  bootstrap(peers: { id: bigint; context: Uint8Array }[]): void { this.term = 1; for (const p of peers) this.add(EntryType.EntryConfChange, ConfChangeCodec.encode({ id: 0n, type: ConfChangeType.ConfChangeAddNode, nodeId: p.id, context: p.context })); this.committed = this.last; this.hsDirty = true; this.conf.voters.push(...peers.map((p) => p.id)); }
  private add(type: number, data: Uint8Array): void { this.unst.push({ type, term: this.term, index: ++this.last, data }); }
  tick(): void {}
  campaign(): void { if (this.lead) return; this.term++; this.voted = this.id; this.lead = this.id; this.soft = true; this.hsDirty = true; this.add(0, Buffer.alloc(0)); }
  propose(entries: Uint8Array[]): void { for (const d of entries) this.add(0, d); }
  readIndex(ctx: Uint8Array): void { this.reads.push({ index: this.committed, requestCtx: ctx }); }
  step(m: Message): void { if (m.type === MessageType.MsgStorageAppendResp) { this.stable = Math.max(this.stable, m.index); if (this.stable > this.committed) { this.committed = this.stable; this.hsDirty = true; } } else this.applying = false; }
  hasReady(): boolean { return this.soft || this.hsDirty || this.unst.length > 0 || this.reads.length > 0 || (!this.applying && this.applied < Math.min(this.committed, this.stable)); }
  ready(): any {
    const messages: any[] = [];
    if (this.unst.length || this.hsDirty) {
      const entries = this.unst; this.unst = [];
      messages.push({ to: LOCAL_APPEND_THREAD, entries, term: this.term, vote: this.voted, commit: this.committed, responses: entries.length ? [{ type: MessageType.MsgStorageAppendResp, to: this.id, index: this.last }] : [] });
    }
    const hi = Math.min(this.committed, this.stable, this.applied + 5000);
    if (!this.applying && this.applied < hi) { this.applying = true; messages.push({ to: LOCAL_APPLY_THREAD, entries: this.s.ents.slice(this.applied - this.s.off, hi - this.s.off), responses: [{ type: MessageType.MsgStorageApplyResp, to: this.id }] }); this.applied = hi; }
    const rd = { messages, readStates: this.reads, softState: this.soft ? { lead: this.lead, state: 2 } : undefined };
    this.reads = []; this.soft = false; this.hsDirty = false; return rd;
  }
  applyConfChange(c: ConfChange): ConfState { if (c.nodeId && !this.conf.voters.includes(c.nodeId)) this.conf.voters.push(c.nodeId); return this.conf; }
}
