/** The client under a prefix, against a real member: what it writes, what it sees, and what it must not see. */
import assert from 'node:assert/strict';
import {
  type Client,
  connect,
  lock,
  namespaced,
  Session,
  unlock,
  Watcher,
} from '../../../src/client/index.ts';
import {
  Compare,
  CompareResult,
  CompareTarget,
  DeleteRangeRequest,
  KVService,
  LeaseService,
  PutRequest,
  RangeRequest,
  RequestOp,
  SortOrder,
  SortTarget,
  TxnRequest,
} from '../../../src/core/wire/gen/rpc.ts';
import { type ServerProcess, startKvctl } from '../../support/processes.ts';

const bytes = (text: string) => Buffer.from(text);
const NO_END = Buffer.of(0);

describe('a client in a namespace', function () {
  this.timeout(30_000);
  let member: ServerProcess;
  let whole: Client;
  let app: Client;
  before(async () => {
    member = await startKvctl();
    whole = await connect({ endpoints: [member.endpoint] });
    app = namespaced(whole, 'app/');
  });
  after(async () => {
    whole.close();
    await member.dispose();
  });
  beforeEach(async () => {
    await whole.call(KVService.deleteRange, { key: NO_END, rangeEnd: NO_END });
  });

  const put = (client: Client, key: string, value = 'v') =>
    client.call(KVService.put, { key: bytes(key), value: bytes(value) });
  const keys = async (client: Client, key: Uint8Array, rangeEnd: Uint8Array) => {
    const { kvs } = await client.call(KVService.range, {
      key,
      rangeEnd,
      sortOrder: SortOrder.ASCEND,
      sortTarget: SortTarget.KEY,
    });
    return kvs.map((kv) => Buffer.from(kv.key).toString());
  };

  it('writes under the prefix and sees nothing else', async () => {
    await put(app, 'a');
    await put(whole, 'app.');
    await put(whole, 'app0');
    await put(whole, 'b');
    assert.deepEqual(await keys(whole, NO_END, NO_END), ['app.', 'app/a', 'app0', 'b']);
    assert.deepEqual(await keys(app, NO_END, NO_END), ['a']);
    assert.deepEqual(await keys(app, bytes('a'), bytes('b')), ['a']);
    assert.deepEqual(await keys(app, bytes('a'), new Uint8Array(0)), ['a']);
    const before = await app.call(KVService.put, { key: bytes('a'), value: bytes('w'), prevKv: true });
    assert.equal(Buffer.from(before.prevKv!.key).toString(), 'a');
    const gone = await app.call(KVService.deleteRange, { key: NO_END, rangeEnd: NO_END, prevKv: true });
    assert.deepEqual(
      gone.prevKvs.map((kv) => Buffer.from(kv.key).toString()),
      ['a'],
    );
    assert.deepEqual(await keys(whole, NO_END, NO_END), ['app.', 'app0', 'b']);
  });

  it('a prefix of the largest bytes has no end of its own', async () => {
    const last = namespaced(whole, Buffer.of(0xff, 0xff));
    await put(last, 'z');
    assert.deepEqual(await keys(last, NO_END, NO_END), ['z']);
  });

  it('transactions, down to the nested ones', async () => {
    await put(app, 'n', '1');
    const inner = TxnRequest.create({
      success: [RequestOp.create({ requestRange: RangeRequest.create({ key: NO_END, rangeEnd: NO_END }) })],
    });
    const response = await app.call(KVService.txn, {
      compare: [
        Compare.create({
          key: bytes('n'),
          target: CompareTarget.VALUE,
          result: CompareResult.EQUAL,
          value: bytes('1'),
        }),
      ],
      success: [
        RequestOp.create({ requestPut: PutRequest.create({ key: bytes('m'), value: bytes('2') }) }),
        RequestOp.create({ requestTxn: inner }),
        RequestOp.create({
          requestDeleteRange: DeleteRangeRequest.create({ key: bytes('n'), prevKv: true }),
        }),
      ],
    });
    assert.equal(response.succeeded, true);
    const nested = response.responses[1].responseTxn!.responses[0].responseRange!;
    assert.deepEqual(
      nested.kvs.map((kv) => Buffer.from(kv.key).toString()),
      ['m', 'n'],
    );
    const [deleted] = response.responses[2].responseDeleteRange!.prevKvs;
    assert.equal(Buffer.from(deleted.key).toString(), 'n');
    assert.deepEqual(await keys(whole, NO_END, NO_END), ['app/m']);
  });

  it('watches', async () => {
    const watcher = new Watcher(app);
    const watch = watcher.watch({ key: NO_END, rangeEnd: NO_END, prevKv: true });
    const first = watch[Symbol.asyncIterator]();
    const next = first.next();
    await put(app, 'warm-up');
    await next;
    await put(whole, 'outside');
    await put(app, 'k', '1');
    await put(app, 'k', '2');
    const seen: string[] = [];
    while (seen.length < 2) {
      const { value } = await first.next();
      for (const { kv, prevKv } of value.events) {
        seen.push(
          `${Buffer.from(kv!.key)}=${Buffer.from(kv!.value)} ${prevKv ? Buffer.from(prevKv.key) : ''}`,
        );
      }
    }
    watcher.close();
    assert.deepEqual(seen, ['k=1 ', 'k=2 k']);
  });

  it('leases, locks and what hangs on them', async () => {
    const session = await Session.open(app, 30);
    const claim = await lock(session, 'door');
    const name = `door/${session.lease.toString(16)}`;
    assert.equal(Buffer.from(claim.key).toString(), name);
    assert.deepEqual(await keys(whole, NO_END, NO_END), [`app/${name}`]);
    await whole.call(KVService.put, { key: bytes('outside'), lease: session.lease });
    const alive = await app.call(LeaseService.leaseTimeToLive, { ID: session.lease, keys: true });
    assert.deepEqual(
      alive.keys.map((key) => Buffer.from(key).toString()),
      [name],
    );
    await unlock(session, claim);
    await session.close();
    assert.deepEqual(await keys(whole, NO_END, NO_END), []);
  });

  it('one namespace in another, and an empty one', async () => {
    await put(namespaced(app, 'part/'), 'x');
    assert.deepEqual(await keys(whole, NO_END, NO_END), ['app/part/x']);
    assert.equal(namespaced(app, ''), app);
  });
});
