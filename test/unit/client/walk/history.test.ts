import assert from 'node:assert/strict';
import { connect } from '../../../../src/client/connect.ts';
import { wholeHistory } from '../../../../src/client/walk/history.ts';
import { Code } from '../../../../src/core/errors.ts';
import { Event, KeyValue } from '../../../../src/core/wire/gen/kv.ts';
import { KVService, ResponseHeader, WatchService } from '../../../../src/core/wire/gen/rpc.ts';
import { FakeServer } from '../fake-server.ts';

const key = Buffer.from('k');
const header = (revision: number) => ResponseHeader.create({ revision });
const kv = (modRevision: number) => KeyValue.create({ key, modRevision, createRevision: 2 });

describe('the history of a key', () => {
  it('does not wait for a server that says nothing more for longer than the caller would', async () => {
    const server = await FakeServer.start();
    const client = await connect({ endpoints: [server.endpoint] });
    try {
      server.answer(KVService.range, { header: header(9), kvs: [kv(9)] });
      server.handle(WatchService.watch, async (call) => {
        await call.receive();
        call.send({ watchId: 0n, created: true, header: header(9) });
        call.send({ watchId: 0n, header: header(9), events: [Event.create({ kv: kv(2) })] });
        await call.receive(); // nothing more comes
      });
      const told: number[] = [];
      const telling = (async () => {
        const read = (request: object) => client.call(KVService.range, request);
        for await (const { revision } of wholeHistory({ client, read, key, patienceMs: 200 }))
          told.push(revision);
      })();
      await assert.rejects(telling, { name: 'ContextError', code: Code.DeadlineExceeded });
      assert.deepEqual(told, [2]);
    } finally {
      client.close();
      await server.stop();
    }
  });
});
