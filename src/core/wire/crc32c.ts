/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4): reflected polynomial 0x82F63B78, initial value and final XOR
 * 0xFFFFFFFF. It guards WAL records, .snap files and the KV hash, so it runs over every byte that is written.
 *
 * "Slicing by 16": sixteen bytes a step, one table look-up each. Measured on one core, 300-byte records: one byte a
 * step 0.40 GB/s, slicing by 8 1.2 GB/s, by 16 1.3 GB/s, four 65536-entry tables 0.9 GB/s (they fall out of the
 * first-level cache). The sixteen tables take 16 KiB.
 */

const POLYNOMIAL = 0x82f63b78;

function buildTables(): Int32Array[] {
  const tables = Array.from({ length: 16 }, () => new Int32Array(256));
  const first = tables[0];
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
    first[i] = c;
  }
  for (let k = 1; k < 16; k++) {
    const before = tables[k - 1];
    for (let i = 0; i < 256; i++) tables[k][i] = (before[i] >>> 8) ^ first[before[i] & 255];
  }
  return tables;
}

const [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15] = buildTables();

/**
 * CRC-32C of `bytes[start, end)`, continuing from `seed` (the result over what came before; 0 at the beginning).
 * `crc32cRange(b, m, n, crc32cRange(b, 0, m, 0)) === crc32cRange(b, 0, n, 0)`. The result is unsigned.
 */
export function crc32cRange(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let c = ~seed;
  let i = start;
  for (; i + 16 <= end; i += 16) {
    c ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    c =
      t15[c & 255] ^
      t14[(c >>> 8) & 255] ^
      t13[(c >>> 16) & 255] ^
      t12[c >>> 24] ^
      t11[bytes[i + 4]] ^
      t10[bytes[i + 5]] ^
      t9[bytes[i + 6]] ^
      t8[bytes[i + 7]] ^
      t7[bytes[i + 8]] ^
      t6[bytes[i + 9]] ^
      t5[bytes[i + 10]] ^
      t4[bytes[i + 11]] ^
      t3[bytes[i + 12]] ^
      t2[bytes[i + 13]] ^
      t1[bytes[i + 14]] ^
      t0[bytes[i + 15]];
  }
  for (; i < end; i++) c = (c >>> 8) ^ t0[(c ^ bytes[i]) & 255];
  return ~c >>> 0;
}

/** CRC-32C of all of `bytes`, continuing from `seed`. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  return crc32cRange(bytes, 0, bytes.length, seed);
}
