/**
 * Packs ascending elements into the pages of a B+tree, one pass, no element kept longer than its page. Leaves fill up
 * to a page; when one is full it gets the next page number and its first key goes to the branch level above, which
 * fills up in the same way. So pages come out in ascending order, leaves and branches mixed, and what is held is one
 * unfinished page a level.
 *
 * The same packer plans and writes: with bare sizes instead of bytes it comes to the same pages.
 */
import { ELEMENT_BYTES, PAGE_HEADER_BYTES } from './layout.ts';

/** All that planning needs to know of a key or a value. */
export interface Sized {
  readonly length: number;
}

export interface LeafElement<B extends Sized> {
  readonly key: B;
  readonly value: B;
  readonly isBucket: boolean;
}

export interface BranchElement<B extends Sized> {
  readonly key: B;
  readonly child: number;
}

/** Takes finished pages; each gets the next page number, which is returned. `bytes` includes the page header. */
export interface PageOutput<B extends Sized> {
  leaf(elements: readonly LeafElement<B>[], bytes: number): number;
  branch(elements: readonly BranchElement<B>[], bytes: number): number;
  /** A key that is held on to after its leaf is gone. */
  keep(key: B): B;
}

/** With fewer a branch level would not be smaller than the one below; keys may be longer than a page. */
const MIN_BRANCH_ELEMENTS = 2;

interface Filling<E> {
  elements: E[];
  bytes: number;
}

function empty<E>(): Filling<E> {
  return { elements: [], bytes: PAGE_HEADER_BYTES };
}

export class TreePacker<B extends Sized> {
  private readonly output: PageOutput<B>;
  private readonly pageSize: number;
  private leaf: Filling<LeafElement<B>> = empty();
  /** Lowest level first. */
  private readonly branches: Filling<BranchElement<B>>[] = [];

  constructor(output: PageOutput<B>, pageSize: number) {
    this.output = output;
    this.pageSize = pageSize;
  }

  add(key: B, value: B, isBucket = false): void {
    const bytes = ELEMENT_BYTES + key.length + value.length;
    if (this.leaf.elements.length > 0 && this.leaf.bytes + bytes > this.pageSize) this.finishLeaf();
    this.leaf.elements.push({ key, value, isBucket });
    this.leaf.bytes += bytes;
  }

  /** All elements, if they never filled a page and take at most `bytes` with their page header. */
  ifWithin(bytes: number): Filling<LeafElement<B>> | undefined {
    return this.branches.length === 0 && this.leaf.bytes <= bytes ? this.leaf : undefined;
  }

  /** Closes all levels; the result is the root's page number. */
  finish(): number {
    if (this.branches.length === 0) return this.output.leaf(this.leaf.elements, this.leaf.bytes);
    this.finishLeaf();
    for (let level = 0; ; level++) {
      const { elements } = this.branches[level];
      if (level === this.branches.length - 1 && elements.length === 1) return elements[0].child;
      this.finishBranch(level);
    }
  }

  private finishLeaf(): void {
    const { elements, bytes } = this.leaf;
    const child = this.output.leaf(elements, bytes);
    this.leaf = empty();
    this.addBranch(0, { key: this.output.keep(elements[0].key), child });
  }

  private finishBranch(level: number): void {
    const { elements, bytes } = this.branches[level];
    const child = this.output.branch(elements, bytes);
    this.branches[level] = empty();
    this.addBranch(level + 1, { key: elements[0].key, child });
  }

  private addBranch(level: number, element: BranchElement<B>): void {
    const bytes = ELEMENT_BYTES + element.key.length;
    this.branches[level] ??= empty();
    const { elements, bytes: before } = this.branches[level];
    if (elements.length >= MIN_BRANCH_ELEMENTS && before + bytes > this.pageSize) this.finishBranch(level);
    const filling = this.branches[level];
    filling.elements.push(element);
    filling.bytes += bytes;
  }
}
