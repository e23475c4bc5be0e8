import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import {
  listenerOf,
  parseCpuMs,
  parseListeners,
  parseResidentBytes,
  usageOf,
} from '../../../src/bench/compare/proc.ts';
import { spreadOf } from '../../../src/bench/compare/spread.ts';

const STAT =
  '4242 (a (b) c) S 1 4242 4242 0 -1 4194560 5000 0 3 0 1234 566 7 8 20 0 12 0 99 1000000 2048 18446744073709551615';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:094B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11111 1 0 100 0 0 10 0
   1: 0100007F:094B 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 22222 1 0 20 4 30 10 -1
   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 33333 1 0 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:094B 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 44444 1 0 100 0 0 10 0
`;

describe('what /proc says', () => {
  it('processor time is that of user and system, whatever the name of the process', () => {
    assert.equal(parseCpuMs(STAT), (1234 + 566) * 10);
  });

  it('resident memory is VmRSS', () => {
    assert.equal(
      parseResidentBytes('Name:\tetcd\nVmHWM:\t  900 kB\nVmRSS:\t  512 kB\nThreads:\t9\n'),
      512 * 1024,
    );
    assert.equal(parseResidentBytes('Name:\tkthreadd\n'), 0);
  });

  it('listeners on a port, not connections to it', () => {
    assert.deepEqual(parseListeners(TCP, 0x094b), ['11111']);
    assert.deepEqual(parseListeners(TCP + TCP6, 0x094b), ['11111', '44444']);
    assert.deepEqual(parseListeners(TCP, 80), []);
  });

  it('finds this process by its port, and what it has used', async function () {
    if (process.platform !== 'linux') return this.skip();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    assert.equal(listenerOf(port), process.pid);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(listenerOf(port), undefined);
    const { cpuMs, residentBytes } = usageOf([process.pid])!;
    const { user, system } = process.cpuUsage();
    assert.ok(Math.abs(cpuMs - (user + system) / 1000) < 200, `${cpuMs} ms`);
    assert.ok(residentBytes > 10 * 2 ** 20);
    assert.equal(usageOf([2 ** 30]), undefined);
  });
});

describe('spread', () => {
  it('median of odd and even numbers of values, least and most', () => {
    assert.equal(spreadOf([]), undefined);
    assert.deepEqual(spreadOf([3]), { median: 3, least: 3, most: 3 });
    assert.deepEqual(spreadOf([9, 1, 5]), { median: 5, least: 1, most: 9 });
    assert.deepEqual(spreadOf([10, 1, 2, 3]), { median: 2.5, least: 1, most: 10 });
  });
});
