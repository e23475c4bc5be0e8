import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { clientHandler, metricsHandler } from '../../../src/transport/http1/index.ts';
import { type FakeProbe, fakeProbe, type MemoryLog, memoryLog, type Running, start } from './support.ts';

const PLAIN = 'text/plain; charset=utf-8';

describe('HTTP endpoints', () => {
  let probe: FakeProbe;
  let log: MemoryLog;
  let results: string[];
  let client: Running;
  let metrics: Running;
  const stop: Running[] = [];

  const shared = () => ({
    probe,
    log,
    observer: {
      health: (healthy: boolean) => results.push(`health ${healthy}`),
      check: (type: string, name: string, passed: boolean) => results.push(`${type} ${name} ${passed}`),
    },
    readTimeoutMs: 50,
    metrics: { render: () => 'up 1\n', answered: (status: number) => results.push(`page ${status}`) },
  });

  async function startClient(options: { cors?: string[]; hostWhitelist?: string[] } = {}): Promise<Running> {
    const running = await start(
      clientHandler({
        ...shared(),
        cors: options.cors ?? ['*'],
        hostWhitelist: options.hostWhitelist ?? ['*'],
        debugVars: () => ({ b: { c: 1 }, a: ['x'] }),
        gateway: (_request, response) => void response.end('gateway'),
      }),
    );
    stop.push(running);
    return running;
  }

  beforeEach(async () => {
    probe = fakeProbe();
    log = memoryLog();
    results = [];
    client = await startClient();
    metrics = await start(metricsHandler(shared()));
    stop.push(metrics);
  });
  afterEach(async () => {
    await Promise.all(stop.splice(0).map((running) => running.close()));
  });

  it('/version', async () => {
    const { status, headers, text } = await client.ask('/version');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(text, '{"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0"}');
  });

  it('/health of a healthy member', async () => {
    const { status, headers, text } = await client.ask('/health');
    assert.deepEqual([status, headers['content-type'], text], [200, PLAIN, '{"health":"true","reason":""}']);
    assert.deepEqual(results, ['health true']);
  });

  const unhealthy: readonly [string, (p: FakeProbe) => void, string, string][] = [
    ['an alarm', (p) => p.raised.push({ memberID: 1n, alarm: 'NOSPACE' }), '/health', 'ALARM NOSPACE'],
    [
      'the first alarm',
      (p) => p.raised.push({ memberID: 1n, alarm: 'CORRUPT' }, { memberID: 1n, alarm: 'NOSPACE' }),
      '/health?serializable=true',
      'ALARM CORRUPT',
    ],
    [
      'an alarm that is not excluded',
      (p) => p.raised.push({ memberID: 1n, alarm: 'NOSPACE' }, { memberID: 1n, alarm: 'CORRUPT' }),
      '/health?exclude=NOSPACE',
      'ALARM CORRUPT',
    ],
    ['no leader', (p) => (p.leaderId = 0n), '/health', 'RAFT NO LEADER'],
    [
      'a read that fails',
      (p) => (p.failure = new Error('etcdserver: request timed out')),
      '/health',
      'RANGE ERROR:etcdserver: request timed out',
    ],
    ['a read that hangs', (p) => (p.stuck = true), '/health', 'RANGE ERROR:context deadline exceeded'],
  ];
  for (const [what, arrange, path, reason] of unhealthy) {
    it(`${path} with ${what}`, async () => {
      arrange(probe);
      const { status, headers, text } = await client.ask(path);
      assert.deepEqual([status, headers['x-content-type-options']], [503, 'nosniff']);
      assert.equal(text, `{"health":"false","reason":"${reason}"}\n`);
      assert.deepEqual(results, ['health false']);
      assert.deepEqual(log.lines[0], {
        level: 'warn',
        msg: '/health error',
        fields: { output: text.trim(), 'status-code': 503 },
      });
    });
  }

  it('/health passes over excluded alarms, and over the leader when a local read is enough', async () => {
    probe.raised = [
      { memberID: 1n, alarm: 'NOSPACE' },
      { memberID: 1n, alarm: 'CORRUPT' },
    ];
    probe.leaderId = 0n;
    assert.equal((await client.ask('/health?exclude=NOSPACE&exclude=CORRUPT&serializable=true')).status, 200);
    assert.equal((await client.ask('/health?exclude=NOSPACE&exclude=CORRUPT&serializable=1')).status, 503);
  });

  it('/livez and /readyz', async () => {
    const live = await client.ask('/livez');
    assert.deepEqual([live.status, live.headers['content-type'], live.text], [200, PLAIN, 'ok\n']);
    const ready = await client.ask('/readyz?verbose');
    assert.equal(
      ready.text,
      '[+]data_corruption ok\n[+]serializable_read ok\n[+]linearizable_read ok\n[+]non_learner ok\nok\n',
    );
    assert.ok(results.includes('readyz linearizable_read true'));
  });

  it('/readyz tells all checks when one fails, and /livez does not mind', async () => {
    probe.raised = [{ memberID: 1n, alarm: 'CORRUPT' }];
    probe.learner = true;
    const { status, text } = await client.ask('/readyz');
    assert.equal(status, 503);
    assert.equal(
      text,
      '[-]data_corruption failed: alarm activated: CORRUPT\n[+]serializable_read ok\n[+]linearizable_read ok\n[-]non_learner failed: not supported for learner\n\n',
    );
    assert.equal((await client.ask('/livez')).status, 200);
    assert.equal((await client.ask('/readyz/serializable_read')).status, 200);
    assert.equal((await client.ask('/readyz/non_learner')).status, 503);
  });

  it('/readyz does not mind NOSPACE', async () => {
    probe.raised = [{ memberID: 1n, alarm: 'NOSPACE' }];
    assert.equal((await client.ask('/readyz')).status, 200);
  });

  it('/readyz leaves out what is excluded, and says what it does not know', async () => {
    probe.learner = true;
    const { status, text } = await client.ask('/readyz?verbose&exclude=non_learner&exclude=bogus');
    assert.equal(status, 200);
    assert.ok(!text.includes('non_learner'));
    assert.deepEqual(log.lines, [
      {
        level: 'warn',
        msg: 'some health checks cannot be excluded',
        fields: { 'missing-health-checks': '"bogus"' },
      },
    ]);
  });

  it('/metrics, plain and compressed, by any method', async () => {
    const { status, headers, text } = await client.ask('/metrics', { method: 'POST' });
    assert.deepEqual([status, text], [200, 'up 1\n']);
    assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4; charset=utf-8/);
    const small = await client.ask('/metrics', { headers: { 'Accept-Encoding': 'deflate, gzip;q=0.5' } });
    assert.equal(small.headers['content-encoding'], 'gzip');
    assert.equal(gunzipSync(small.body).toString(), 'up 1\n');
    const refused = await client.ask('/metrics', { headers: { 'Accept-Encoding': 'gzip;q=0' } });
    assert.equal(refused.headers['content-encoding'], undefined);
    assert.deepEqual(results, ['page 200', 'page 200', 'page 200']);
  });

  it('/debug/vars has one sorted member a line', async () => {
    const { headers, text } = await client.ask('/debug/vars');
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(text, '{\n"a": ["x"],\n"b": {"c":1}\n}\n');
  });

  const missing = [
    '/nosuch',
    '/livez/x',
    '/livez/',
    '/readyz/bogus',
    '/health/',
    '/version/',
    '/debug/pprof/',
    '/members',
    '/v2/keys',
    '/v3alpha/kv/range',
    '/',
  ];
  it('unknown paths are 404 in the words of Go', async () => {
    for (const path of missing) {
      const { status, headers, text } = await client.ask(path);
      assert.deepEqual(
        [path, status, headers['content-type'], text],
        [path, 404, PLAIN, '404 page not found\n'],
      );
    }
  });

  it('wrong methods are 405 with Allow', async () => {
    for (const path of ['/version', '/health', '/livez', '/readyz', '/livez/serializable_read']) {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const { status, headers, text } = await client.ask(path, { method });
        assert.deepEqual([path, status, headers.allow, text], [path, 405, 'GET', 'Method Not Allowed\n']);
      }
      assert.equal((await client.ask(path, { method: 'HEAD' })).status, 405);
    }
  });

  it('crooked paths are sent to the straight ones', async () => {
    for (const [path, location] of [
      ['//version', '/version'],
      ['/a/../version?x=1', '/version?x=1'],
      ['/v3', '/v3/'],
    ]) {
      const { status, headers } = await client.ask(path);
      assert.deepEqual([status, headers.location], [307, location]);
    }
  });

  it('the JSON API is asked for /v3/ and /v3beta/', async () => {
    assert.equal((await client.ask('/v3/kv/range')).text, 'gateway');
    assert.equal((await client.ask('/v3beta/x')).text, 'gateway');
  });

  it('answers may be read by any page when all origins are allowed', async () => {
    const { headers } = await client.ask('/nosuch');
    assert.equal(headers['access-control-allow-origin'], '*');
    assert.equal(headers['access-control-allow-methods'], 'POST, GET, OPTIONS, PUT, DELETE');
    assert.equal(headers['access-control-allow-headers'], 'accept, content-type, authorization');
  });

  it('or by those of the listed origins only', async () => {
    const picky = await startClient({ cors: ['http://a.com:80', 'https://b.com:443'] });
    const origin = async (Origin: string): Promise<string | undefined> =>
      (await picky.ask('/version', { headers: { Origin } })).headers['access-control-allow-origin'];
    assert.equal(await origin('https://b.com:443'), 'https://b.com:443');
    assert.equal(await origin('https://b.com'), undefined);
    assert.equal((await picky.ask('/version')).status, 200);
  });

  it('OPTIONS is 200 and empty everywhere', async () => {
    const { status, headers, text } = await client.ask('/nosuch', { method: 'OPTIONS' });
    assert.deepEqual([status, headers['content-length'], text], [200, '0', '']);
  });

  it('a Host that is not on the list is misdirected', async () => {
    const picky = await startClient({ hostWhitelist: ['localhost', '::1'] });
    for (const [Host, status] of [
      ['localhost', 200],
      ['localhost:2379', 200],
      ['[::1]:2379', 200],
      ['127.0.0.1:2379', 421],
      ['evil.com:99', 421],
    ] as const) {
      assert.equal((await picky.ask('/version', { headers: { Host } })).status, status, Host);
    }
    const { text, headers } = await picky.ask('/x', { method: 'OPTIONS', headers: { Host: 'evil.com:99' } });
    assert.ok(text.startsWith('\netcd received your request, but the Host header was unrecognized.\n'));
    assert.ok(text.includes('--host-whitelist "evil.com"'));
    assert.equal(headers['access-control-allow-origin'], undefined);
  });

  it('a metrics listener has health and metrics, and nothing else', async () => {
    for (const path of ['/metrics', '/health', '/livez', '/readyz', '/readyz/non_learner']) {
      const { status, headers } = await metrics.ask(path, { headers: { Host: 'evil.com' } });
      assert.deepEqual([path, status, headers['access-control-allow-origin']], [path, 200, undefined]);
    }
    for (const path of ['/version', '/debug/vars', '/v3/kv/range']) {
      assert.equal((await metrics.ask(path)).status, 404);
    }
  });

  it('an endpoint that fails is a 500, and the server lives', async () => {
    probe.versions = () => {
      throw new Error('broken');
    };
    assert.equal((await client.ask('/version')).status, 500);
    assert.equal(log.lines[0].msg, 'HTTP endpoint failed');
    assert.equal((await client.ask('/health')).status, 200);
  });
});
