import assert from 'node:assert/strict';
import { applyEnvironment } from '../../../src/commands/environment.ts';
import { GLOBAL_FLAGS } from '../../../src/commands/globals.ts';
import { FlagSet } from '../../../src/commands/grammar/flags.ts';

interface Case {
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly exempt?: readonly string[];
  readonly conflict?: string;
  readonly unknown?: readonly string[];
  readonly check?: (flags: FlagSet) => void;
}

const CASES: Readonly<Record<string, Case>> = {
  'a variable sets its flag': {
    env: { ETCDCTL_WRITE_OUT: 'json', ETCDCTL_ENDPOINTS: 'a:1,b:2' },
    check(flags) {
      assert.equal(flags.text('write-out'), 'json');
      assert.deepEqual(flags.list('endpoints'), ['a:1', 'b:2']);
    },
  },
  'a value that cannot be read is the zero value': {
    env: { ETCDCTL_INSECURE_TRANSPORT: 'maybe', ETCDCTL_DIAL_TIMEOUT: '5' },
    check(flags) {
      assert.equal(flags.bool('insecure-transport'), false);
      assert.equal(flags.number('dial-timeout'), 0);
    },
  },
  'a flag and its variable are a conflict, even with equal values': {
    env: { ETCDCTL_USER: 'root' },
    args: ['--user=root'],
    conflict: 'ETCDCTL_USER',
  },
  'an empty variable beside its flag too': {
    env: { ETCDCTL_USER: '' },
    args: ['--user=root'],
    conflict: 'ETCDCTL_USER',
  },
  'variables that nobody reads are reported, and so are empty ones': {
    env: { ETCDCTL_FOO: '1', ETCDCTL_USER: '', ETCDCTL_API: '3', ETCD_NAME: 'x', HOME: '/' },
    unknown: ['ETCDCTL_FOO=1', 'ETCDCTL_USER=', 'ETCDCTL_API=3'],
  },
  'but not those that a command reads itself': {
    env: { ETCDCTL_WATCH_KEY: 'k' },
    exempt: ['ETCDCTL_WATCH_KEY'],
  },
  'local flags have no variables': { env: { ETCDCTL_PREFIX: 'true' }, unknown: ['ETCDCTL_PREFIX=true'] },
};

describe('ETCDCTL_ variables', () => {
  for (const [name, { env, args, exempt, conflict, unknown, check }] of Object.entries(CASES)) {
    it(name, () => {
      const flags = new FlagSet(GLOBAL_FLAGS, [{ name: 'prefix', kind: 'bool', usage: '' }]);
      flags.parse(args ?? []);
      const report = applyEnvironment(flags, GLOBAL_FLAGS, env, exempt ?? []);
      assert.equal(report.conflict, conflict);
      assert.deepEqual(report.unknown, unknown ?? []);
      check?.(flags);
    });
  }
});
