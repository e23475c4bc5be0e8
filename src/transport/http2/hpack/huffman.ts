/**
 * HPACK's Huffman code (RFC 7541, section 5.2 and appendix B).
 *
 * The code is canonical: codes grow with (length, symbol), so the 257 lengths say everything and the codes are
 * counted out when the module loads. Decoding walks a table of nibbles: 256 states (the inner nodes of the tree)
 * times 16 inputs; no code is shorter than 5 bits, so one nibble ends at most one symbol.
 */
import { HpackError } from './error.ts';

/** Code length in bits of each byte value; the 257th symbol is EOS. */
// biome-ignore format: sixteen a row, as appendix B reads
const codeLengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];
const endOfString = 256;

const codes = canonicalCodes();

function canonicalCodes(): Uint32Array {
  const order = codeLengths.map((_, symbol) => symbol);
  order.sort((a, b) => codeLengths[a] - codeLengths[b] || a - b);
  const result = new Uint32Array(codeLengths.length);
  let code = 0;
  let length = 0;
  for (const symbol of order) {
    code *= 2 ** (codeLengths[symbol] - length);
    length = codeLengths[symbol];
    result[symbol] = code;
    code += 1;
  }
  return result;
}

/** A transition: bits 0-7 next state, bits 8-15 the symbol, bit 16 "a symbol ended"; -1 is EOS inside a string. */
const transitions = new Int32Array(256 * 16);
/** 1 where a string may end: fewer than 8 bits since the last symbol, all of them ones. */
const mayEnd = new Uint8Array(256);
const symbolEnded = 1 << 16;

buildTransitions();

function buildTransitions(): void {
  // children[2 * node + bit]: an inner node's number, or ~symbol for a leaf. Node 0 is the root.
  const children = new Int32Array(2 * 256);
  let nodes = 1;
  for (let symbol = 0; symbol < codeLengths.length; symbol++) {
    let node = 0;
    for (let bit = codeLengths[symbol] - 1; bit > 0; bit--) {
      const slot = 2 * node + ((codes[symbol] >>> bit) & 1);
      if (children[slot] === 0) children[slot] = nodes++;
      node = children[slot];
    }
    children[2 * node + (codes[symbol] & 1)] = ~symbol;
  }
  for (let node = 0; node < 256; node++) {
    for (let nibble = 0; nibble < 16; nibble++)
      transitions[node * 16 + nibble] = walkNibble(children, node, nibble);
  }
  for (let depth = 0, node = 0; depth < 8; depth++) {
    mayEnd[node] = 1;
    node = children[2 * node + 1];
  }
}

function walkNibble(children: Int32Array, node: number, nibble: number): number {
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = children[2 * node + ((nibble >>> bit) & 1)];
    if (next < 0) {
      if (~next === endOfString) return -1;
      emitted = symbolEnded | (~next << 8);
      node = 0;
    } else {
      node = next;
    }
  }
  return emitted | node;
}

let scratch = Buffer.allocUnsafe(4096);

/** Decodes bytes [start, end) to a latin1 string. Throws {@link HpackError} on EOS or on bad padding. */
export function huffmanDecode(bytes: Uint8Array, start: number, end: number): string {
  // The shortest code has 5 bits: at most 8/5 of the input comes out.
  const most = Math.ceil(((end - start) * 8) / 5);
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most);
  let state = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    let step = transitions[state * 16 + (byte >>> 4)];
    if (step < 0) throw new HpackError('huffman: EOS inside a string');
    if (step & symbolEnded) scratch[length++] = step >>> 8;
    step = transitions[(step & 0xff) * 16 + (byte & 15)];
    if (step < 0) throw new HpackError('huffman: EOS inside a string');
    if (step & symbolEnded) scratch[length++] = step >>> 8;
    state = step & 0xff;
  }
  if (mayEnd[state] === 0) throw new HpackError('huffman: bad padding');
  return scratch.latin1Slice(0, length);
}

/** Encoded length in bytes of a latin1 string. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += codeLengths[text.charCodeAt(i) & 0xff];
  return (bits + 7) >>> 3;
}

/** Encodes a latin1 string at `at`; returns the offset after it. The caller made room by {@link huffmanLength}. */
export function huffmanEncode(text: string, target: Uint8Array, at: number): number {
  let pending = 0;
  let pendingBits = 0; // always below 8 between symbols
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 0xff;
    let rest = codeLengths[symbol];
    const code = codes[symbol];
    while (rest > 0) {
      const take = Math.min(rest, 8 - pendingBits);
      rest -= take;
      pending = (pending << take) | ((code >>> rest) & ((1 << take) - 1));
      pendingBits += take;
      if (pendingBits === 8) {
        target[at++] = pending;
        pending = 0;
        pendingBits = 0;
      }
    }
  }
  if (pendingBits > 0) target[at++] = (pending << (8 - pendingBits)) | ((1 << (8 - pendingBits)) - 1);
  return at;
}
