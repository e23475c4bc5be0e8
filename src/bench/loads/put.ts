/**
 * Puts. Requests of a run differ in the key alone, so there is one encoded PutRequest and the key is written into it.
 */
import { KVService, PutRequest } from '../../core/wire/gen/rpc.ts';
import { Keys, randomValue } from './keys.ts';
import type { Load, PutSpec, Share } from './load.ts';
import type { LoadClient } from './load-client.ts';

export class PutLoad implements Load {
  readonly series = ['put'];
  private readonly keys: Keys;
  private readonly request: Buffer;
  private readonly keyAt: number;

  constructor(spec: PutSpec, share: Share) {
    this.keys = new Keys(spec, share);
    const key = Buffer.alloc(spec.keySize);
    this.request = PutRequest.encode(PutRequest.create({ key, value: randomValue(spec.valSize) })) as Buffer;
    // The key is field 1: behind its tag and its length.
    const lengthBytes = spec.keySize < 128 ? 1 : spec.keySize < 16_384 ? 2 : 3;
    this.keyAt = 1 + lengthBytes;
  }

  begin(client: LoadClient, n: number): void {
    this.keys.write(n, this.request, this.keyAt);
    client.request(KVService.put.path, this.request, this.request.length);
  }
}
