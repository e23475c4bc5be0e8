import assert from 'node:assert/strict';
import { type Level, LogStream } from '../../../src/local-cluster/log-stream.ts';

/** What one line of a member becomes. */
function shown(
  line: string,
  options: { level?: Level; isColoured?: boolean; before?: string[] } = {},
): string {
  let out = '';
  const stream = new LogStream({
    names: ['node1', 'node2'],
    level: options.level ?? 'info',
    isColoured: options.isColoured ?? false,
    write: (text) => {
      out += text;
    },
    now: () => 0,
  });
  for (const text of options.before ?? []) stream.member('node2', text);
  out = '';
  stream.member('node1', line);
  return out.replace(/\d\d:\d\d:\d\d/, 'TIME');
}

const json = (fields: Record<string, unknown>): string =>
  JSON.stringify({
    level: 'info',
    ts: '2026-01-02T03:04:05.678901Z',
    caller: 'a.ts',
    msg: 'said',
    ...fields,
  });

describe('the log stream of a local cluster', () => {
  const TABLE: readonly (readonly [string, string, string])[] = [
    ['a message alone', json({}), 'node1   │ TIME.678 INFO  said\n'],
    ['words bare', json({ term: 2, name: 'x' }), 'node1   │ TIME.678 INFO  said term=2 name=x\n'],
    ['texts quoted', json({ a: 'b c', d: '' }), 'node1   │ TIME.678 INFO  said a="b c" d=""\n'],
    ['lists as JSON', json({ urls: ['http://x'] }), 'node1   │ TIME.678 INFO  said urls=["http://x"]\n'],
    ['without the logger', json({ logger: 'raft' }), 'node1   │ TIME.678 INFO  said\n'],
    ['what is no log line', 'Error: boom', 'node1   │ Error: boom\n'],
    ['what only looks like one', '{"level":1}', 'node1   │ {"level":1}\n'],
    ['half a line', '{"level":"info","ts":', 'node1   │ {"level":"info","ts":\n'],
  ];
  for (const [what, line, expected] of TABLE) it(`shows ${what}`, () => assert.equal(shown(line), expected));

  it('hides what is below its level, but never what it does not know', () => {
    const of = (level: string, shownFrom: Level): string => shown(json({ level }), { level: shownFrom });
    assert.equal(of('info', 'warn'), '');
    assert.equal(of('debug', 'info'), '');
    assert.notEqual(of('warn', 'warn'), '');
    assert.notEqual(of('debug', 'debug'), '');
    assert.notEqual(of('fatal', 'error'), '');
    assert.notEqual(of('panic', 'error'), '');
  });

  it('calls members by their names, in both notations of their ids', () => {
    const before = [json({ level: 'debug', 'local-member-id': 'a1b2c3d4e5f60718' })];
    const decimal = 0xa1b2c3d4e5f60718n.toString();
    const line = json({ msg: `a1b2c3d4e5f60718 voters=(${decimal} 42)`, id: 'a1b2c3d4e5f60719' });
    assert.equal(
      shown(line, { before }),
      'node1   │ TIME.678 INFO  node2 voters=(node2 42) id=a1b2c3d4e5f60719\n',
    );
  });

  it('is coloured only when asked', () => {
    const coloured = shown(json({ level: 'error' }), { isColoured: true });
    assert.ok(coloured.includes('\x1b[31mERROR\x1b[39m'), JSON.stringify(coloured));
    assert.ok(!shown(json({ level: 'error' })).includes('\x1b'));
  });
});
