/**
 * One behaviour suite, many worlds: `kvctl serve` as a child process, a member in this process without a disk, and a
 * real etcd where it is installed. What holds in all of them is etcd's contract; what a release does otherwise is said
 * with `world.release`.
 */
import { createServer } from 'node:net';
import { systemClock } from '../../src/server/system-clock.ts';
import { databaseUpkeep } from '../../src/server/upkeep.ts';
import { allMethods } from '../../src/services/index.ts';
import { MemoryBackend } from '../../src/storage/memory/backend.ts';
import { GrpcServer } from '../../src/transport/grpc/index.ts';
import { ProtocolSplit } from '../../src/transport/mux/index.ts';
import { TestClient } from './grpc-client.ts';
import { startLocalMember } from './local-member.ts';
import { installed, startEtcd, startKvctl } from './processes.ts';

export interface World {
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface WorldKind {
  readonly name: string;
  /** Major and minor of the etcd release whose rules it follows. */
  readonly release: '3.4' | '3.7';
  /** A fresh store; undefined when the world is not installed here. */
  start(): Promise<World | undefined>;
}

const MAX_REQUEST_BYTES = 1_572_864;

async function startInProcess(): Promise<World> {
  const backend = new MemoryBackend();
  const { member } = await startLocalMember(backend);
  const services = allMethods({
    node: member,
    limits: { maxTxnOps: 128, maxRequestBytes: MAX_REQUEST_BYTES },
    facts: { version: '3.7.1', sizes: () => backend.sizes(), quotaBytes: 2 ** 31 },
    upkeep: databaseUpkeep({ backend, flush: () => member.flush() }),
    progressIntervalMs: () => 600_000,
    clock: systemClock,
  });
  const grpc = new GrpcServer({ methods: services.methods, maxReceiveBytes: MAX_REQUEST_BYTES + 512 * 1024 });
  const server = createServer({ noDelay: true });
  new ProtocolSplit({ grpc, http: null }).attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `127.0.0.1:${(server.address() as { port: number }).port}`,
    async close() {
      server.close();
      await grpc.close(0);
      await member.stop();
    },
  };
}

export const WORLDS: readonly WorldKind[] = [
  { name: 'a member in this process', release: '3.7', start: startInProcess },
  {
    name: 'kvctl serve',
    release: '3.7',
    async start() {
      const server = await startKvctl();
      return { endpoint: server.endpoint, close: () => server.dispose() };
    },
  },
  {
    name: "Debian's etcd",
    release: '3.4',
    async start() {
      const path = installed('etcd', 'behaviour against a real etcd');
      if (!path) return undefined;
      const server = await startEtcd(path);
      return { endpoint: server.endpoint, close: () => server.dispose() };
    },
  },
];

/** Declares `body` once for every world. */
export function inEveryWorld(title: string, body: (world: () => TestClient, kind: WorldKind) => void): void {
  for (const kind of WORLDS) {
    describe(`${title}: ${kind.name}`, function () {
      this.timeout(60_000);
      let world: World | undefined;
      let client: TestClient | undefined;
      before(async function () {
        world = await kind.start();
        if (!world) this.skip();
        client = new TestClient(world.endpoint);
      });
      after(async () => {
        client?.close();
        await world?.close();
      });
      body(() => client!, kind);
    });
  }
}
