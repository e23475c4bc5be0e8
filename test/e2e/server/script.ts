/**
 * One script for etcdctl, from a fresh store on: every command that a single member serves. Most lines are those that
 * kvctl's own command line is tested with; what follows them aims at the server: limits, refusals, histories.
 */
import * as invocations from '../cli/invocations.ts';
import type { Step } from '../cli/transcript.ts';

const lines = (...args: readonly string[]): Step[] => args.map((line) => ({ args: line }));

/** Commands whose services a single member does not need, and which have tests of their own. */
const ELSEWHERE = /^(member (add|remove|update|promote)|move-leader|defrag|snapshot|alarm)/;

/** --max-request-bytes of a server on its defaults. */
const MAX_REQUEST_BYTES = 1_572_864;

const REFUSED: readonly Step[] = [
  // The limit is for the log entry; what it adds to a value differs by a few bytes from release to release.
  { args: 'put big', stdin: 'v'.repeat(MAX_REQUEST_BYTES - 60) },
  { args: 'put big', stdin: 'v'.repeat(MAX_REQUEST_BYTES) },
  { args: 'put big', stdin: 'v'.repeat(MAX_REQUEST_BYTES + 600_000) },
  ...txns(['', ...Array.from({ length: 40 }, (_, i) => `put big/${i} ${'v'.repeat(40_000)}`)]),
  { args: 'get big --keys-only' },
  ...txns(
    ['', 'put "" v'],
    ['', 'get ""'],
    ['', 'del ""'],
    ['', 'put same 1', 'put same 2'],
    ['', 'put same 1', 'del same'],
    ['', 'del sa sb', 'put same 1'],
    ['', 'put fresh 1', 'get fresh', 'get fresh --rev=99999'],
    ['', 'put fresh 1', 'put gone --ignore-value'],
    ['', 'put fresh 1', 'put other --lease=1234'],
    ['', ...Array.from({ length: 128 }, (_, i) => `put many/${i} v`)],
    ['', ...Array.from({ length: 129 }, (_, i) => `put many/${i} v`)],
    [...Array.from({ length: 128 }, (_, i) => `ver("none/${i}") = "0"`), '', 'get many/1'],
    [...Array.from({ length: 129 }, (_, i) => `ver("none/${i}") = "0"`), '', 'get many/1'],
  ),
  ...lines(
    'get fresh',
    'get many/ --prefix --keys-only --limit=3',
    'get big --rev=-1',
    'get big --rev=99999',
    'get z a',
    'get a a',
    'put k v --lease=7fffffffffffffff',
    'lease grant 9000000000 -w json',
    'lease grant 9000000001',
    'lease revoke 0',
    'lease revoke 7fffffffffffffff',
    'lease timetolive 7fffffffffffffff --keys -w json',
    'endpoint hashkv --rev=99999',
  ),
];

function txns(...scripts: readonly (readonly string[])[]): Step[] {
  return scripts.map((script) => ({ args: 'txn', stdin: `${script.join('\n')}\n\n\n\n` }));
}

/** Keys that come, change, go and come back, under leases and without, and what remains of it below a compaction. */
const HISTORY: readonly Step[] = [
  { args: 'lease grant 600', capture: { name: 'long', pattern: /lease (\w+) granted/ } },
  { args: 'put h/a 1 --lease={long} -w json', capture: { name: 'from', pattern: /"revision":(\d+)/ } },
  ...lines('put h/b 2 --lease={long}', 'put h/a 3 --ignore-lease', 'put h/b --ignore-value', 'put h/c 4'),
  ...txns(['mod("h/a") > "1"', '', 'put h/a 5', 'put h/d 6', 'del h/c', 'get h/ --prefix']),
  ...lines(
    'del h/a',
    'put h/a 7 --prev-kv --lease={long}',
    'lease timetolive {long} --keys',
    'lease keep-alive {long} --once',
    'lease revoke {long}',
    'lease revoke {long}',
    'lease timetolive {long}',
    'lease keep-alive {long} --once',
    'get h/ --prefix -w json',
    'get h/ --prefix --rev={from} -w json',
    'get h/ --prefix --sort-by=modify --order=descend --limit=2 -w fields',
    'get h/b --from-key --keys-only --limit=3',
    'put h/d 8',
    'get h/d --rev=2',
    'get h/d --consistency=s -w protobuf',
  ),
  { args: 'watch h/ --prefix --rev={from} --prev-kv', killAfterMs: 600 },
  { args: 'watch h/ --prefix --rev={from} --prev-kv -w json', killAfterMs: 600 },
  { args: 'watch h/a h/c --rev={from} -w fields', killAfterMs: 600 },
  { args: 'watch h/zzz', killAfterMs: 600 },
  { args: 'watch h/ --prefix --rev=99999', killAfterMs: 600 },
  ...lines(
    'compaction {from} --physical',
    'compaction {from}',
    'compaction 99999',
    'compaction 0',
    'get h/a --rev=2',
    'get h/a --rev={from}',
    'watch h/ --prefix --rev=2',
    'del h/ --prefix --prev-kv',
    'get h/ --prefix --count-only',
    'version',
    'endpoint health',
    'endpoint status -w json',
    'member list -w json',
  ),
];

export const SCRIPT: readonly Step[] = [
  ...invocations.KEY_VALUE,
  ...invocations.TXN,
  ...invocations.COMPACTION,
  ...invocations.LEASE,
  ...invocations.CLUSTER.filter(({ args }) => !ELSEWHERE.test(args)),
  ...invocations.WATCH,
  ...REFUSED,
  ...HISTORY,
];
