import assert from 'node:assert/strict';
import { type ClusterProcesses, startCluster } from '../../support/cluster-processes.ts';
import { kvctlBin, type Ran, run, until } from '../../support/processes.ts';
import { kvctlOk } from './support.ts';

const QUOTA_BYTES = 4_000_000;
const PUT_BYTES = 1024 ** 2;

describe('upkeep of a cluster', function () {
  this.timeout(90_000);
  let cluster: ClusterProcesses;

  before(async () => {
    cluster = await startCluster(3, [`--quota-backend-bytes=${QUOTA_BYTES}`, '--auto-disarm-nospace']);
  });

  after(() => cluster?.dispose());

  const put = (member: number, key: string, bytes = PUT_BYTES): Promise<Ran> =>
    run(
      process.execPath,
      [kvctlBin, `--endpoints=${cluster.members[member].endpoint}`, '--command-timeout=20s', 'put', key],
      { input: Buffer.alloc(bytes, 97) },
    );
  const alarms = async (): Promise<string[]> => {
    const listed = await kvctlOk(`--endpoints=${cluster.endpoints}`, 'alarm', 'list');
    return listed
      .trim()
      .split('\n')
      .filter((line) => line !== '');
  };

  it('each member raises its own alarm; all are lowered when there is room again', async () => {
    let last = await put(0, 'a');
    for (let i = 0; i < 6 && last.code === 0; i++) last = await put(0, `b${i}`);
    assert.match(last.stderr, /database space exceeded/);
    await until(
      async () => (await alarms()).length > 0,
      20_000,
      () => 'no alarm',
    );
    for (const member of [1, 2]) {
      const refused = await put(member, 'elsewhere');
      assert.match(refused.stderr, /database space exceeded/, `member ${member}`);
    }
    await until(
      async () => (await alarms()).length === 3,
      20_000,
      () => 'not every member has an alarm',
    );
    assert.equal(new Set(await alarms()).size, 3);
    const at = `--endpoints=${cluster.members[0].endpoint}`;
    await kvctlOk(at, 'del', 'b', '--prefix');
    const [{ Status }] = JSON.parse(await kvctlOk(at, 'endpoint', 'status', '-w', 'json'));
    await kvctlOk(at, 'compaction', String(Status.header.revision), '--physical');
    await until(
      async () => (await alarms()).length === 0,
      30_000,
      () => 'the alarms were not lowered',
    );
    assert.equal((await put(2, 'again', 1000)).code, 0);
    for (const member of cluster.members) assert.match(member.log(), /NOSPACE alarm disarmed/);
  });

  it('defrag --cluster: one member after the other', async () => {
    const said = await kvctlOk(`--endpoints=${cluster.members[0].endpoint}`, 'defrag', '--cluster');
    for (const { endpoint } of cluster.members)
      assert.match(said, new RegExp(`Finished defragmenting etcd member\\[http://${endpoint}\\]`));
    assert.equal(said.trim().split('\n').length, 3);
  });
});
