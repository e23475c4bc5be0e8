/** `kvctl gateway start` as a process: its flags, log, discovery, bad input, ports and signals. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { type Certificates, makeCertificates } from '../../compliance/transport/support/certificates.ts';
import { type DnsServer, startDns } from '../../support/dns-server.ts';
import {
  freePorts,
  installed,
  kvctlBin,
  type Ran,
  run,
  type ServerProcess,
  startKvctl,
  until,
} from '../../support/processes.ts';
import type { LogLine } from '../../support/serve.ts';

interface GatewayProcess {
  readonly child: ChildProcess;
  readonly address: string;
  lines(): LogLine[];
  logged(msg: string): Promise<LogLine>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const kvctl = (...args: string[]): Promise<Ran> => run(process.execPath, [kvctlBin, ...args]);
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Opens `count` connections through a gateway and keeps them. */
async function openMany(address: string, count: number): Promise<Socket[]> {
  const port = Number(address.split(':')[1]);
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from(
      { length: Math.min(200, count - sockets.length) },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(port, '127.0.0.1');
          socket.once('error', reject);
          socket.once('data', () => resolve(socket));
        }),
    );
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

describe('kvctl gateway start', function () {
  this.timeout(60_000);
  const started: ChildProcess[] = [];
  const servers: Server[] = [];
  let member: ServerProcess;
  before(async () => {
    member = await startKvctl();
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    for (const server of servers.splice(0)) server.close();
  });
  after(() => member.dispose());

  /** `descriptors`: the most that the process may have open. */
  async function launch(
    args: readonly string[],
    env: Record<string, string> = {},
    descriptors = '$(ulimit -Hn)',
  ): Promise<GatewayProcess> {
    const address = `127.0.0.1:${(await freePorts(1))[0]}`;
    const limited = ['-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh', process.execPath, kvctlBin];
    const child = spawn('sh', [...limited, 'gateway', 'start', `--listen-addr=${address}`, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let stderr = '';
    let stdout = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.stdout!.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    const lines = (): LogLine[] =>
      stderr
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as LogLine);
    return {
      child,
      address,
      lines,
      ended: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal }))),
      async logged(msg) {
        const find = () => lines().find((line) => line.msg === msg);
        await until(
          () => find() !== undefined || child.exitCode !== null,
          10_000,
          () => stderr,
        );
        const line = find();
        if (line === undefined) throw new Error(`ended without ${msg}: ${stdout}${stderr}`);
        return line;
      },
    };
  }

  /** A server that greets with `name`. */
  async function greeter(name: string): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(name);
    });
    servers.push(server);
    await new Promise<void>((resolve) =>
      server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve),
    );
    return portOf(server);
  }

  async function greetings(address: string, count: number): Promise<string[]> {
    const sockets = await openMany(address, 0);
    const names: string[] = [];
    for (let i = 0; i < count; i++) {
      const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
      names.push(
        await new Promise((resolve) => {
          socket.once('data', (chunk: Buffer) => resolve(chunk.toString())).once('close', () => resolve(''));
        }),
      );
      sockets.push(socket);
    }
    for (const socket of sockets) socket.destroy();
    return names;
  }

  it('kvctl and etcdctl through it, and the log lines of etcd', async () => {
    const gateway = await launch([`--endpoints=http://${member.endpoint}`]);
    const ready = await gateway.logged('ready to proxy client requests');
    assert.deepEqual(ready.endpoints, [member.endpoint]);
    assert.deepEqual(
      gateway.lines().map(({ level, msg }) => [level, msg]),
      [
        ['info', 'Running: '],
        ['info', 'notifying init daemon'],
        ['info', 'successfully notified init daemon'],
        ['info', 'ready to proxy client requests'],
      ],
    );
    const put = await kvctl(`--endpoints=${gateway.address}`, 'put', 'through', 'the gateway');
    assert.equal(put.stdout, 'OK\n', put.stderr);
    if (installed('etcdctl', 'grpc-go through the gateway') === undefined) return;
    const got = await run('etcdctl', [`--endpoints=${gateway.address}`, 'get', 'through']);
    assert.equal(got.stdout, 'through\nthe gateway\n', got.stderr);
  });

  it('says what etcd says about input that cannot be used', async () => {
    const rows: readonly (readonly [args: string[], stream: 'stdout' | 'stderr', text: string])[] = [
      [['--listen-addr=5000'], 'stdout', 'failed to validate listen address: 5000'],
      [['--listen-addr=:5000'], 'stdout', 'failed to resolve listen host: '],
      [['--listen-addr=127.0.0.1:99999'], 'stderr', 'listen tcp: address 99999: invalid port'],
      [['--endpoints=foo'], 'stdout', 'error parsing endpoint "foo"'],
      [['--endpoints=127.0.0.1:1,,127.0.0.1:2'], 'stdout', 'error parsing endpoint ""'],
      [['--endpoints=127.0.0.1:99999'], 'stdout', 'error parsing endpoint "127.0.0.1:99999"'],
      [['--endpoints='], 'stdout', 'no endpoints found'],
      [
        ['--listen-addr=127.0.0.1:9', '--endpoints=127.0.0.1:1,localhost:9'],
        'stdout',
        'SRV or endpoint (localhost:9->127.0.0.1:9) should not resolve to the gateway listen addr (127.0.0.1:9)',
      ],
      [
        ['--listen-addr=192.0.2.1:9'],
        'stderr',
        'listen tcp 192.0.2.1:9: bind: cannot assign requested address',
      ],
      [
        [`--listen-addr=${member.endpoint}`],
        'stderr',
        `listen tcp ${member.endpoint}: bind: address already in use`,
      ],
      [['--retry-delay=0s'], 'stderr', 'Error: --retry-delay must be greater than 0 (got 0s)'],
      [
        ['--trusted-ca-file=/nowhere', '--discovery-srv=x.test'],
        'stdout',
        'open /nowhere: no such file or directory',
      ],
    ];
    const seen = await Promise.all(rows.map(([args]) => kvctl('gateway', 'start', ...args)));
    for (const [i, [args, stream, text]] of rows.entries()) {
      const ran = seen[i];
      assert.equal(ran.code, 1, `${args}: ${ran.stdout}${ran.stderr}`);
      assert.equal(ran[stream].split('\n').filter((line) => !line.startsWith('{'))[0], text, args.join(' '));
    }
  });

  it('ends by SIGTERM after the connections, and says so', async () => {
    const port = await greeter('a');
    const gateway = await launch([`--endpoints=127.0.0.1:${port}`, '--drain-timeout=10s']);
    await gateway.logged('ready to proxy client requests');
    const [socket] = await openMany(gateway.address, 1);
    gateway.child.kill('SIGTERM');
    const line = await gateway.logged('received signal; shutting down');
    assert.deepEqual([line.signal, line.connections], ['SIGTERM', 1]);
    await assert.rejects(openMany(gateway.address, 1), /ECONNREFUSED/);
    assert.equal(gateway.child.exitCode, null);
    socket.end();
    // The greeter ends its side too when it sees the end.
    assert.deepEqual(await gateway.ended, { code: null, signal: 'SIGTERM' });
  });

  it('a second signal does not wait', async () => {
    const port = await greeter('a');
    const gateway = await launch([`--endpoints=127.0.0.1:${port}`, '--drain-timeout=60s']);
    await gateway.logged('ready to proxy client requests');
    const [socket] = await openMany(gateway.address, 1);
    socket.on('error', () => {});
    gateway.child.kill('SIGTERM');
    await gateway.logged('received signal; shutting down');
    gateway.child.kill('SIGTERM');
    assert.deepEqual(await gateway.ended, { code: null, signal: 'SIGTERM' });
  });

  it('holds idle connections', async () => {
    const count = Number(process.env.KVCTL_IDLE_CONNECTIONS ?? 2000);
    const port = await greeter('a');
    const gateway = await launch([`--endpoints=127.0.0.1:${port}`, '--drain-timeout=1ms']);
    await gateway.logged('ready to proxy client requests');
    const before = residentBytes(gateway.child.pid!);
    const sockets = await openMany(gateway.address, count);
    const each = (residentBytes(gateway.child.pid!) - before) / count;
    console.log(`      ${count} connections, ${Math.round(each)} bytes of resident memory each`);
    assert.ok(each < 64 * 1024, `${each} bytes a connection`);
    for (const socket of sockets) socket.destroy();
  });

  it('outlives a want of file descriptors, and does not hold it against the endpoint', async () => {
    const port = await greeter('a');
    const gateway = await launch([`--endpoints=127.0.0.1:${port}`], {}, '64');
    await gateway.logged('ready to proxy client requests');
    const at = Number(gateway.address.split(':')[1]);
    const sockets = Array.from({ length: 80 }, () => connect(at, '127.0.0.1').on('error', () => {}));
    await gateway.logged('failed to connect');
    for (const socket of sockets) socket.destroy();
    await until(
      async () => (await greetings(gateway.address, 1))[0] === 'a',
      5000,
      () => 'nobody greets any more',
    );
    assert.ok(!gateway.lines().some(({ msg }) => msg === 'deactivated endpoint'));
  });

  describe('discovery by SRV', () => {
    let dns: DnsServer | undefined;
    let certificates: Certificates;
    before(() => {
      certificates = makeCertificates();
    });
    after(() => certificates.remove());
    afterEach(() => {
      dns?.close();
      dns = undefined;
    });

    it('the lowest priority gets everything while it lives, in proportion to the weights', async () => {
      const [heavy, light, backup] = [
        await greeter('heavy'),
        await greeter('light'),
        await greeter('backup'),
      ];
      dns = await startDns({
        '_etcd-client._tcp.cluster.test': [
          { target: 'localhost', port: backup, priority: 20, weight: 100 },
          { target: 'localhost', port: heavy, priority: 10, weight: 90 },
          { target: 'localhost', port: light, priority: 10, weight: 10 },
        ],
      });
      const flags = ['--discovery-srv=cluster.test', '--insecure-discovery', '--endpoints=127.0.0.1:1'];
      const gateway = await launch(flags, { NODE_OPTIONS: dns.nodeOptions });
      const ready = await gateway.logged('ready to proxy client requests');
      assert.deepEqual(
        ready.endpoints,
        [heavy, light, backup].map((port) => `localhost:${port}`),
      );
      assert.ok(gateway.lines().some(({ msg }) => msg === 'discovered cluster from SRV'));
      assert.deepEqual(dns.asked, ['_etcd-client-ssl._tcp.cluster.test', '_etcd-client._tcp.cluster.test']);
      const names = await greetings(gateway.address, 100);
      const heavies = names.filter((name) => name === 'heavy').length;
      assert.ok(!names.includes('backup'));
      // 90 of 100 in the mean; 70 is seven deviations away.
      assert.ok(heavies > 70 && heavies < 100, `${heavies} of 100`);
    });

    it('without --insecure-discovery only what shakes hands as the domain counts', async () => {
      const { server, ca: _ } = certificates;
      const secure = createTlsServer({ ...server, ALPNProtocols: ['h2'] });
      await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
      servers.push(secure);
      const plain = await greeter('plain');
      dns = await startDns({
        '_etcd-client-ssl-west._tcp.cluster.test': [
          { target: 'localhost', port: portOf(secure) },
          { target: 'localhost', port: plain },
        ],
        '_etcd-client-west._tcp.cluster.test': [{ target: 'localhost', port: plain }],
      });
      const ca = join(certificates.directory, 'ca.crt');
      const flags = ['--discovery-srv=cluster.test', '--discovery-srv-name=west', `--trusted-ca-file=${ca}`];
      const gateway = await launch(flags, { NODE_OPTIONS: dns.nodeOptions });
      const ready = await gateway.logged('ready to proxy client requests');
      assert.deepEqual(ready.endpoints, [`localhost:${portOf(secure)}`]);
      const failed = await gateway.logged('failed to validate discovered endpoints');
      assert.match(
        String(failed.error),
        new RegExp(`"https://localhost:${plain}" .*"http://localhost:${plain}" `),
      );
      // Nothing that can be used: the list takes its place. The certificate is not signed by the system's authorities.
      const other = await launch([...flags.slice(0, 2), `--endpoints=127.0.0.1:${plain}`], {
        NODE_OPTIONS: dns.nodeOptions,
      });
      assert.deepEqual((await other.logged('ready to proxy client requests')).endpoints, [
        `127.0.0.1:${plain}`,
      ]);
    });

    it('a domain without records', async () => {
      dns = await startDns({});
      const ran = await run(
        process.execPath,
        [kvctlBin, 'gateway', 'start', '--discovery-srv=nothing.test'],
        {
          env: { NODE_OPTIONS: dns.nodeOptions },
        },
      );
      assert.equal(ran.code, 1);
      assert.equal(
        ran.stdout,
        'dns lookup errors: lookup _etcd-client-ssl._tcp.nothing.test: no such host and lookup _etcd-client._tcp.nothing.test: no such host\n',
      );
    });
  });

  it("etcd's own gateway does the same with bad input", function () {
    const etcd = installed('etcd', "the texts of etcd's own gateway");
    if (etcd === undefined) return this.skip();
    for (const args of [['--listen-addr=5000'], ['--endpoints=foo'], ['--endpoints=']]) {
      const theirs: { status: number | null; stdout: string } = spawnSync(
        etcd,
        ['gateway', 'start', ...args],
        { encoding: 'utf8', timeout: 5000 },
      );
      const ours = spawnSync(process.execPath, [kvctlBin, 'gateway', 'start', ...args], { encoding: 'utf8' });
      assert.deepEqual(
        [ours.status, ours.stdout.trim()],
        [theirs.status, theirs.stdout.trim()],
        args.join(' '),
      );
    }
  });
});
