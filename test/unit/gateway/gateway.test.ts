import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/processes.ts';
import { type Backend, backend, fateOf, next, type Running, readAll, startGateway } from './support.ts';

const echo = (socket: Socket): void => {
  socket.pipe(socket);
};
/** Says who it is, then echoes. */
const greeter =
  (name: string) =>
  (socket: Socket): void => {
    socket.write(name);
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('end', () => socket.end());
  };

describe('Gateway', () => {
  const started: Running[] = [];
  const backends: Backend[] = [];
  const open = async (...args: Parameters<typeof startGateway>): Promise<Running> => {
    const running = await startGateway(...args);
    started.push(running);
    return running;
  };
  const serve = async (handle: (socket: Socket) => void): Promise<Backend> => {
    const made = await backend(handle);
    backends.push(made);
    return made;
  };
  afterEach(async () => {
    for (const { gateway } of started) gateway.cut();
    await Promise.all(backends.splice(0).map((b) => b.kill()));
    await Promise.all(started.splice(0).map(({ gateway }) => gateway.close()));
  });

  it('copies bytes both ways, whatever they are', async () => {
    const { dial } = await open([await serve(echo)]);
    const socket = await dial();
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) & 0xff));
    socket.end(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    assert.ok(Buffer.concat(chunks).equals(bytes));
  });

  it('takes turns', async () => {
    const { dial } = await open([await serve(greeter('a')), await serve(greeter('b'))]);
    const names = [];
    for (let i = 0; i < 4; i++) names.push(await next(await dial()));
    assert.deepEqual(names, ['a', 'b', 'a', 'b']);
  });

  it('a client that has said all it has to say still gets its answer', async () => {
    const late = await serve((socket) => {
      socket.resume().on('end', () => setTimeout(() => socket.end('answer'), 50));
    });
    const { dial } = await open([late]);
    const socket = await dial();
    socket.end('question');
    assert.equal(await readAll(socket), 'answer');
  });

  it('an endpoint that has said all it has to say still hears the client', async () => {
    let heard = '';
    const { dial } = await open([
      await serve((socket) => {
        socket.end('bye');
        socket.on('data', (chunk) => {
          heard += chunk;
        });
      }),
    ]);
    const socket = await dial();
    assert.equal(await readAll(socket), 'bye');
    socket.write('still ');
    await sleep(20);
    socket.end('here');
    await until(
      () => heard === 'still here',
      2000,
      () => heard,
    );
  });

  it('breaks one side when the other breaks: half a message never looks like all of it', async () => {
    const [one] = [await serve(greeter('hello'))];
    const { dial, gateway } = await open([one]);
    const broken = await dial();
    await next(broken);
    const fate = fateOf(broken);
    one.sockets[0].resetAndDestroy();
    assert.equal(await fate, 'reset');

    const leaving = await dial();
    await next(leaving);
    const seen = fateOf(one.sockets[1]);
    leaving.resetAndDestroy();
    assert.equal(await seen, 'reset');
    await until(
      () => gateway.connections === 0,
      2000,
      () => `${gateway.connections} left`,
    );
  });

  it('does not read what nobody takes: memory is bounded', async () => {
    const flood = Buffer.alloc(1024 * 1024);
    let sent = 0;
    const { dial } = await open([
      await serve((socket) => {
        const more = (): void => {
          while (sent < 512 * flood.length && socket.write(flood)) sent += flood.length;
          sent += flood.length;
        };
        socket.on('drain', more);
        more();
      }),
    ]);
    const socket = await dial();
    socket.pause();
    const before = process.memoryUsage().rss;
    await sleep(300);
    const stuckAt = sent;
    await sleep(200);
    // The kernel's buffers of two connections, and a chunk or two in the gateway.
    assert.equal(sent, stuckAt);
    assert.ok(sent < 64 * flood.length, `${sent} bytes were taken`);
    assert.ok(process.memoryUsage().rss - before < 64 * flood.length);
    socket.resume();
    await until(
      () => sent > stuckAt + 64 * flood.length,
      5000,
      () => `${sent} bytes after ${stuckAt}`,
    );
  });

  it('leaves out an endpoint that cannot be reached, and takes it back when a probe reaches it', async () => {
    const [one, other] = [await serve(greeter('a')), await serve(greeter('b'))];
    await one.kill();
    const { dial, lines } = await open([one, other], { retryDelayMs: 150 });
    for (let i = 0; i < 3; i++) assert.equal(await next(await dial()), 'b');
    const { address } = one.endpoint;
    const first = lines[0];
    assert.deepEqual(
      [first.level, first.msg, first.fields.address, first.fields.interval],
      ['warn', 'deactivated endpoint', address, '0.15s'],
    );
    assert.match(String(first.fields.error), /ECONNREFUSED/);
    await until(
      () => lines.some(({ msg }) => msg.startsWith('failed to activate endpoint')),
      2000,
      () => 'no probe',
    );
    await one.revive();
    await until(
      () => lines.some(({ msg, fields }) => msg === 'activated' && fields.address === address),
      2000,
      () => 'not taken back',
    );
    const names = new Set([await next(await dial()), await next(await dial())]);
    assert.deepEqual(names, new Set(['a', 'b']));
    assert.equal(lines.filter(({ msg }) => msg === 'deactivated endpoint').length, 1);
  });

  it('closes a connection that nobody can take', async () => {
    const one = await serve(echo);
    await one.kill();
    const { dial } = await open([one]);
    assert.equal(await fateOf(await dial()), 'end');
    // The second one finds nothing to try.
    assert.equal(await fateOf(await dial()), 'end');
  });

  it('an endpoint that dies under load costs its own connections and no others', async () => {
    const [one, other] = [await serve(greeter('a')), await serve(greeter('b'))];
    const { dial } = await open([one, other]);
    const clients = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const socket = await dial();
        const client = { socket, name: await next(socket), echoed: 0, lost: false };
        socket.on('data', (chunk: Buffer) => {
          client.echoed += chunk.length;
          socket.write(chunk);
        });
        socket.once('close', () => {
          client.lost = true;
        });
        socket.write('ping');
        return client;
      }),
    );
    await one.kill();
    await until(
      () => clients.every(({ name, lost }) => name === 'b' || lost),
      3000,
      () => 'some of a live',
    );
    const counts = clients.map(({ echoed }) => echoed);
    await until(
      () => clients.every(({ name, echoed }, i) => name === 'a' || echoed > counts[i]),
      3000,
      () => 'some of b stand still',
    );
    assert.deepEqual([...new Set(clients.filter(({ lost }) => lost).map(({ name }) => name))], ['a']);
    assert.equal(await next(await dial()), 'b');
    for (const { socket } of clients) socket.destroy();
  });

  it('drains: no new connections, those that are open may end', async () => {
    const { dial, gateway, port } = await open([await serve(echo)], { drainMs: 5000 });
    const socket = await dial();
    socket.write('x');
    await next(socket);
    const closed = gateway.close();
    const refused = connect(port, '127.0.0.1');
    await new Promise((resolve) => refused.once('error', resolve));
    socket.write('still served');
    assert.equal(await next(socket), 'still served');
    socket.end();
    assert.equal(await readAll(socket), '');
    await closed;
  });

  it('cuts what is left when the drain time is over', async () => {
    const { dial, gateway } = await open([await serve(echo)], { drainMs: 100 });
    const socket = await dial();
    socket.write('x');
    await next(socket);
    const fate = fateOf(socket);
    await gateway.close();
    assert.equal(await fate, 'reset');
  });

  it('a client that leaves before its endpoint was reached leaves nothing behind', async () => {
    const one = await serve(echo);
    const { port, gateway } = await open([one]);
    for (let i = 0; i < 20; i++)
      connect(port, '127.0.0.1')
        .on('error', () => {})
        .resetAndDestroy();
    await sleep(100);
    await until(
      () => gateway.connections === 0,
      2000,
      () => `${gateway.connections} left`,
    );
  });
});
