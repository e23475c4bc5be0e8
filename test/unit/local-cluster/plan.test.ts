import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { checkBasePort, checkSize, endpointsOf, planMembers } from '../../../src/local-cluster/plan.ts';
import { freePorts } from '../../../src/local-cluster/ports.ts';

describe('the plan of a local cluster', () => {
  for (const size of [1, 3, 5, 7, 9]) it(`may have ${size} members`, () => checkSize(size));
  for (const size of [-1, 0, 2, 4, 8, 10, 11, 1.5])
    it(`may not have ${size} members`, () =>
      assert.throws(() => checkSize(size), new RegExp(`--size ${size}`)));

  it('takes base ports whose last one exists', () => {
    checkBasePort(1, 9);
    checkBasePort(65_530, 3);
    for (const port of [0, -5, 65_531, 70_000])
      assert.throws(() => checkBasePort(port, 3), new RegExp(`--base-port ${port}: 3 members need 6 ports`));
  });

  it('gives each member two ports in turn', async () => {
    const base = 20_000 + (process.pid % 10_000);
    const members = await planMembers(3, base).catch((error: Error) => error.message);
    if (typeof members === 'string') return assert.match(members, /is in use/); // by somebody else here
    assert.deepEqual(members[2], { name: 'node3', clientPort: base + 4, peerPort: base + 5 });
    assert.equal(endpointsOf(members), [0, 2, 4].map((i) => `127.0.0.1:${base + i}`).join(','));
  });

  it('names the port that somebody else has', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await assert.rejects(
      planMembers(1, port),
      new RegExp(`127.0.0.1:${port}, the client port of node1, is in use: choose another --base-port`),
    );
    server.close();
  });

  it('takes any free ports where the usual ones are not, each once', async () => {
    const ports = await freePorts(18);
    assert.equal(new Set(ports).size, 18);
    const members = await planMembers(9, undefined);
    assert.equal(new Set(members.flatMap((m) => [m.clientPort, m.peerPort])).size, 18);
  });
});
