/**
 * A directory of the simulated disk: the names programs see, the names on disk, and what happened between. A power
 * cut keeps a prefix of it, chosen by chance: file systems journal names in order, and a rename is one step.
 */
import type { Random } from '../../core/ports/clock.ts';
import type { SimFile } from './sim-file.ts';

export interface SimFileNode {
  readonly file: SimFile;
  readonly mode: number;
}
export type SimNode = SimFileNode | SimDirectory;

type Change =
  | { readonly kind: 'set'; readonly name: string; readonly node: SimNode }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string };

function apply(names: Map<string, SimNode>, change: Change): void {
  switch (change.kind) {
    case 'set':
      names.set(change.name, change.node);
      break;
    case 'delete':
      names.delete(change.name);
      break;
    case 'rename': {
      const node = names.get(change.from);
      names.delete(change.from);
      if (node) names.set(change.to, node);
    }
  }
}

export class SimDirectory {
  readonly mode: number;
  private current = new Map<string, SimNode>();
  private durable = new Map<string, SimNode>();
  private pending: Change[] = [];

  constructor(mode: number) {
    this.mode = mode;
  }

  names(): string[] {
    return [...this.current.keys()].sort();
  }

  get(name: string): SimNode | undefined {
    return this.current.get(name);
  }

  set(name: string, node: SimNode): void {
    this.change({ kind: 'set', name, node });
  }

  delete(name: string): void {
    this.change({ kind: 'delete', name });
  }

  rename(from: string, to: string): void {
    this.change({ kind: 'rename', from, to });
  }

  private change(change: Change): void {
    this.pending.push(change);
    apply(this.current, change);
  }

  sync(): void {
    for (const change of this.pending) apply(this.durable, change);
    this.pending = [];
  }

  /** Keeps a prefix of the pending changes, here and below; collects the files that are left. */
  settleByChance(random: Random, files: SimFile[]): void {
    const kept = Math.floor(random() * (this.pending.length + 1));
    for (let i = 0; i < kept; i++) apply(this.durable, this.pending[i]);
    this.pending = [];
    this.current = new Map(this.durable);
    for (const node of this.current.values()) {
      if (node instanceof SimDirectory) node.settleByChance(random, files);
      else files.push(node.file);
    }
  }

  /** Bytes in use by the files in it and below. */
  allocated(): number {
    let sum = 0;
    for (const node of this.current.values()) {
      sum += node instanceof SimDirectory ? node.allocated() : node.file.allocated;
    }
    return sum;
  }
}
