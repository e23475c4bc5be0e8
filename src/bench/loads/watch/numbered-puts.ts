/** Puts whose values carry their number, so that an event tells which put it comes from and when that was sent. */
import { KVService, PutRequest } from '../../../core/wire/gen/rpc.ts';
import { randomValue } from '../keys.ts';
import type { Load } from '../load.ts';
import type { LoadClient } from '../load-client.ts';

/** The number's bytes at the start of a value, big-endian. */
export const NUMBER_BYTES = 6;

/** The number that `begin` wrote. By hand: it is read for each of a million events. */
export function numberAt(value: Uint8Array, at: number): number {
  const high = (value[at] << 8) | value[at + 1];
  const low = (value[at + 2] << 24) | (value[at + 3] << 16) | (value[at + 4] << 8) | value[at + 5];
  return high * 4294967296 + (low >>> 0);
}

export class NumberedPuts implements Load {
  readonly series = ['put'];
  /** `performance.now()` of each put, by its number. */
  readonly sentAt: Float64Array;
  private readonly keys: readonly Buffer[];
  private readonly value: Buffer;

  constructor(keys: readonly Buffer[], options: { readonly total: number; readonly valSize: number }) {
    this.keys = keys;
    this.sentAt = new Float64Array(options.total);
    this.value = randomValue(Math.max(NUMBER_BYTES, options.valSize));
  }

  begin(client: LoadClient, n: number): void {
    this.value.writeUIntBE(n, 0, NUMBER_BYTES);
    this.sentAt[n] = client.due;
    const key = this.keys[n % this.keys.length];
    const message = PutRequest.encode(PutRequest.create({ key, value: this.value })) as Buffer;
    client.request(KVService.put.path, message, message.length);
  }
}
