/** What a store has done since it was opened; only for counting, nothing depends on it. */
export class Activity {
  ranges = 0;
  puts = 0;
  deletes = 0;
  /** Transactions of more than one operation. */
  txns = 0;
  /** Bytes of keys and values put. */
  putBytes = 0;
}
