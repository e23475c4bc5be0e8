import assert from 'node:assert/strict';
import type * as Cli from '../../../src/cli.ts';
import type { Io } from '../../../src/commands/io.ts';

let cli: typeof Cli;

async function kvctl(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: Io = {
    write: (data) => (out += data.toString()),
    warn: (line) => (err += `${line}\n`),
    status: (text) => (err += text),
    readAll: async () => Buffer.alloc(0),
    readLine: async () => undefined,
  };
  const code = await cli.runCommandLine({ args, env: {}, io });
  return { code, out, err };
}

/** Refused before anything is dialled: nothing listens on port 1. */
const NOWHERE = '--endpoints=127.0.0.1:1';

const BAD_ARGUMENTS: readonly (readonly [args: string, error: RegExp])[] = [
  ['put --key-space-size 0', /expected positive --key-space-size, got \(0\)/],
  ['put --key-size 3 --key-space-size 1001', /--key-size 3 is too small for 1001 keys/],
  ['put --clients 0', /expected positive --clients/],
  ['put --output xml', /expected --output text, json or markdown, got \(xml\)/],
  ['put -w table', /benchmark takes --output text, json or markdown/],
  ['range foo --consistency x', /expected --consistency l or s, got \(x\)/],
  [
    'txn-put --txn-ops 5 --key-space-size 4',
    /expected --txn-ops no larger than --key-space-size, got \(5\) and \(4\)/,
  ],
  ['txn-mixed --rw-ratio -1', /expected --rw-ratio of 0 or more, got \(-1\)/],
  ['txn-mixed --rw-ratio some', /expected --rw-ratio of 0 or more, got \(some\)/],
  ['stm --isolation x', /expected --isolation to be one of c, r, s, ss, got \(x\)/],
  ['stm --stm-locker x', /expected --stm-locker to be one of stm, lock-client, lock-rpc/],
  ['stm --keys 2 --keys-per-txn 3', /expected --keys-per-txn between 0 and 2, got \(3\)/],
  ['stm --txn-wr-percent 101', /expected \[0, 100\] --txn-wr-percent, got \(101\)/],
  ['watch --streams 0', /expected positive --streams/],
  ['watch-get --watchers 0', /expected positive --watchers/],
  ['compare --sample', /benchmark compare takes no --sample/],
  ['compare --b 127.0.0.1:1', /benchmark compare needs --a/],
  ['compare --a 127.0.0.1:1 --b 127.0.0.1:1 --a-pid me', /expected process ids in --a-pid, got \(me\)/],
  ['compare --load nothing', /no load begins with \(nothing\); there are: put; put, 1 client/],
];

const USAGE_ERRORS: readonly (readonly [args: string, error: RegExp])[] = [
  ['put here', /unknown command "here" for "kvctl benchmark put"/],
  ['range', /expected a key and, for a range, its end/],
  ['txn-range a b c', /expected a key and, for a range, its end/],
  ['put --total many', /invalid argument "many" for "--total" flag/],
  ['put --rate -1', /invalid argument "-1" for "--rate" flag/],
  ['put --no-such-flag', /unknown flag: --no-such-flag/],
];

describe('kvctl benchmark', () => {
  // Imported as its commands are, so that both have the same error classes.
  before(async () => {
    cli = await import('../../../src/cli.ts');
  });

  for (const [args, error] of BAD_ARGUMENTS) {
    it(`refuses ${args}`, async () => {
      const endpoints = args.startsWith('compare') ? [] : [NOWHERE];
      const ran = await kvctl('benchmark', ...endpoints, ...args.split(' '));
      assert.match(ran.err, error);
      assert.equal(ran.code, 128);
      assert.equal(ran.out, '');
    });
  }

  for (const [args, error] of USAGE_ERRORS) {
    it(`shows the usage for ${args}`, async () => {
      const ran = await kvctl('benchmark', NOWHERE, ...args.split(' '));
      assert.match(ran.err, error);
      assert.match(ran.err, /Usage:/);
      assert.equal(ran.code, 1);
    });
  }

  it("takes the shared flags before the command's name, as etcd's tool does", async () => {
    const { err, code } = await kvctl('benchmark', NOWHERE, '--target-leader', '--conns=0', 'put');
    assert.match(err, /expected positive --conns, got \(0\)/);
    assert.equal(code, 128);
  });

  it('says that nobody is there', async () => {
    const { err, code } = await kvctl('benchmark', NOWHERE, 'put');
    assert.match(err, /^Error: 127\.0\.0\.1:1: connect ECONNREFUSED/);
    assert.equal(code, 2);
  });
});
