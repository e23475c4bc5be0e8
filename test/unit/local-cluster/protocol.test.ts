import assert from 'node:assert/strict';
import { parseRequest } from '../../../src/local-cluster/control-protocol.ts';
import { checkServeFlags } from '../../../src/local-cluster/serve-flags.ts';

describe('requests to the control socket of a local cluster', () => {
  const good: readonly string[] = [
    '{"kind":"status"}',
    '{"kind":"stop-all"}',
    '{"kind":"member","action":"pause","name":"node1"}',
  ];
  for (const line of good) it(`takes ${line}`, () => assert.deepEqual(parseRequest(line), JSON.parse(line)));

  const nonsense: readonly string[] = [
    '',
    'null',
    '7',
    '"status"',
    '{}',
    '{"kind":"status"',
    '{"kind":"members"}',
    '{"kind":"member","action":"stop"}',
    '{"kind":"member","action":"stop","name":7}',
    '{"kind":"member","action":"toString","name":"node1"}',
  ];
  for (const line of nonsense)
    it(`does not take ${line || 'nothing'}`, () => assert.equal(parseRequest(line), undefined));
});

describe('flags for all members of a local cluster', () => {
  it('are passed on', () => checkServeFlags(['--snapshot-count=10', '-max-txn-ops', '5', 'name']));
  for (const flag of ['--name=x', '-name', '--data-dir', '--initial-cluster=a=b', '--log-level=debug'])
    it(`may not be ${flag}`, () =>
      assert.throws(() => checkServeFlags(['--x', flag]), /cluster start decides/));
});
