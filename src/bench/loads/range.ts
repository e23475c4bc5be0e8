/** Ranges: the same request again and again. */
import { KVService, RangeRequest } from '../../core/wire/gen/rpc.ts';
import type { Load, RangeSpec } from './load.ts';
import type { LoadClient } from './load-client.ts';

export class RangeLoad implements Load {
  readonly series = ['range'];
  private readonly request: Buffer;

  constructor({ key, rangeEnd, limit, serializable, countOnly }: RangeSpec) {
    const request = RangeRequest.create({ key, rangeEnd, limit, serializable, countOnly });
    this.request = RangeRequest.encode(request) as Buffer;
  }

  begin(client: LoadClient): void {
    client.request(KVService.range.path, this.request, this.request.length);
  }
}
