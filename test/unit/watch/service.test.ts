import assert from 'node:assert/strict';
import { fromLatin1 } from '../../../src/core/wire/bytes.ts';
import { WatchCreateRequest, WatchRequest, WatchResponse } from '../../../src/core/wire/gen/rpc.ts';
import { type DuplexCall, type Encoded, type Status, wholeMessage } from '../../../src/services/method.ts';
import { WatchService } from '../../../src/services/watch.ts';
import { describe1, World } from './world.ts';

class Call implements DuplexCall<WatchRequest> {
  readonly deadline = Infinity;
  readonly replies: string[] = [];
  readonly meta: Readonly<Record<string, string>>;
  cancelled = false;
  ended: Status | 'OK' | undefined;
  message: (message: WatchRequest) => void = () => {};
  halfClose = (): void => {};
  cancel = (): void => {};

  constructor(meta: Readonly<Record<string, string>> = {}) {
    this.meta = meta;
  }
  metadata(name: string): string | undefined {
    return this.meta[name];
  }
  onCancel(listener: () => void): void {
    this.cancel = listener;
  }
  onMessage(listener: (message: WatchRequest) => void): void {
    this.message = listener;
  }
  onEnd(listener: () => void): void {
    this.halfClose = listener;
  }
  sendEncoded(message: Encoded): boolean {
    assert.equal(this.ended, undefined, 'nothing is sent on a call that has ended');
    this.replies.push(describe1(WatchResponse.decode(wholeMessage(message))));
    return true;
  }
  whenDrained(): void {}
  end(status?: Status): void {
    assert.equal(this.ended, undefined, 'a call ends once');
    this.ended = status ?? 'OK';
  }
  watch(key: string): void {
    const createRequest = WatchCreateRequest.create({ key: fromLatin1(key), progressNotify: true });
    this.message(WatchRequest.create({ createRequest }));
  }
}

function serve(): {
  world: World;
  service: WatchService;
  open(call?: Call): Call;
  node: { current: bigint };
} {
  const world = new World();
  const node = { current: 1n };
  const service = new WatchService({
    node: { hub: world.hub, clusterId: 1n, memberId: 2n, term: () => 3, leader: () => node.current },
    maxRequestBytes: 1_572_864,
    progressIntervalMs: () => 1000,
    permit: (call, key) =>
      call.metadata('token') === 'bad' ? `may not read ${Buffer.from(key)}` : undefined,
  });
  const open = (call = new Call()) => {
    service.method.handler(call);
    return call;
  };
  return { world, service, open, node };
}

describe('watch service', () => {
  it('keeps a half-closed stream open: events keep flowing', () => {
    const { world, open } = serve();
    const call = open();
    call.watch('a');
    call.halfClose();
    world.put('a', '1');
    assert.deepEqual(call.replies, ['#0 rev 1 created', '#0 rev 2 PUT a=1@2']);
    assert.equal(call.ended, undefined);
  });

  it('forgets a stream with its watches when the call is cancelled', () => {
    const { world, service, open } = serve();
    const call = open();
    call.watch('a');
    call.cancel();
    world.put('a');
    assert.deepEqual(call.replies, ['#0 rev 1 created']);
    assert.equal(service.streams, 0);
    assert.equal(world.hub.stats.synced, 0);
  });

  it('asks for permission in the name of the caller', () => {
    const { open } = serve();
    const call = open(new Call({ token: 'bad' }));
    call.watch('a');
    assert.deepEqual(call.replies, ['#-1 rev 1 created canceled (may not read a)']);
  });

  it('ends streams that need a leader when there is none, and only those', () => {
    const { service, open, node } = serve();
    const needing = open(new Call({ hasleader: 'true' }));
    const patient = open();
    service.leaderLost();
    assert.equal((needing.ended as Status).message, 'etcdserver: no leader');
    assert.equal(patient.ended, undefined);
    node.current = 0n;
    assert.equal((open(new Call({ hasleader: 'true' })).ended as Status).code, 14);
    assert.equal(service.streams, 1);
  });

  it('reports progress to every stream in its own rhythm', () => {
    const { service, open } = serve();
    service.tick(500);
    const call = open();
    call.watch('a');
    service.tick(1499);
    assert.equal(call.replies.length, 1);
    service.tick(1500);
    assert.deepEqual(call.replies.slice(1), ['#0 rev 1 progress']);
  });

  it('ends everything at shutdown', () => {
    const { world, service, open } = serve();
    const calls = [open(), open()];
    for (const call of calls) call.watch('a');
    service.close({ code: 14, message: 'etcdserver: server stopped' });
    for (const call of calls) assert.equal((call.ended as Status).code, 14);
    assert.deepEqual([service.streams, world.hub.stats.synced], [0, 0]);
    world.put('a');
  });
});
