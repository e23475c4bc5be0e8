/** What the benchmark itself can do: requests a second against a server that does nothing, both on this machine. */
import { spawn } from 'node:child_process';
import { once as firstOutput } from 'node:events';
import { fileURLToPath } from 'node:url';
import { COMPARED_LOADS, run, startWorker, targetsOf } from '../../src/bench/main.ts';

const SERVER = fileURLToPath(new URL('./empty-server.ts', import.meta.url));

export interface Ceiling {
  readonly perSecond: number;
  /** Processor time of this process for each request. */
  readonly cpuMicros: number;
}

export async function ceiling(volume: {
  readonly connections: number;
  readonly clients: number;
  readonly total: number;
}): Promise<Ceiling> {
  const server = spawn(process.execPath, ['--import', 'tsx', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await firstOutput(server.stdout, 'data')) as [Buffer];
    const endpoint = `127.0.0.1:${port.toString().trim()}`;
    const load = COMPARED_LOADS[0].what;
    if (load.kind === 'watch') throw new Error('the first load is one of requests');
    const once = () =>
      run(
        {
          ...volume,
          targets: targetsOf({ endpoints: [endpoint] }),
          token: '',
          dialTimeoutMs: 2000,
          load,
          rate: 0,
          sample: false,
          share: { offset: 0, stride: 1 },
        },
        { threads: 1, startWorker, stop: new AbortController().signal, progress: () => {} },
      );
    await once(); // both ends get compiled
    const before = process.cpuUsage();
    const [{ summary }] = await once();
    const { user, system } = process.cpuUsage(before);
    return { perSecond: summary.requestsPerSecond, cpuMicros: (user + system) / summary.count };
  } finally {
    server.kill('SIGKILL');
  }
}
