import assert from 'node:assert/strict';
import { paintFor } from '../../../src/commands/colour.ts';
import { drawProgress, RateMeter } from '../../../src/commands/progress.ts';
import { type ProgressState, progressLine, shortTime } from '../../../src/commands/progress-line.ts';
import { type Terminal, terminalOf } from '../../../src/commands/terminal.ts';

const PLAIN: Terminal = { columns: 80, rows: 24, colours: false, unicode: false };
const KEYS: ProgressState = {
  label: 'Exporting',
  unit: 'keys',
  done: 4200,
  total: 10_000,
  rate: 1234.5,
  elapsedSeconds: 3,
};

const draw = (state: Partial<ProgressState>, terminal: Partial<Terminal> = {}) => {
  const at = { ...PLAIN, ...terminal };
  return progressLine({ ...KEYS, ...state }, at, paintFor(at));
};

describe('the progress line', () => {
  it('shows share, counts, rate and time left', () => {
    assert.equal(
      draw({}, { columns: 120 }),
      'Exporting  ################........................   42%  4,200 of 10,000 keys  1,235/s  5s left',
    );
  });

  it('shows bytes as sizes', () => {
    const state = { label: 'Saving', unit: 'bytes', done: 12e6, total: 48e6, rate: 6e6 };
    assert.equal(
      draw(state),
      'Saving  #######.......................   25%  12 MB of 48 MB  6.0 MB/s  6s left',
    );
  });

  it('shows a time of known length, with what is of interest as a note', () => {
    const state = { label: 'Checking', unit: 'seconds', done: 15, total: 60, note: '149 puts/s' };
    assert.match(draw(state), /^Checking {2}#+\.+ {3}25% {2}15s of 1m00s {2}149 puts\/s {2}45s left$/);
  });

  it('leaves out what a narrow window has no room for, and never fills a line', () => {
    for (let columns = 1; columns <= 130; columns++) {
      const line = draw({}, { columns, unicode: columns % 2 === 0 });
      assert.ok(line.length < columns || columns === 1, `${columns}: ${line}`);
    }
    assert.match(draw({}, { columns: 40 }), /^Exporting {2}#+\.+ {3}42% {2}5s left$/);
    assert.equal(draw({}, { columns: 20 }), 'Exporting   42%');
  });

  it('says that nothing moves', () => {
    assert.match(draw({ rate: 0 }), / stalled$/);
  });

  it('is a sign of life where nobody knows the end', () => {
    assert.equal(draw({ total: undefined }), '| Exporting  4,200 keys  1,235/s  3s');
    assert.equal(draw({ total: undefined, unit: '', label: 'Defragmenting' }), '| Defragmenting  3s');
    assert.notEqual(
      draw({ total: undefined, elapsedSeconds: 3.13 }, { unicode: true })[0],
      draw({ total: undefined }, { unicode: true })[0],
    );
  });

  it('is whole when there was nothing to do, or more than thought', () => {
    assert.match(draw({ done: 0, total: 0 }), / 100% /);
    assert.match(draw({ done: 20_000 }), / 100% .* 0s left$/);
  });

  it('has colours only for a terminal that wants them', () => {
    assert.match(draw({}, { colours: true, unicode: true }), /\x1b\[32m━+\x1b\[39m\x1b\[2m─+\x1b\[22m/);
    assert.doesNotMatch(draw({}, { unicode: true }), /\x1b/);
  });

  it('shows times shortly', () => {
    assert.deepEqual([0, 0.2, 59, 60, 61, 3599, 3661, 90_000].map(shortTime), [
      '0s',
      '1s',
      '59s',
      '1m00s',
      '1m01s',
      '59m59s',
      '1h01m',
      '25h00m',
    ]);
  });
});

describe('progress', () => {
  it('is drawn at once, and taken away at the end', () => {
    const lines: string[] = [];
    const place = { io: { status: (line: string) => lines.push(line) }, terminal: PLAIN, now: () => 0 };
    const progress = drawProgress(place as never, { label: 'Putting', unit: 'keys', total: 10 });
    progress.add();
    progress.finish();
    assert.equal(lines.length, 2);
    assert.match(lines[0], /^Putting {2}\.+ {4}0% {2}0 of 10 keys/);
    assert.equal(lines[1], '');
  });

  it('has the rate of the last seconds, not of the whole', () => {
    const meter = new RateMeter();
    assert.equal(meter.sample(0, 0), 0);
    assert.equal(meter.sample(1000, 100), 100);
    for (let at = 2000; at <= 20_000; at += 1000) meter.sample(at, 100);
    assert.equal(meter.sample(21_000, 100), 0);
    assert.ok(meter.sample(22_000, 600) >= 80);
  });
});

describe('a terminal', () => {
  const tty = { isTTY: true, columns: 100, rows: 30 };
  it('is none when it is a pipe, or dumb', () => {
    assert.equal(terminalOf({ isTTY: false, columns: 80, rows: 24 }, {}), undefined);
    assert.equal(terminalOf({} as never, {}), undefined);
    assert.equal(terminalOf(tty, { TERM: 'dumb' }), undefined);
  });

  it('has colours unless NO_COLOR is set to something', () => {
    assert.equal(terminalOf(tty, {})?.colours, true);
    assert.equal(terminalOf(tty, { NO_COLOR: '' })?.colours, true);
    assert.equal(terminalOf(tty, { NO_COLOR: '1' })?.colours, false);
  });

  it('draws with more than ASCII where the locale has it', () => {
    assert.equal(terminalOf(tty, { LANG: 'C.UTF-8' })?.unicode, true);
    assert.equal(terminalOf(tty, { LANG: 'C.UTF-8', LC_ALL: 'C' })?.unicode, false);
    assert.equal(terminalOf(tty, {})?.unicode, false);
  });

  it('has a size even if it does not tell', () => {
    const { columns, rows } = terminalOf({ isTTY: true, columns: 0, rows: 0 }, {})!;
    assert.deepEqual([columns, rows], [80, 24]);
  });
});
