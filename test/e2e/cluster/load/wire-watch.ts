/** A watcher over the wire that goes on elsewhere when its stream breaks, behind the last revision that it saw. */
import { KeyValue } from '../../../../src/core/wire/gen/kv.ts';
import * as rpc from '../../../../src/core/wire/gen/rpc.ts';
import { rowText } from '../../../simulation/answers.ts';
import type { Watched } from '../../../simulation/checks.ts';
import type { SeenEvent, WatchRange } from '../../../simulation/watch-client.ts';
import { TestClient } from '../../../support/grpc-client.ts';
import { rowOf } from '../../../unit/mvcc/twin.ts';

const DELETE = 1;
const RETRY_MS = 50;

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const pair = (kv: KeyValue): string => rowText(rowOf(KeyValue.encode(kv)));

export class WireWatch implements Watched {
  readonly range: WatchRange;
  readonly from = 1;
  /** Nothing is compacted here. */
  readonly holes = [];
  readonly events: SeenEvent[] = [];
  /** Streams that it needed. */
  streams = 0;
  private next = 1;
  private isClosed = false;
  private connection: TestClient | undefined;
  private readonly endpoints: () => readonly string[];

  constructor(endpoints: () => readonly string[], range: WatchRange) {
    this.endpoints = endpoints;
    this.range = range;
    this.attach();
  }

  /** Has it seen everything up to a revision at which its range changed? */
  hasSeen(revision: number): boolean {
    return this.next > revision;
  }

  close(): void {
    this.isClosed = true;
    this.connection?.close();
  }

  private attach(): void {
    if (this.isClosed) return;
    const endpoints = this.endpoints();
    const connection = new TestClient(endpoints[this.streams++ % endpoints.length]);
    this.connection = connection;
    const stream = connection.bidi(rpc.WatchService.watch);
    stream.on('data', (response: rpc.WatchResponse) => this.take(response));
    stream.once('error', () => {
      connection.close();
      setTimeout(() => this.attach(), RETRY_MS).unref();
    });
    const { key, end, prevKv } = this.range;
    const createRequest = rpc.WatchCreateRequest.create({
      key: bytes(key),
      rangeEnd: bytes(end),
      startRevision: this.next,
      prevKv,
    });
    stream.write(rpc.WatchRequest.create({ createRequest }));
  }

  private take({ events }: rpc.WatchResponse): void {
    for (const { type, kv, prevKv } of events) {
      const revision = kv!.modRevision;
      const text = type === DELETE ? `DELETE ${Buffer.from(kv!.key).toString('latin1')}` : `PUT ${pair(kv!)}`;
      const previous = prevKv && pair(prevKv);
      this.events.push({ revision, text, previous, compactRevision: 0 });
      this.next = revision + 1;
    }
  }
}
