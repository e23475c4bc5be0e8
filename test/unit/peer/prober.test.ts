/** What the prober says of peers that answer well, with another clock, nonsense, or not at all. */
import assert from 'node:assert/strict';
import { Agent, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { Prober } from '../../../src/peer/prober.ts';
import { UrlPicker } from '../../../src/peer/urls.ts';

/** Real milliseconds for an answer over loopback. */
const ANSWER_MS = 5000;
const WALL_MS = 1_700_000_000_000;

describe('the prober', () => {
  let server: Server;
  let answer: (wallMs: number) => string;
  let answered: number;

  beforeEach((done) => {
    answered = 0;
    server = createServer((_request, response) => {
      response.end(answer(WALL_MS), () => answered++);
    }).listen(0, '127.0.0.1', done);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** The lines of the first look, half a minute after the start, and the round trips that were counted. */
  async function look(url: string): Promise<{ lines: string[]; roundTrips: number[] }> {
    const lines: string[] = [];
    const roundTrips: number[] = [];
    const agent = new Agent({ keepAlive: true });
    const nothing = (): void => {};
    const timer = { cancel: nothing };
    let judge = nothing;
    // Time stands still, so that the real round trip takes none; one look is taken.
    const clock: Clock = {
      now: () => 0,
      wall: () => WALL_MS,
      every: () => timer,
      endOfTurn: nothing,
      nextTurn: nothing,
      after(milliseconds, run) {
        assert.ok(milliseconds === 30_000 || lines.length > 0, 'again soon only if something is wrong');
        judge = run;
        return timer;
      },
    };
    const prober = new Prober({
      name: 'ROUND_TRIPPER_RAFT_MESSAGE',
      remoteId: 0xbn,
      picker: new UrlPicker([url]),
      agent,
      clock,
      log: {
        debug: nothing,
        info: nothing,
        error: nothing,
        warn: (text, fields) =>
          lines.push(`${text} ${fields!['remote-peer-id']} ${fields!['clock-drift'] ?? ''}`.trim()),
      },
      onRoundTrip: (ms) => roundTrips.push(ms),
    });
    const deadline = Date.now() + ANSWER_MS;
    while (answered === 0 && server.listening && Date.now() < deadline) await sleep(5);
    await sleep(50);
    judge();
    prober.stop();
    agent.destroy();
    return { lines, roundTrips };
  }
  const here = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const saying = (offsetMs: number) => (wallMs: number) =>
    `{"OK":true,"Now":"${new Date(wallMs + offsetMs).toISOString().replace('Z', '000000Z')}"}\n`;

  it('counts round trips, and has nothing to say of a peer that is well', async () => {
    answer = saying(0);
    assert.deepEqual(await look(here()), { lines: [], roundTrips: [0] });
  });

  for (const offset of [-1500, 90_000]) {
    it(`warns of a clock that is off by ${offset} ms`, async () => {
      answer = saying(offset);
      const { lines } = await look(here());
      assert.match(lines[0], new RegExp(`^prober found high clock drift b ${-offset}\\.000ms$`));
    });
  }

  it('warns of nonsense', async () => {
    answer = () => 'zzz';
    assert.deepEqual((await look(here())).lines, ['prober detected unhealthy status b']);
  });

  it('warns of a peer that is not there', async () => {
    const url = here();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual(await look(url), { lines: ['prober detected unhealthy status b'], roundTrips: [] });
  });
});
