import assert from 'node:assert/strict';
import { Etcd3, type Watcher } from 'etcd3';
import { type ServerProcess, startKvctl } from '../support/processes.ts';

/** The npm client `etcd3`, as a user of it would use it, against `kvctl serve`. */
describe('the npm client etcd3', function () {
  this.timeout(30_000);
  let server: ServerProcess;
  let client: Etcd3;

  before(async () => {
    server = await startKvctl();
    client = new Etcd3({ hosts: server.endpoint });
  });

  after(async () => {
    client?.close();
    await server?.dispose();
  });

  it('puts, gets, lists and deletes', async () => {
    await client.put('name').value('value');
    assert.equal(await client.get('name').string(), 'value');
    await client.put('list/a').value('1');
    await client.put('list/b').value('2');
    assert.deepEqual(await client.getAll().prefix('list/').strings(), { 'list/a': '1', 'list/b': '2' });
    assert.deepEqual(await client.getAll().prefix('list/').sort('Key', 'Descend').limit(1).keys(), [
      'list/b',
    ]);
    const { deleted } = await client.delete().prefix('list/');
    assert.equal(deleted, '2');
    assert.equal(await client.get('list/a').string(), null);
  });

  it('compares and branches', async () => {
    await client.put('branch').value('old');
    const won = await client
      .if('branch', 'Value', '==', 'old')
      .then(client.put('branch').value('new'))
      .else(client.get('branch'))
      .commit();
    assert.equal(won.succeeded, true);
    const lost = await client.if('branch', 'Value', '==', 'old').then().else(client.get('branch')).commit();
    assert.equal(lost.succeeded, false);
    assert.equal(lost.responses[0].response_range.kvs[0].value.toString(), 'new');
  });

  it('watches a prefix: puts and deletions, in order', async () => {
    const watcher: Watcher = await client.watch().prefix('watched/').create();
    const seen: string[] = [];
    const three = new Promise<void>((resolve) => {
      const note = (text: string): void => {
        seen.push(text);
        if (seen.length === 3) resolve();
      };
      watcher.on('put', (kv) => note(`put ${kv.key} ${kv.value}`));
      watcher.on('delete', (kv) => note(`delete ${kv.key}`));
    });
    await client.put('watched/a').value('1');
    await client.put('watched/a').value('2');
    await client.delete().key('watched/a');
    await three;
    assert.deepEqual(seen, ['put watched/a 1', 'put watched/a 2', 'delete watched/a']);
    await watcher.cancel();
  });

  it('leases: keeps alive, attaches, revokes', async () => {
    const lease = client.lease(5);
    await lease.put('leased').value('x');
    const id = await lease.grant();
    const { keys, grantedTTL } = await client.leaseClient.leaseTimeToLive({ ID: id, keys: true });
    assert.equal(grantedTTL, '5');
    assert.deepEqual(
      keys.map((k) => k.toString()),
      ['leased'],
    );
    await lease.revoke();
    assert.equal(await client.get('leased').string(), null);
  });

  it('locks: one holder at a time', async () => {
    const order: string[] = [];
    const first = await client.lock('mutex').acquire();
    await assert.rejects(client.lock('mutex').acquire());
    order.push('first');
    await first.release();
    await client.lock('mutex').do(() => {
      order.push('second');
    });
    assert.deepEqual(order, ['first', 'second']);
  });

  it('runs its software transactions: concurrent increments lose nothing', async () => {
    await client.put('counter').value('0');
    const increment = (): Promise<unknown> =>
      client.stm({ retries: 1000 }).transact(async (tx) => {
        const current = Number(await tx.get('counter').string());
        await tx.put('counter').value(String(current + 1));
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    assert.equal(await client.get('counter').string(), '20');
  });
});
