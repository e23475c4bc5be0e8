import assert from 'node:assert/strict';
import { createLogger, type LogLevel, memorySink, textLogger } from '../../../src/server/logging/index.ts';

const TIME_MS = Date.UTC(2026, 10, 20, 19, 7, 31, 50) + 0.577;

interface Setup {
  readonly level?: LogLevel;
  readonly format?: 'json' | 'console';
  readonly sampling?: boolean;
  readonly clock?: () => number;
}

function setup({ level = 'debug', format = 'json', sampling = false, clock = () => TIME_MS }: Setup = {}) {
  const lines: string[] = [];
  return { lines, log: createLogger({ level, format, sinks: [memorySink(lines)], clock, sampling }) };
}

/** Runs `work` in another time zone. */
function inZone<T>(zone: string, work: () => T): T {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

describe('log lines', () => {
  it('have the keys of zap, in its order', () => {
    const { lines, log } = setup();
    inZone('UTC', () =>
      log
        .with({ logger: 'raft', caller: 'raft/node.ts', fields: { 'local-member-id': 'ab' } })
        .info('newRaft "x"\n', {
          took: '7s',
          count: 3,
          on: true,
          urls: ['a', 'b'],
          nothing: null,
          left: undefined,
        }),
    );
    assert.deepEqual(lines, [
      '{"level":"info","ts":"2026-11-20T19:07:31.050577Z","logger":"raft","caller":"raft/node.ts","msg":"newRaft \\"x\\"\\n","local-member-id":"ab","took":"7s","count":3,"on":true,"urls":["a","b"],"nothing":null}\n',
    ]);
  });

  it('have the local time zone without a colon', () => {
    for (const [zone, ts] of [
      ['Asia/Kolkata', '2026-11-21T00:37:31.050577+0530'],
      ['America/St_Johns', '2026-11-20T15:37:31.050577-0330'],
    ]) {
      const { lines, log } = setup();
      inZone(zone, () => log.info('x'));
      assert.equal((JSON.parse(lines[0]) as { ts: string }).ts, ts);
    }
  });

  it('print identities, errors and bytes', () => {
    const { lines, log } = setup();
    log.info('x', {
      id: 0xffff_ffff_ffff_ffffn,
      error: new Error('no such host'),
      bytes: new Uint8Array([1, 2]),
      nested: { a: [1n, { b: new Error('e') }] },
      bad: Number.NaN,
    });
    assert.match(
      lines[0],
      /"id":18446744073709551615,"error":"no such host","bytes":"AQI=","nested":\{"a":\[1,\{"b":"e"\}\]\},"bad":"NaN"\}\n$/,
    );
  });

  it('carry a stack from error on, starting where the line was logged', () => {
    const { lines, log } = setup();
    log.warn('w');
    log.error('e');
    assert.ok(!lines[0].includes('stacktrace'));
    const { stacktrace } = JSON.parse(lines[1]) as { stacktrace: string };
    assert.match(stacktrace.split('\n')[0], /lines\.test\.ts/);
  });

  it('are left out below the level', () => {
    const { lines, log } = setup({ level: 'warn' });
    log.debug('d');
    log.info('i');
    log.warn('w');
    log.fatal('f');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { level: string }).level),
      ['warn', 'fatal'],
    );
    assert.deepEqual([log.enabled('info'), log.enabled('warn')], [false, true]);
  });

  it('can be text with tabs', () => {
    const { lines, log } = setup({ format: 'console' });
    inZone('UTC', () => {
      log.with({ logger: 'raft', caller: 'a/b.ts' }).info('msg', { a: 1 });
      log.info('bare');
    });
    assert.deepEqual(lines, [
      '2026-11-20T19:07:31.050577Z\tinfo\traft\ta/b.ts\tmsg\t{"a":1}\n',
      '2026-11-20T19:07:31.050577Z\tinfo\tbare\n',
    ]);
  });

  it('of one kind are thinned out after a hundred a second', () => {
    let now = TIME_MS;
    const { lines, log } = setup({ sampling: true, clock: () => now });
    for (let i = 0; i < 500; i++) log.info('again', { i });
    for (let i = 0; i < 50; i++) log.info('another');
    assert.equal(lines.filter((line) => line.includes('again')).length, 104);
    assert.equal(lines.filter((line) => line.includes('another')).length, 50);
    now += 1000;
    log.info('again');
    assert.equal(lines.filter((line) => line.includes('again')).length, 105);
  });

  it('of the raft core come through its text logger', () => {
    const { lines, log } = setup();
    const raft = textLogger(log.with({ logger: 'raft' }));
    raft.info('a became leader at term 2');
    raft.warn('w');
    assert.match(lines[0], /"level":"info".*"logger":"raft","msg":"a became leader at term 2"\}/);
    assert.match(lines[1], /"level":"warn"/);
  });
});
