/**
 * Every rule of RFC 9113 that a client can break, and what a server has to answer: one row each, with its section,
 * over a real socket.
 */
import assert from 'node:assert/strict';
import {
  clientPreface,
  ErrorCode,
  Flag,
  FrameType,
  Setting,
} from '../../../src/transport/http2/constants.ts';
import { type Served, serve } from './support/echo.ts';
import { block, frame, grpcHeaders, message, RawClient, setting, uint32 } from './support/raw-client.ts';

type Expected =
  /** GOAWAY with the code, and the end of the connection. */
  | { readonly goaway: number }
  /** RST_STREAM with the code; the connection lives on. */
  | { readonly reset: number; readonly id?: number }
  /** No complaint: the connection lives on. */
  | 'ignored'
  /** The call on stream 1 (or `id`) is answered with OK. */
  | 'answered';

interface Row {
  readonly section: string;
  readonly rule: string;
  readonly send: readonly Buffer[];
  readonly expect: Expected;
  readonly id?: number;
}

const {
  data,
  headers,
  priority,
  rstStream,
  settings,
  pushPromise,
  ping,
  goaway,
  windowUpdate,
  continuation,
} = FrameType;
const { endStream, endHeaders, ack, padded } = Flag;
const request = block(grpcHeaders);
const hanging = block({ ...grpcHeaders, ':path': '/test.Echo/Hang' });
const body = message('hello');

/** HEADERS that leave the stream open. */
const open = (id = 1) => frame(headers, endHeaders, id, hanging);
/** A whole call. */
const call = (id = 1) =>
  Buffer.concat([frame(headers, endHeaders, id, request), frame(data, endStream, id, body)]);
/** HEADERS with other fields; `trailer: null` leaves one out. */
function headersWith(changes: Record<string, string | null>, flags: number = endHeaders): Buffer {
  const fields = Object.entries({ ...grpcHeaders, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return frame(headers, flags, 1, block(fields));
}
/** HEADERS with a list in this very order. */
const headersOf = (list: readonly (readonly [string, string])[]) =>
  frame(headers, endHeaders, 1, block(list));
const pseudo = Object.entries(grpcHeaders).slice(0, 4) as [string, string][];
const regular = Object.entries(grpcHeaders).slice(4) as [string, string][];

const protocol = { goaway: ErrorCode.protocolError };
const sizeError = { goaway: ErrorCode.frameSizeError };
const closed = { goaway: ErrorCode.streamClosed };
const flow = { goaway: ErrorCode.flowControlError };
const compression = { goaway: ErrorCode.compressionError };
const malformed = { reset: ErrorCode.protocolError };

// biome-ignore format: one row a line
const rows: readonly Row[] = [
  // 4: frames
  { section: '4.1', rule: 'an unknown frame type is ignored', send: [frame(0xfa, 0xff, 0, '00'), call()], expect: 'answered' },
  { section: '4.1', rule: 'unknown flags are ignored', send: [frame(ping, 0xfe, 0, '0011223344556677')], expect: 'ignored' },
  { section: '4.1', rule: 'the reserved bit of the stream id is ignored', send: [frame(settings, 0, 0x80000000)], expect: 'ignored' },
  { section: '4.2', rule: 'DATA larger than SETTINGS_MAX_FRAME_SIZE', send: [open(), frame(data, 0, 1, Buffer.alloc(16385))], expect: sizeError },
  { section: '4.2', rule: 'HEADERS larger than SETTINGS_MAX_FRAME_SIZE', send: [frame(headers, endHeaders, 1, Buffer.alloc(16385))], expect: sizeError },
  { section: '4.2', rule: 'CONTINUATION larger than SETTINGS_MAX_FRAME_SIZE', send: [frame(headers, 0, 1, request), frame(continuation, endHeaders, 1, Buffer.alloc(16385))], expect: sizeError },
  { section: '4.2', rule: 'SETTINGS larger than SETTINGS_MAX_FRAME_SIZE', send: [frame(settings, 0, 0, Buffer.alloc(16386))], expect: sizeError },
  { section: '4.2', rule: 'an unknown frame larger than SETTINGS_MAX_FRAME_SIZE', send: [frame(0xfa, 0, 0, Buffer.alloc(16385))], expect: sizeError },
  { section: '4.3', rule: 'a block that cannot be decoded', send: [frame(headers, endHeaders, 1, '80')], expect: compression },
  { section: '4.3', rule: 'trailers that cannot be decoded', send: [open(), frame(headers, endHeaders | endStream, 1, '80')], expect: compression },
  { section: '4.3', rule: 'a block that ends inside a field', send: [frame(headers, endHeaders, 1, '4003782d')], expect: compression },
  { section: '4.3.1', rule: 'a table size update behind a field', send: [frame(headers, endHeaders, 1, '8220')], expect: compression },
  { section: '4.3', rule: 'a field block is decoded even for a stream in error', send: [open(), frame(headers, endHeaders, 1, '80')], expect: compression },
  { section: '4.3', rule: 'another frame inside a field block', send: [frame(headers, 0, 1, request), frame(ping, 0, 0, '0011223344556677')], expect: protocol },
  { section: '4.3', rule: "another stream's frame inside a field block", send: [frame(headers, 0, 1, request), frame(continuation, endHeaders, 3, '')], expect: protocol },
  { section: '4.3', rule: 'an unknown frame inside a field block', send: [frame(headers, 0, 1, request), frame(0xfa, 0, 1, '')], expect: protocol },
  { section: '4.3.1', rule: 'a table size update above our setting', send: [frame(headers, endHeaders, 1, '3fe21f')], expect: compression },
  // 5.1: stream states
  { section: '5.1', rule: 'idle: DATA', send: [frame(data, 0, 1, body)], expect: protocol },
  { section: '5.1', rule: 'idle: RST_STREAM', send: [frame(rstStream, 0, 1, uint32(8))], expect: protocol },
  { section: '5.1', rule: 'idle: WINDOW_UPDATE', send: [frame(windowUpdate, 0, 1, uint32(1))], expect: protocol },
  { section: '5.1', rule: 'idle: CONTINUATION', send: [frame(continuation, endHeaders, 1, request)], expect: protocol },
  { section: '5.1', rule: 'half-closed (remote): DATA', send: [open(), frame(data, endStream, 1, body), frame(data, 0, 1, body)], expect: { reset: ErrorCode.streamClosed } },
  { section: '5.1', rule: 'half-closed (remote): HEADERS', send: [open(), frame(data, endStream, 1, body), frame(headers, endHeaders | endStream, 1, '')], expect: { reset: ErrorCode.streamClosed } },
  { section: '5.1', rule: 'half-closed (remote): WINDOW_UPDATE is fine', send: [open(), frame(data, endStream, 1, body), frame(windowUpdate, 0, 1, uint32(1))], expect: 'ignored' },
  { section: '5.1', rule: 'closed by both ends: DATA', send: [call(), frame(data, 0, 1, body)], expect: closed },
  { section: '5.1', rule: 'closed by both ends: HEADERS', send: [call(), frame(headers, endHeaders | endStream, 1, '')], expect: closed },
  { section: '5.1', rule: 'closed by RST_STREAM: DATA', send: [open(), frame(rstStream, 0, 1, uint32(8)), frame(data, 0, 1, body)], expect: closed },
  { section: '5.1', rule: 'closed: PRIORITY is fine', send: [call(), frame(priority, 0, 1, '0000000010')], expect: 'ignored' },
  { section: '5.1', rule: 'closed: WINDOW_UPDATE is fine', send: [call(), frame(windowUpdate, 0, 1, uint32(1))], expect: 'ignored' },
  { section: '5.1', rule: 'closed: RST_STREAM is fine', send: [call(), frame(rstStream, 0, 1, uint32(8))], expect: 'ignored' },
  { section: '5.1', rule: 'reset by us: what was under way is ignored', send: [headersWith({ ':path': '' }), frame(data, 0, 1, body), frame(windowUpdate, 0, 1, uint32(1)), frame(headers, endHeaders | endStream, 1, '')], expect: malformed },
  // 5.1.1: stream identifiers
  { section: '5.1.1', rule: 'an even stream id', send: [open(2)], expect: protocol },
  { section: '5.1.1', rule: 'a stream id left out and used later', send: [open(5), open(3)], expect: protocol },
  { section: '5.1.1', rule: 'an older stream id', send: [call(5), call(3)], expect: protocol },
  { section: '5.1.1', rule: 'stream ids may be left out', send: [call(101)], expect: 'answered', id: 101 },
  { section: '5.1.1', rule: 'HEADERS on stream 0', send: [open(0)], expect: protocol },
  // 5.4.1, 5.5
  { section: '5.5', rule: 'an unknown setting is ignored', send: [frame(settings, 0, 0, setting(0xff, 7)), call()], expect: 'answered' },
  { section: '5.5', rule: 'an unknown frame on an open stream is ignored', send: [frame(headers, endHeaders, 1, request), frame(0xfa, 0xff, 1, '00'), frame(data, endStream, 1, body)], expect: 'answered' },
  // 6.1: DATA
  { section: '6.1', rule: 'DATA on stream 0', send: [frame(data, 0, 0, body)], expect: protocol },
  { section: '6.1', rule: 'padding as long as the payload', send: [open(), frame(data, padded, 1, '0400 0000')], expect: protocol },
  { section: '6.1', rule: 'padded, without a pad length', send: [open(), frame(data, padded, 1, '')], expect: sizeError },
  { section: '6.1', rule: 'padding is taken off', send: [frame(headers, endHeaders, 1, request), frame(data, padded | endStream, 1, Buffer.concat([Buffer.from([3]), body, Buffer.alloc(3)]))], expect: 'answered' },
  { section: '6.1', rule: 'a pad length of 0 is fine', send: [frame(headers, endHeaders, 1, request), frame(data, padded | endStream, 1, Buffer.concat([Buffer.from([0]), body]))], expect: 'answered' },
  // 6.2: HEADERS
  { section: '6.2', rule: 'padding longer than the payload', send: [frame(headers, padded | endHeaders, 1, Buffer.concat([Buffer.from([255]), request]))], expect: protocol },
  { section: '6.2', rule: 'padding and priority are taken off', send: [frame(headers, padded | endHeaders | Flag.priority, 1, Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 16]), request, Buffer.alloc(2)])), frame(data, endStream, 1, body)], expect: 'answered' },
  { section: '6.2', rule: 'too short for its priority', send: [frame(headers, endHeaders | Flag.priority, 1, '0000')], expect: sizeError },
  { section: '6.2', rule: 'padded, without a pad length', send: [frame(headers, padded | endHeaders, 1, '')], expect: sizeError },
  { section: '6.2', rule: 'a block that is all padding', send: [frame(headers, padded | endHeaders, 1, '0400000000')], expect: malformed },
  // 6.3: PRIORITY
  { section: '6.3', rule: 'PRIORITY on stream 0', send: [frame(priority, 0, 0, '0000000010')], expect: protocol },
  { section: '6.3', rule: 'PRIORITY that is not 5 bytes', send: [open(), frame(priority, 0, 1, '00000000')], expect: { reset: ErrorCode.frameSizeError } },
  { section: '6.3', rule: 'PRIORITY on an idle stream is fine', send: [frame(priority, 0, 3, '0000000010')], expect: 'ignored' },
  // 6.4: RST_STREAM
  { section: '6.4', rule: 'RST_STREAM on stream 0', send: [frame(rstStream, 0, 0, uint32(8))], expect: protocol },
  { section: '6.4', rule: 'RST_STREAM that is not 4 bytes', send: [open(), frame(rstStream, 0, 1, '000008')], expect: sizeError },
  { section: '6.4', rule: 'RST_STREAM with too many bytes', send: [open(), frame(rstStream, 0, 1, '0000000800')], expect: sizeError },
  { section: '7', rule: 'RST_STREAM with a code that nobody knows', send: [open(), frame(rstStream, 0, 1, uint32(0xdeadbeef)), call(3)], expect: 'answered', id: 3 },
  // 6.5: SETTINGS
  { section: '6.5', rule: 'an acknowledgement with payload', send: [frame(settings, ack, 0, setting(1, 1))], expect: sizeError },
  { section: '6.5', rule: 'SETTINGS on a stream', send: [frame(settings, 0, 1)], expect: protocol },
  { section: '6.5', rule: 'length that is no multiple of 6', send: [frame(settings, 0, 0, '000100')], expect: sizeError },
  { section: '6.5.2', rule: 'ENABLE_PUSH of 2', send: [frame(settings, 0, 0, setting(Setting.enablePush, 2))], expect: protocol },
  { section: '6.5.2', rule: 'INITIAL_WINDOW_SIZE above 2^31-1', send: [frame(settings, 0, 0, setting(Setting.initialWindowSize, 2 ** 31))], expect: flow },
  { section: '6.5.2', rule: 'MAX_FRAME_SIZE below 16384', send: [frame(settings, 0, 0, setting(Setting.maxFrameSize, 16383))], expect: protocol },
  { section: '6.5.2', rule: 'MAX_FRAME_SIZE above 2^24-1', send: [frame(settings, 0, 0, setting(Setting.maxFrameSize, 2 ** 24))], expect: protocol },
  { section: '6.5.2', rule: 'ENABLE_PUSH of 1 and of 0 are fine', send: [frame(settings, 0, 0, Buffer.concat([setting(Setting.enablePush, 1), setting(Setting.enablePush, 0)])), call()], expect: 'answered' },
  { section: '6.5.2', rule: 'the largest values are fine', send: [frame(settings, 0, 0, Buffer.concat([setting(Setting.headerTableSize, 2 ** 32 - 1), setting(Setting.initialWindowSize, 2 ** 31 - 1), setting(Setting.maxFrameSize, 2 ** 24 - 1), setting(Setting.maxHeaderListSize, 2 ** 32 - 1)])), call()], expect: 'answered' },
  { section: '6.5.3', rule: 'of two values of one setting the later counts', send: [frame(settings, 0, 0, Buffer.concat([setting(Setting.initialWindowSize, 0), setting(Setting.initialWindowSize, 1000)])), call()], expect: 'answered' },
  // 6.6, 6.7, 6.8
  { section: '6.6', rule: 'PUSH_PROMISE from a client', send: [open(), frame(pushPromise, endHeaders, 1, Buffer.concat([uint32(2), request]))], expect: protocol },
  { section: '6.7', rule: 'PING on a stream', send: [frame(ping, 0, 1, '0011223344556677')], expect: protocol },
  { section: '6.7', rule: 'PING that is not 8 bytes', send: [frame(ping, 0, 0, '00112233')], expect: sizeError },
  { section: '6.7', rule: 'an acknowledgement nobody waits for', send: [frame(ping, ack, 0, '0011223344556677')], expect: 'ignored' },
  { section: '6.8', rule: 'GOAWAY on a stream', send: [frame(goaway, 0, 1, '0000000000000000')], expect: protocol },
  { section: '6.8', rule: 'GOAWAY shorter than 8 bytes', send: [frame(goaway, 0, 0, '00000000')], expect: sizeError },
  // 6.9: flow control
  { section: '6.9', rule: 'WINDOW_UPDATE of 0 for the connection', send: [frame(windowUpdate, 0, 0, uint32(0))], expect: protocol },
  { section: '6.9', rule: 'WINDOW_UPDATE of 0 for a stream', send: [open(), frame(windowUpdate, 0, 1, uint32(0))], expect: malformed },
  { section: '6.9', rule: 'WINDOW_UPDATE that is not 4 bytes', send: [frame(windowUpdate, 0, 0, '000001')], expect: sizeError },
  { section: '6.9', rule: 'WINDOW_UPDATE with too many bytes', send: [open(), frame(windowUpdate, 0, 1, '0000000100')], expect: sizeError },
  { section: '6.9', rule: 'the reserved bit of the increment is ignored', send: [frame(windowUpdate, 0, 0, uint32(0x80000001))], expect: 'ignored' },
  { section: '6.9.1', rule: 'connection window above 2^31-1', send: [frame(windowUpdate, 0, 0, uint32(2 ** 31 - 1))], expect: flow },
  { section: '6.9.1', rule: 'stream window above 2^31-1', send: [open(), frame(windowUpdate, 0, 1, uint32(2 ** 31 - 1))], expect: { reset: ErrorCode.flowControlError } },
  { section: '6.9.2', rule: 'INITIAL_WINDOW_SIZE lifts a stream above 2^31-1', send: [open(), frame(windowUpdate, 0, 1, uint32(2 ** 30)), frame(settings, 0, 0, setting(Setting.initialWindowSize, 2 ** 31 - 1))], expect: flow },
  // 6.10: CONTINUATION
  { section: '6.10', rule: 'CONTINUATION on stream 0', send: [frame(continuation, endHeaders, 0, request)], expect: protocol },
  { section: '6.10', rule: 'CONTINUATION after a whole block', send: [open(), frame(continuation, endHeaders, 1, '')], expect: protocol },
  { section: '6.10', rule: 'CONTINUATION after DATA', send: [open(), frame(data, 0, 1, body), frame(continuation, endHeaders, 1, '')], expect: protocol },
  { section: '6.10', rule: 'a block with an empty CONTINUATION', send: [frame(headers, 0, 1, request), frame(continuation, endHeaders, 1, ''), frame(data, endStream, 1, body)], expect: 'answered' },
  { section: '6.10', rule: 'a block in three frames', send: [frame(headers, 0, 1, request.subarray(0, 10)), frame(continuation, 0, 1, request.subarray(10, 20)), frame(continuation, endHeaders, 1, request.subarray(20)), frame(data, endStream, 1, body)], expect: 'answered' },
  // 8: messages
  { section: '8.1', rule: 'trailers end the request', send: [frame(headers, endHeaders, 1, request), frame(data, 0, 1, body), frame(headers, endHeaders | endStream, 1, block({ 'x-trailer': '1' }))], expect: 'answered' },
  { section: '8.1', rule: 'a second HEADERS that does not end the stream', send: [open(), frame(headers, endHeaders, 1, block({ 'x-trailer': '1' }))], expect: malformed },
  { section: '8.1', rule: 'a pseudo-header field in trailers', send: [open(), frame(headers, endHeaders | endStream, 1, block({ ':method': 'POST' }))], expect: malformed },
  { section: '8.1.1', rule: 'more data than content-length', send: [headersWith({ 'content-length': '5' }), frame(data, 0, 1, body)], expect: malformed },
  { section: '8.1.1', rule: 'less data than content-length', send: [headersWith({ 'content-length': '99' }), frame(data, endStream, 1, body)], expect: malformed },
  { section: '8.1.1', rule: 'less data than content-length, ended by trailers', send: [headersWith({ 'content-length': '99' }), frame(headers, endHeaders | endStream, 1, '')], expect: malformed },
  { section: '8.1.1', rule: 'no data but a content-length', send: [headersWith({ 'content-length': '1' }, endHeaders | endStream)], expect: malformed },
  { section: '8.1.1', rule: 'content-length that fits', send: [headersWith({ 'content-length': String(body.length) }), frame(data, endStream, 1, body)], expect: 'answered' },
  { section: '8.1.1', rule: 'content-length that is no number', send: [headersWith({ 'content-length': '-1' })], expect: malformed },
  { section: '8.1.1', rule: 'two content-lengths', send: [headersOf([...pseudo, ...regular, ['content-length', '1'], ['content-length', '2']])], expect: malformed },
  { section: '8.2', rule: 'a capital in a field name', send: [headersWith({ 'X-Upper': '1' })], expect: malformed },
  { section: '8.2.1', rule: 'a blank in a field name', send: [headersWith({ 'x a': '1' })], expect: malformed },
  { section: '8.2.1', rule: 'a colon in a field name', send: [headersWith({ 'x:a': '1' })], expect: malformed },
  { section: '8.2.1', rule: 'an empty field name', send: [headersOf([...pseudo, ...regular, ['', '1']])], expect: malformed },
  { section: '8.2.1', rule: 'a control character in a field name', send: [headersWith({ 'x\x01a': '1' })], expect: malformed },
  { section: '8.2.1', rule: 'DEL in a field name', send: [headersWith({ 'x\x7fa': '1' })], expect: malformed },
  { section: '8.2.1', rule: 'a byte beyond ASCII in a field name', send: [headersWith({ 'x\xe4a': '1' })], expect: malformed },
  { section: '8.2.1', rule: 'LF in a field value', send: [headersWith({ 'x-a': 'a\nb' })], expect: malformed },
  { section: '8.2.1', rule: 'CR in a field value', send: [headersWith({ 'x-a': 'a\rb' })], expect: malformed },
  { section: '8.2.1', rule: 'NUL in a field value', send: [headersWith({ 'x-a': 'a\0b' })], expect: malformed },
  { section: '8.2.1', rule: 'a field value that begins with a blank', send: [headersWith({ 'x-a': ' b' })], expect: malformed },
  { section: '8.2.1', rule: 'a field value that ends with a tab', send: [headersWith({ 'x-a': 'b\t' })], expect: malformed },
  { section: '8.2.1', rule: 'a field value that begins with a tab', send: [headersWith({ 'x-a': '\tb' })], expect: malformed },
  { section: '8.2.1', rule: 'a field value that ends with a blank', send: [headersWith({ 'x-a': 'b ' })], expect: malformed },
  { section: '8.2.1', rule: 'the same in trailers', send: [open(), frame(headers, endHeaders | endStream, 1, block({ 'x-a': 'a\nb' }))], expect: malformed },
  { section: '8.2.2', rule: 'connection', send: [headersWith({ connection: 'close' })], expect: malformed },
  { section: '8.2.2', rule: 'transfer-encoding', send: [headersWith({ 'transfer-encoding': 'chunked' })], expect: malformed },
  { section: '8.2.2', rule: 'keep-alive', send: [headersWith({ 'keep-alive': '5' })], expect: malformed },
  { section: '8.2.2', rule: 'proxy-connection', send: [headersWith({ 'proxy-connection': 'x' })], expect: malformed },
  { section: '8.2.2', rule: 'upgrade', send: [headersWith({ upgrade: 'h2c' })], expect: malformed },
  { section: '8.2.2', rule: 'TE other than trailers', send: [headersWith({ te: 'gzip' })], expect: malformed },
  { section: '8.2.2', rule: 'connection in trailers', send: [open(), frame(headers, endHeaders | endStream, 1, block({ connection: 'close' }))], expect: malformed },
  { section: '8.3', rule: 'an unknown pseudo-header field', send: [headersOf([...pseudo, [':test', '1'], ...regular])], expect: malformed },
  { section: '8.3', rule: "a response's pseudo-header field", send: [headersOf([...pseudo, [':status', '200'], ...regular])], expect: malformed },
  { section: '8.3', rule: 'a pseudo-header field after a regular one', send: [headersOf([...pseudo.slice(1), ...regular, pseudo[0]])], expect: malformed },
  { section: '8.3', rule: 'a pseudo-header field twice', send: [headersOf([...pseudo, pseudo[2], ...regular])], expect: malformed },
  { section: '8.3.1', rule: 'no :method', send: [headersWith({ ':method': null })], expect: malformed },
  { section: '8.3.1', rule: 'no :scheme', send: [headersWith({ ':scheme': null })], expect: malformed },
  { section: '8.3.1', rule: 'no :path', send: [headersWith({ ':path': null })], expect: malformed },
  { section: '8.3.1', rule: 'an empty :path', send: [headersWith({ ':path': '' })], expect: malformed },
  { section: '8.3.1', rule: ':path twice', send: [headersOf([...pseudo, [':path', '/other'], ...regular])], expect: malformed },
  { section: '8.3.1', rule: 'nothing but regular fields', send: [headersOf(regular)], expect: malformed },
  { section: '8.5', rule: 'CONNECT with a :path', send: [headersWith({ ':method': 'CONNECT' })], expect: malformed },
  { section: '8.5', rule: 'CONNECT with a :scheme', send: [headersWith({ ':method': 'CONNECT', ':path': null })], expect: malformed },
  { section: '8.5', rule: 'CONNECT without :authority', send: [headersWith({ ':method': 'CONNECT', ':path': null, ':scheme': null, ':authority': null })], expect: malformed },
];

async function check(client: RawClient, row: Row): Promise<void> {
  if (row.expect === 'answered') {
    const { headers: answer, data: answered } = await client.answer(row.id ?? 1);
    assert.equal(answer['grpc-status'], '0');
    assert.deepEqual(answered, body);
  } else if (row.expect !== 'ignored' && 'goaway' in row.expect) {
    assert.equal((await client.goaway()).code, row.expect.goaway);
    await client.untilEnded();
    return;
  } else if (row.expect !== 'ignored') {
    assert.equal(await client.resetOf(row.expect.id ?? 1), row.expect.reset);
  }
  await client.ping();
  assert.ok(!client.frames.some((f) => f.type === goaway), client.describe());
}

describe('HTTP/2: rules a client can break (RFC 9113)', () => {
  let served: Served;
  before(async () => {
    served = await serve();
  });
  after(() => served.close());

  for (const row of rows) {
    it(`${row.section} ${row.rule}`, async () => {
      const client = await RawClient.open(served.port);
      try {
        client.send(...row.send);
        await check(client, row);
      } finally {
        client.close();
      }
    });
  }

  it('the same rows, byte by byte and all in one chunk, end the same way', async () => {
    // Cutting frames anywhere must not change an answer; one byte a write for the rows that are short.
    for (const row of rows.filter(({ send }) => Buffer.concat([...send]).length < 400).slice(0, 40)) {
      const client = await RawClient.open(served.port);
      for (const byte of Buffer.concat([...row.send])) client.send(Buffer.from([byte]));
      await check(client, row);
      client.close();
    }
  });
});

describe('HTTP/2: beginning of a connection (RFC 9113)', () => {
  let served: Served;
  before(async () => {
    served = await serve({ limits: { settingsTimeoutMs: 100 } });
  });
  after(() => served.close());

  async function refused(bytes: Buffer, code: number): Promise<void> {
    const client = await RawClient.connect(served.port);
    client.send(bytes);
    assert.equal((await client.goaway()).code, code);
    await client.untilEnded();
    client.close();
  }

  it('3.4 a preface that is wrong', () =>
    refused(Buffer.from('PRI * HTTP/2.0\r\n\r\nSX'), ErrorCode.protocolError));
  it('3.4 HTTP/1.1 where only HTTP/2 is served', () =>
    refused(Buffer.from('GET / HTTP/1.1\r\n\r\n'), ErrorCode.protocolError));
  it('3.4 a first frame other than SETTINGS', () =>
    refused(Buffer.concat([clientPreface, frame(ping, 0, 0, '0011223344556677')]), ErrorCode.protocolError));
  it('3.4 a first frame that acknowledges SETTINGS', () =>
    refused(Buffer.concat([clientPreface, frame(settings, ack, 0)]), ErrorCode.protocolError));
  it('6.5.3 SETTINGS that are never acknowledged', () =>
    refused(Buffer.concat([clientPreface, frame(settings, 0, 0)]), ErrorCode.settingsTimeout));

  it('3.4 the preface may come in pieces', async () => {
    const client = await RawClient.connect(served.port);
    for (const byte of clientPreface) client.send(Buffer.from([byte]));
    client.send(frame(settings, 0, 0), frame(settings, ack, 0), call());
    assert.equal((await client.answer(1)).headers['grpc-status'], '0');
    client.close();
  });

  it('6.5.3 acknowledges each SETTINGS once', async () => {
    const client = await RawClient.open(served.port);
    client.send(frame(settings, 0, 0), frame(settings, 0, 0, setting(Setting.initialWindowSize, 7)));
    await client.ping();
    const acks = client.frames.filter((f) => f.type === settings && (f.flags & ack) !== 0);
    assert.deepEqual(
      acks.map((f) => f.payload.length),
      [0, 0, 0],
    );
    client.close();
  });

  it('6.5.2 makes no push of its own, and says so', async () => {
    const client = await RawClient.open(served.port);
    client.send(call());
    await client.answer(1);
    const first = client.frames[0];
    for (let at = 0; at < first.payload.length; at += 6) {
      if (first.payload.readUInt16BE(at) === Setting.enablePush)
        assert.equal(first.payload.readUInt32BE(at + 2), 0);
    }
    assert.ok(!client.frames.some((f) => f.type === pushPromise));
    client.close();
  });

  it('6.7 gives a PING back as it came, and does not answer an answer', async () => {
    const client = await RawClient.open(served.port);
    client.send(frame(ping, 0, 0, '0123456789abcdef'), frame(ping, ack, 0, 'ffffffffffffffff'));
    await client.ping();
    const [first, ...rest] = client.frames.filter((f) => f.type === ping);
    assert.deepEqual([first.flags, first.id, first.payload.toString('hex')], [ack, 0, '0123456789abcdef']);
    assert.equal(rest.length, 1);
    client.close();
  });

  it('6.8 GOAWAY from a client lets its calls finish, then the connection ends', async () => {
    const client = await RawClient.open(served.port);
    client.send(frame(headers, endHeaders, 1, request), frame(goaway, 0, 0, '0000000000000000'));
    client.send(frame(data, endStream, 1, body));
    assert.equal((await client.answer(1)).headers['grpc-status'], '0');
    await client.untilEnded();
    client.close();
  });

  it('6.8 GOAWAY names the last stream that was taken', async () => {
    const client = await RawClient.open(served.port);
    client.send(call(1), call(7), frame(data, 0, 0, body));
    assert.equal((await client.goaway()).lastStreamId, 7);
    client.close();
  });

  it('4.3.1, RFC 7541 4.2 says in the next block that its table has become smaller', async () => {
    const client = await RawClient.open(served.port);
    client.send(call(1));
    await client.answer(1);
    client.send(frame(settings, 0, 0, setting(Setting.headerTableSize, 0)));
    await client.ping();
    client.send(call(3));
    await client.answer(3);
    const [block3] = client.frames.filter((f) => f.type === headers && f.id === 3);
    assert.equal(block3.payload[0], 0x20);
    client.close();
  });

  it('8.1 an answer before the end of the request: what still comes is passed over', async () => {
    const client = await RawClient.open(served.port);
    const unknown = block({ ...grpcHeaders, ':path': '/test.Echo/Nothing' });
    client.send(frame(headers, endHeaders, 1, unknown));
    assert.equal((await client.answer(1)).headers['grpc-status'], '12');
    client.send(frame(data, 0, 1, body), frame(data, endStream, 1, body), call(3));
    assert.equal((await client.answer(3)).headers['grpc-status'], '0');
    assert.ok(!client.frames.some((f) => f.type === goaway), client.describe());
    client.close();
  });

  it('6.5 announces its limits, and acknowledges SETTINGS', async () => {
    const client = await RawClient.open(served.port);
    const first = await client.until(() => true);
    assert.equal(first.type, settings);
    const announced = new Map<number, number>();
    for (let at = 0; at < first.payload.length; at += 6)
      announced.set(first.payload.readUInt16BE(at), first.payload.readUInt32BE(at + 2));
    assert.equal(announced.get(Setting.maxConcurrentStreams), 2 ** 32 - 1);
    assert.equal(announced.get(Setting.initialWindowSize), served.server.limits.streamWindowBytes);
    await client.until((f) => f.type === settings && (f.flags & ack) !== 0);
    client.close();
  });
});
