/** One watch stream, with what came on it in order. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import * as rpc from '../../src/core/wire/gen/rpc.ts';
import type { TestClient } from './grpc-client.ts';
import { until } from './processes.ts';

const TIMEOUT_MS = 10_000;

export class WatchProbe {
  readonly stream: ClientDuplexStream<rpc.WatchRequest, rpc.WatchResponse>;
  private readonly came: rpc.WatchResponse[] = [];
  private error: Error | undefined;

  constructor(client: TestClient) {
    this.stream = client.bidi(rpc.WatchService.watch);
    this.stream.on('error', (error) => {
      this.error = error;
    });
    this.stream.on('data', (response: rpc.WatchResponse) => this.came.push(response));
  }

  create(key: string, fields: Partial<rpc.WatchCreateRequest> = {}): void {
    const createRequest = rpc.WatchCreateRequest.create({ key: Buffer.from(key), ...fields });
    this.stream.write(rpc.WatchRequest.create({ createRequest }));
  }

  /** Creates and waits for the reply. */
  async created(key: string, fields: Partial<rpc.WatchCreateRequest> = {}): Promise<rpc.WatchResponse> {
    this.create(key, fields);
    return this.next();
  }

  cancel(watchId: bigint): void {
    const cancelRequest = rpc.WatchCancelRequest.create({ watchId });
    this.stream.write(rpc.WatchRequest.create({ cancelRequest }));
  }

  requestProgress(): void {
    this.stream.write(rpc.WatchRequest.create({ progressRequest: rpc.WatchProgressRequest.create({}) }));
  }

  /** The next response. */
  async next(): Promise<rpc.WatchResponse> {
    await until(
      () => this.came.length > 0 || this.error !== undefined,
      TIMEOUT_MS,
      () => 'no response on the watch stream',
    );
    const response = this.came.shift();
    if (!response) throw this.error!;
    return response;
  }

  /** Responses that came and were not asked for yet. */
  get waiting(): number {
    return this.came.length;
  }

  /**
   * Proves that the stream had nothing to say until now: requests are served in order, so the answer to one more has
   * to be the next response.
   */
  async silent(): Promise<void> {
    const { created, watchId } = await this.created('silence', { watchId: 424_242n });
    if (!created || watchId !== 424_242n) throw new Error(`a response for watch ${watchId} came in between`);
    this.cancel(watchId);
    const { canceled } = await this.next();
    if (!canceled) throw new Error('a response came in between');
  }

  close(): void {
    this.stream.cancel();
  }
}
