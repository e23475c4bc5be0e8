import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type RanInside, runInside } from '../../support/command-line.ts';
import { installed, kvctlBin, type Ran, run, temporaryDirectory, until } from '../../support/processes.ts';

/**
 * Places where no etcd is, and what each command makes of them: one clear line on stderr, nothing on stdout, etcdctl's
 * exit code. The expected outcome is Debian's etcdctl's, and is compared with it where that is installed.
 */
const DEADLINE = 'Error: context deadline exceeded';

interface Expected {
  readonly code: number;
  /** The last line of stderr that is no log. */
  readonly says: RegExp;
}

const late: Expected = { code: 1, says: new RegExp(`^${DEADLINE}$`) };

const COMMANDS: Readonly<Record<string, Expected>> = {
  'get k': late,
  'put k v': late,
  'del k': late,
  'compaction 5': late,
  'member list': late,
  'alarm list': late,
  'endpoint health': { code: 1, says: /^Error: unhealthy cluster$/ },
  'endpoint status': {
    code: 1,
    says: /^Failed to get the status of endpoint \S+ \(context deadline exceeded\)$/,
  },
  'endpoint hashkv': late,
  defrag: { code: 1, says: /^Failed to defragment etcd member\[\S+\]\.? .*context deadline exceeded\)$/ },
};

const LIMITS = ['--command-timeout=300ms', '--dial-timeout=300ms'];
const LOG_LINE = /^\{"level"|^\d{4}[-/]/;

const saidLast = (stderr: string) =>
  stderr
    .split('\n')
    .filter((line) => line !== '' && !LOG_LINE.test(line))
    .at(-1) ?? '';

describe('bad input', function () {
  this.timeout(60_000);
  const closing: (() => void)[] = [];
  const places = new Map<string, string>();
  let directory: string;

  async function listen(server: ReturnType<typeof createServer>): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    closing.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  before(async () => {
    directory = temporaryDirectory('bad-input');
    const http = await listen(createHttpServer((_, response) => response.end('hello\n')));
    places.set('nobody', '127.0.0.1:1');
    places.set('HTTP/1', http);
    places.set('TLS asked of plain text', `https://${http}`);
    places.set('a server that never answers', await listen(createServer()));
    places.set('a server that closes', await listen(createServer((socket) => socket.destroy())));
  });
  after(() => {
    for (const close of closing) close();
    rmSync(directory, { recursive: true, force: true });
  });

  for (const place of [
    'nobody',
    'HTTP/1',
    'TLS asked of plain text',
    'a server that never answers',
    'a server that closes',
  ]) {
    describe(`an endpoint with ${place}`, () => {
      const ours = new Map<string, Promise<RanInside>>();
      const theirs = new Map<string, Promise<Ran>>();
      const args = (line: string) => [`--endpoints=${places.get(place)}`, ...LIMITS, ...line.split(' ')];
      // All at once: each of them waits for its deadline and does nothing else.
      before(() => {
        const etcdctl = installed('etcdctl', 'package etcd-client');
        for (const line of Object.keys(COMMANDS)) {
          ours.set(line, runInside(args(line)));
          if (etcdctl !== undefined)
            theirs.set(line, run(etcdctl, args(line), { env: { ETCDCTL_API: '3' } }));
        }
      });

      for (const [line, { code, says }] of Object.entries(COMMANDS)) {
        it(line, async () => {
          const { stdout, stderr, code: exit } = (await ours.get(line))!;
          assert.equal(stdout, '');
          assert.match(saidLast(stderr), says);
          assert.equal(exit, code);
          const reference = await theirs.get(line);
          if (reference === undefined) return;
          assert.equal(reference.code, code, reference.stderr);
          assert.match(saidLast(reference.stderr), says);
        });
      }
    });
  }

  it('a login that nobody answers is a bad connection', async () => {
    for (const endpoint of places.values()) {
      const { code, stderr } = await runInside([
        `--endpoints=${endpoint}`,
        ...LIMITS,
        '--user=a:b',
        'get',
        'k',
      ]);
      assert.equal(code, 2);
      assert.match(saidLast(stderr), /^Error: context deadline exceeded$/);
    }
  });

  it('a snapshot that is interrupted leaves what was there before', async () => {
    const mute = places.get('a server that never answers')!;
    const target = join(directory, 'backup.db');
    writeFileSync(target, 'the old one');
    const child = spawn(process.execPath, [kvctlBin, `--endpoints=${mute}`, 'snapshot', 'save', target]);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await until(
      () => stderr.includes('fetching snapshot'),
      15_000,
      () => stderr,
    );
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('close', (_, signal) => resolve(signal)),
    );
    child.kill('SIGINT');
    assert.equal(await ended, 'SIGINT');
    for (const name of readdirSync(directory)) assert.match(name, /^backup\.db(\.part)?$/);
    const failed = await runInside([
      'snapshot',
      'save',
      target,
      `--endpoints=${mute}`,
      '--command-timeout=200ms',
    ]);
    assert.equal(failed.code, 5);
    assert.equal(saidLast(failed.stderr), DEADLINE);
    assert.deepEqual(readdirSync(directory), ['backup.db']);
  });
});
