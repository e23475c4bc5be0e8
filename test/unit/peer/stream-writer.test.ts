/** The chunks that a stream writer puts behind node:http's back, read by node:http. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Entry, Message, MessageType } from '../../../src/core/wire/gen/raft.ts';
import { FrameReader } from '../../../src/peer/frame-reader.ts';
import { decodeMessages, MessageEncoder } from '../../../src/peer/message-stream.ts';
import { PeerStatus } from '../../../src/peer/peer-status.ts';
import { STREAM_QUEUE_LIMIT, StreamWriter } from '../../../src/peer/stream-writer.ts';
import { until } from '../../support/processes.ts';

const nothing = (): void => {};
const LOG = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const LIMIT_MS = 10_000;

function proposal(number: number, bytes: number): Message {
  const entries = [Entry.create({ index: number, data: Buffer.alloc(bytes, number) })];
  return Message.create({ type: MessageType.MsgProp, from: 1n, to: 2n, entries });
}

const numbers = (messages: readonly Message[]): number[] => messages.map((m) => m.entries[0].index);

describe('stream writer', () => {
  let server: Server;
  let answers: ServerResponse[];
  let writer: StreamWriter;
  let sent: number;
  let lost: number;

  beforeEach(async () => {
    answers = [];
    sent = 0;
    lost = 0;
    writer = new StreamWriter({
      label: 'stream Message',
      ids: {},
      status: new PeerStatus('2', () => 0, LOG),
      log: LOG,
      newEncoder: () => new MessageEncoder(),
      onSent: (bytes) => (sent += bytes),
      onLost: () => lost++,
    });
    server = createServer((_, response) => {
      response.writeHead(200).flushHeaders();
      answers.push(response);
      writer.attach(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    writer.close();
    server.closeAllConnections();
    server.close();
  });

  async function dial(): Promise<IncomingMessage> {
    const asked = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    asked.on('error', nothing).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return answer.on('error', nothing);
  }

  function readAll(answer: IncomingMessage): { messages: Message[]; bytes(): number } {
    const messages: Message[] = [];
    const frames = new FrameReader(decodeMessages((m) => messages.push(m)));
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      frames.push(chunk);
    });
    return { messages, bytes: () => bytes };
  }

  it('writes chunks of every size, and counts what is in them', async () => {
    const read = readAll(await dial());
    const sizes = [0, 1, 15, 16, 255, 4096, 65_535, 65_536, 3_000_000];
    for (const [i, size] of sizes.entries())
      assert.ok(writer.send([proposal(2 * i, size), proposal(2 * i + 1, 0)]));
    writer.heartbeat();
    await until(
      () => read.messages.length === 2 * sizes.length && read.bytes() === sent,
      LIMIT_MS,
      () => `${read.messages.length} messages, ${read.bytes()} of ${sent} bytes`,
    );
    assert.deepEqual(
      numbers(read.messages),
      sizes.flatMap((_, i) => [2 * i, 2 * i + 1]),
    );
    assert.deepEqual(
      read.messages.filter((_, i) => i % 2 === 0).map((m) => m.entries[0].data.length),
      sizes,
    );
  });

  it('keeps what a full socket does not take, in order, up to its limit', async () => {
    const answer = await dial();
    const big = 8 * 1024 * 1024;
    let number = 0;
    assert.ok(writer.send([proposal(number++, big)]));
    for (; number <= STREAM_QUEUE_LIMIT; number++) assert.ok(writer.send([proposal(number, 1)]));
    assert.equal(writer.send([proposal(number, 1)]), false);
    writer.heartbeat();
    const read = readAll(answer);
    await until(
      () => read.messages.length === STREAM_QUEUE_LIMIT + 1,
      LIMIT_MS,
      () => `${read.messages.length}`,
    );
    assert.deepEqual(
      numbers(read.messages),
      Array.from({ length: STREAM_QUEUE_LIMIT + 1 }, (_, i) => i),
    );
  });

  it('goes on with the newest connection', async () => {
    const first = await dial();
    const second = readAll(await dial());
    await new Promise((closed) => first.resume().on('close', closed));
    assert.ok(writer.send([proposal(7, 10)]));
    await until(
      () => second.messages.length === 1,
      LIMIT_MS,
      () => 'no message',
    );
    assert.equal(lost, 0);
  });

  it('says what was lost with a connection that was full', async () => {
    const answer = await dial();
    writer.send([proposal(0, 8 * 1024 * 1024)]);
    writer.send([proposal(1, 1)]);
    answer.destroy();
    await until(
      () => lost === 1,
      LIMIT_MS,
      () => 'nobody was told',
    );
    assert.equal(writer.attached, false);
    assert.equal(writer.send([proposal(2, 1)]), false);
  });
});
