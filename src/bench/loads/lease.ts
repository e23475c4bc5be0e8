/** Renewals of one lease: a stream a request, as a single renewal of a client is, or one stream for each client. */
import { CODE_NAMES } from '../../core/errors.ts';
import { LeaseKeepAliveRequest, LeaseService } from '../../core/wire/gen/rpc.ts';
import type { Call, CallSink } from '../client/call.ts';
import type { LoadConnection } from '../client/connection.ts';
import { call } from '../client/unary.ts';
import type { LeaseKeepAliveSpec, Load } from './load.ts';
import type { LoadClient } from './load-client.ts';

/** Long enough that it does not end during a run. */
const TTL_SECONDS = 3600;
const { path } = LeaseService.leaseKeepAlive;

/** The stream of a client. */
class Stream implements CallSink {
  private readonly client: LoadClient;
  private call: Call | undefined;
  private over: string | undefined;
  private waiting = false;

  constructor(client: LoadClient) {
    this.client = client;
  }

  renew(request: Buffer): void {
    this.waiting = true;
    if (this.over !== undefined) this.finish(this.over);
    else if (this.call === undefined) this.call = this.client.connection.openStream(path, request, this);
    else this.client.connection.write(this.call, request);
  }

  message(): void {
    this.finish();
  }

  private finish(failure?: string): void {
    if (!this.waiting) return;
    this.waiting = false;
    this.client.finish(failure);
  }

  ended(code: number, text: string): void {
    this.over = `${CODE_NAMES[code] ?? code}: ${text}`;
    this.finish(this.over);
  }
}

export class LeaseKeepAliveLoad implements Load {
  readonly series = ['lease-keepalive'];
  private readonly streaming: boolean;
  private readonly streams = new Map<LoadClient, Stream>();
  private lease = 0n;
  private request: Buffer = Buffer.alloc(0);

  constructor({ streaming }: LeaseKeepAliveSpec) {
    this.streaming = streaming;
  }

  async prepare([connection]: readonly LoadConnection[]): Promise<void> {
    this.lease = (await call(connection, LeaseService.leaseGrant, { TTL: TTL_SECONDS })).ID;
    this.request = LeaseKeepAliveRequest.encode({ ID: this.lease }) as Buffer;
  }

  begin(client: LoadClient): void {
    if (!this.streaming) return client.request(path, this.request, this.request.length);
    let stream = this.streams.get(client);
    if (stream === undefined) {
      stream = new Stream(client);
      this.streams.set(client, stream);
    }
    stream.renew(this.request);
  }

  async cleanUp([connection]: readonly LoadConnection[]): Promise<void> {
    await call(connection, LeaseService.leaseRevoke, { ID: this.lease });
  }
}
