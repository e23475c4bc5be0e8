import assert from 'node:assert/strict';
import { connect } from '../../../src/client/connect.ts';
import { type Client, Watcher, type WatchMessage } from '../../../src/client/index.ts';
import { Code } from '../../../src/core/errors.ts';
import { Event, KeyValue } from '../../../src/core/wire/gen/kv.ts';
import {
  ResponseHeader,
  type WatchCreateRequest,
  type WatchRequest,
  type WatchResponse,
  WatchService,
} from '../../../src/core/wire/gen/rpc.ts';
import { FakeServer, type ServerCall } from './fake-server.ts';

type Call = ServerCall<WatchRequest, WatchResponse>;

const header = (revision: number) => ResponseHeader.create({ revision });
const put = (modRevision: number, key = 'k') =>
  Event.create({ kv: KeyValue.create({ key: Buffer.from(key), modRevision }) });
const key = Buffer.from('k');

/** Accepts the next watch of the stream under `watchId`; `now` is the store's revision. */
async function accept(call: Call, watchId: bigint, now: number): Promise<WatchCreateRequest> {
  const request = await call.receive();
  call.send({ watchId, created: true, header: header(now) });
  return request!.createRequest!;
}

const revisions = (message: WatchMessage) => message.events.map((event) => event.kv!.modRevision);

describe('watches', () => {
  let server: FakeServer;
  let client: Client;

  beforeEach(async () => {
    server = await FakeServer.start();
    client = await connect({ endpoints: [server.endpoint] });
  });

  afterEach(async () => {
    client.close();
    await server.stop();
  });

  /** What the watch delivers, until it has `count` messages. */
  async function take(watch: AsyncIterable<WatchMessage>, count: number): Promise<WatchMessage[]> {
    const messages: WatchMessage[] = [];
    for await (const message of watch) {
      messages.push(message);
      if (messages.length === count) break;
    }
    return messages;
  }

  it('goes on after a lost connection without a gap or a repeat', async () => {
    const starts: number[] = [];
    server.handle(WatchService.watch, async (call) => {
      const request = await accept(call, 0n, 10);
      starts.push(request.startRevision);
      if (starts.length === 1) {
        call.send({ header: header(12), events: [put(11), put(12)] });
        setTimeout(() => server.drop(), 30);
        await call.receive();
        return;
      }
      // Sends again what was there before, as a careless server might.
      call.send({ header: header(13), events: [put(12), put(13)] });
      await call.receive();
    });
    const watcher = new Watcher(client);
    const messages = await take(watcher.watch({ key }), 2);
    watcher.close();
    assert.deepEqual(starts, [0, 13]);
    assert.deepEqual(messages.map(revisions), [[11, 12], [13]]);
  });

  it('goes on from the revision it started at when nothing has come yet', async () => {
    const starts: number[] = [];
    server.handle(WatchService.watch, async (call) => {
      starts.push((await accept(call, 0n, 7)).startRevision);
      if (starts.length === 1) throw { code: Code.Unavailable, text: 'etcdserver: leader changed' };
      call.send({ header: header(8), events: [put(8)] });
      await call.receive();
    });
    const watcher = new Watcher(client);
    assert.deepEqual((await take(watcher.watch({ key }), 1)).map(revisions), [[8]]);
    watcher.close();
    assert.deepEqual(starts, [0, 8]);
  });

  it('goes on behind a progress notification', async () => {
    const starts: number[] = [];
    server.handle(WatchService.watch, async (call) => {
      starts.push((await accept(call, 0n, 7)).startRevision);
      if (starts.length === 1) {
        call.send({ header: header(20) });
        throw { code: Code.Unavailable, text: 'x' };
      }
      call.send({ header: header(21), events: [put(21)] });
      await call.receive();
    });
    const watcher = new Watcher(client);
    const messages = await take(watcher.watch({ key }), 2);
    watcher.close();
    assert.deepEqual(messages.map(revisions), [[], [21]]);
    assert.deepEqual(starts, [0, 21]);
  });

  it('puts fragments together, and forgets half of a message that was cut off', async () => {
    let streams = 0;
    server.handle(WatchService.watch, async (call) => {
      await accept(call, 0n, 1);
      call.send({ header: header(2), events: [put(2, 'a')], fragment: true });
      if (++streams === 1) throw { code: Code.Unavailable, text: 'x' };
      call.send({ header: header(2), events: [put(2, 'b')], fragment: true });
      call.send({ header: header(2), events: [put(2, 'c')] });
      await call.receive();
    });
    const watcher = new Watcher(client);
    const [message] = await take(watcher.watch({ key, fragment: true }), 1);
    watcher.close();
    assert.deepEqual(
      message.events.map((event) => Buffer.from(event.kv!.key).toString()),
      ['a', 'b', 'c'],
    );
  });

  it('shares one stream, creates one watch after the other, and tells them apart', async () => {
    server.handle(WatchService.watch, async (call) => {
      await accept(call, 1n, 1);
      await accept(call, 2n, 1);
      call.send({ watchId: 2n, header: header(2), events: [put(2, 'two')] });
      call.send({ watchId: 1n, header: header(3), events: [put(3, 'one')] });
      call.send({ watchId: -1n, header: header(4) });
      await call.receive();
    });
    const watcher = new Watcher(client);
    const [one, two] = await Promise.all([take(watcher.watch({ key }), 2), take(watcher.watch({ key }), 2)]);
    watcher.close();
    assert.deepEqual(one.map(revisions), [[3], []]);
    assert.deepEqual(two.map(revisions), [[2], []]);
    assert.equal(server.calls.length, 1);
  });

  it('delivers the message of a cancellation and ends', async () => {
    server.handle(WatchService.watch, async (call) => {
      await accept(call, 0n, 10);
      call.send({ canceled: true, compactRevision: 5, header: header(0) });
      await call.receive();
    });
    const messages: WatchMessage[] = [];
    for await (const message of new Watcher(client).watch({ key, startRevision: 1 })) messages.push(message);
    assert.equal(messages.length, 1);
    assert.equal(messages[0].canceled, true);
    assert.equal(messages[0].compactRevision, 5);
  });

  it('ends a watch that was refused at its creation', async () => {
    server.handle(WatchService.watch, async (call) => {
      await call.receive();
      call.send({ watchId: -1n, created: true, canceled: true, cancelReason: 'no' });
      await call.receive();
    });
    const messages: WatchMessage[] = [];
    for await (const message of new Watcher(client).watch({ key })) messages.push(message);
    assert.deepEqual(
      messages.map((message) => message.cancelReason),
      ['no'],
    );
  });

  it('fails for good on an error that no new stream repairs', async () => {
    server.answer(WatchService.watch, { code: Code.PermissionDenied, text: 'etcdserver: permission denied' });
    await assert.rejects(take(new Watcher(client).watch({ key }), 1), /etcdserver: permission denied/);
    assert.equal(server.calls.length, 1);
  });

  it('says when a watch is no longer wanted, and takes new ones afterwards', async () => {
    const canceled: bigint[] = [];
    server.handle(WatchService.watch, async (call) => {
      await accept(call, 3n, 1);
      call.send({ watchId: 3n, header: header(2), events: [put(2)] });
      for (let request = await call.receive(); request !== undefined; request = await call.receive()) {
        if (request.cancelRequest !== undefined) canceled.push(request.cancelRequest.watchId);
        if (request.createRequest !== undefined) call.send({ watchId: 4n, created: true, header: header(2) });
      }
    });
    const watcher = new Watcher(client);
    const first = watcher.watch({ key });
    await take(first, 1);
    watcher.watch({ key });
    first.cancel();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(canceled, [3n]);
    watcher.close();
    await take(watcher.watch({ key }), 1);
    assert.equal(server.calls.length, 2);
    watcher.close();
  });
});
