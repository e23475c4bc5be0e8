/** A set of page numbers: one bit a page, so that a file of 10 GB costs 330 KB. */
export class PageSet {
  private readonly bits: Uint8Array;

  constructor(pages: number) {
    this.bits = new Uint8Array(Math.ceil(pages / 8));
  }

  has(page: number): boolean {
    return (this.bits[Math.floor(page / 8)] & (1 << (page % 8))) !== 0;
  }

  /** False if it was there already. */
  add(page: number): boolean {
    if (this.has(page)) return false;
    this.bits[Math.floor(page / 8)] |= 1 << (page % 8);
    return true;
  }
}
