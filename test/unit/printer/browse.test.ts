import assert from 'node:assert/strict';
import { paintFor } from '../../../src/commands/colour.ts';
import { KeyValue } from '../../../src/core/wire/gen/kv.ts';
import { createPrinter, type Format, type Printables, type PrintName } from '../../../src/printer/index.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

async function printed<K extends PrintName>(format: Format, name: K, value: Printables[K], colours = false) {
  const paint = paintFor({ colours });
  const decoding = format === 'simple' ? undefined : ('utf8' as const);
  const style = { hex: false, valuesOnly: false, paint, decoding };
  const printer = await createPrinter(format, style, 'browse');
  return Buffer.from(printer.print(name, value)).toString('utf8');
}

const pair = (key: string, value: string | Uint8Array, more: Partial<KeyValue> = {}) =>
  KeyValue.create({
    key: bytes(key),
    value: typeof value === 'string' ? bytes(value) : value,
    createRevision: 2,
    modRevision: 2,
    version: 1,
    ...more,
  });

const put = (value: string | Uint8Array, version: number, more: Partial<KeyValue> = {}) => {
  const kv = pair('k', value, { version, modRevision: version + 1, ...more });
  return { revision: kv.modRevision, kv };
};

const history = (...changes: Printables['history']['changes']): Printables['history'] => ({
  key: bytes('k'),
  changes,
  before: undefined,
});

describe('what a look inside shows', () => {
  describe('history', () => {
    const ROWS: readonly (readonly [string, Printables['history'], string])[] = [
      [
        'short values by what was and what is',
        history(put('5432', 1), put('6432', 2)),
        'revision 2  created  version 1  4 B\n+5432\n\nrevision 3  changed  version 2  4 B\n-5432\n+6432\n',
      ],
      [
        'long ones by hunks',
        history(put('a\nb\nc\nd\ne\nf\ng\n', 1), put('a\nb\nc\nd\ne\nf\nG\n', 2)),
        'revision 2  created  version 1  14 B\n+a\n+b\n+c\n+d\n+e\n+f\n+g\n\n' +
          'revision 3  changed  version 2  14 B\n@@ -4,4 +4,4 @@\n d\n e\n f\n-g\n+G\n',
      ],
      [
        'a line end that comes or goes',
        history(put('a\nb\n', 1), put('a\nb', 2)),
        'revision 2  created  version 1  4 B\n+a\n+b\n\n' +
          'revision 3  changed  version 2  3 B\n@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n',
      ],
      [
        'a deletion, and what came after it',
        history(
          put('a', 1),
          { revision: 3, kv: undefined },
          put('b', 1, { modRevision: 4, createRevision: 4 }),
        ),
        'revision 2  created  version 1  1 B\n+a\n\nrevision 3  deleted\n\nrevision 4  created  version 1  1 B\n+b\n',
      ],
      [
        'the first one that a compaction has left',
        history(put('c', 3, { lease: 0x694dn })),
        'revision 4  changed  version 3  1 B  lease 000000000000694d  (2 versions before it not shown)\n+c\n',
      ],
      [
        'bytes, and nothing',
        history(put(Buffer.of(255, 0), 1), put('', 2), put('', 3)),
        'revision 2  created  version 1  2 B\n+"\\xff\\x00"\n\nrevision 3  changed  version 2  0 B\n-"\\xff\\x00"\n\n' +
          'revision 4  changed  version 3  0 B\n(the same value)\n',
      ],
      [
        'a large value by its beginning',
        history(put(`${'x'.repeat(400)}`, 1)),
        `revision 2  created  version 1  400 B\n+${'x'.repeat(299)}… (101 more characters)\n`,
      ],
      [
        'a long value by its first lines',
        history(put('x\n'.repeat(50), 1)),
        `revision 2  created  version 1  100 B\n${'+x\n'.repeat(40)}… 10 more lines\n`,
      ],
    ];
    for (const [name, value, expected] of ROWS) {
      it(name, async () => assert.equal(await printed('simple', 'history', value), expected));
    }

    it('as JSON and as rows', async () => {
      const value = history(put('a', 1), { revision: 3, kv: undefined });
      const first =
        '{"revision":2,"change":"created","kv":{"key":"k","create_revision":2,"mod_revision":2,"version":1,"value":"a"}}';
      const second = '{"revision":3,"change":"deleted"}';
      assert.equal(await printed('json', 'history', value), `{"key":"k","changes":[${first},${second}]}\n`);
      assert.equal(await printed('ndjson', 'history', value), `${first}\n${second}\n`);
    });

    it('in colours on a terminal', async () => {
      const text = await printed('simple', 'history', history(put('a', 1)), true);
      assert.equal(
        text,
        '\x1b[1mrevision 2\x1b[22m  \x1b[32mcreated\x1b[39m  version 1  1 B\n\x1b[32m+a\x1b[39m\n',
      );
    });

    it('two values of a megabyte with nothing in common', async () => {
      const text = (letter: string) => Buffer.from(`${letter.repeat(7)}\n`.repeat(131_072));
      const out = await printed('simple', 'history', history(put(text('a'), 1), put(text('b'), 2)));
      assert.match(out, /\n… 262,104 more lines\n$/);
    });
  });

  describe('differences', () => {
    const value: Printables['differences'] = {
      revisions: { before: 3, after: 9 },
      namesOnly: false,
      differences: [
        { key: bytes('a'), before: undefined, after: pair('a', '1') },
        { key: bytes('b\xff'), before: pair('b', 'x'), after: undefined },
        { key: bytes('c'), before: pair('c', 'x', { lease: 1n }), after: pair('c', 'x', { modRevision: 7 }) },
      ],
    };
    it('simple', async () =>
      assert.equal(
        await printed('simple', 'differences', value),
        'added a\n--- nothing\n+++ revision 2\n+1\nremoved "b\\xff"\n--- revision 2\n+++ nothing\n-x\n' +
          'changed c\n--- revision 2\n+++ revision 7\nlease 0000000000000001 -> 0000000000000000\n-x\n+x\n',
      ));
    it('names only', async () => {
      assert.equal(
        await printed('simple', 'differences', { ...value, namesOnly: true }),
        'A a\nD "b\\xff"\nM c\n',
      );
      assert.equal(
        await printed('ndjson', 'differences', { ...value, namesOnly: true }),
        '{"key":"a","change":"added"}\n{"key":{"base64":"Yv8="},"change":"removed"}\n{"key":"c","change":"changed"}\n',
      );
    });
    it('a table', async () =>
      assert.match(await printed('table', 'differences', value), /│ +a │ +added │ +│ +1 │\n/));
  });

  it('a report leaves out what did not happen', async () => {
    const report: Printables['transfer'] = {
      what: 'imported',
      dryRun: false,
      revision: 7,
      keys: 1,
      bytes: 2500,
      unchanged: 0,
      skipped: 2,
      resumed: 0,
      seconds: 1.25,
    };
    assert.equal(
      await printed('simple', 'transfer', report),
      'imported 1 key, 2.5 kB, 2 skipped, as of revision 7, in 1.3 s\n',
    );
    assert.equal(
      await printed('json', 'transfer', { ...report, dryRun: true }),
      '{"imported":1,"bytes":2500,"unchanged":0,"skipped":2,"resumed":0,"revision":7,"dry_run":true,"seconds":1.25}\n',
    );
  });
});
