/**
 * A load at a fixed pace, whatever the server does: each request has a moment at which it is due, and its latency counts
 * from there, so that a server that stands still is charged for all that would have come meanwhile.
 */
import type { LoadConnection } from '../../src/bench/client/connection.ts';
import { call } from '../../src/bench/client/unary.ts';
import * as rpc from '../../src/core/wire/gen/rpc.ts';

export interface Sample {
  /** When it was due, in milliseconds since the start of the load. */
  readonly at: number;
  readonly milliseconds: number;
}

export interface PacedOptions {
  readonly connections: readonly LoadConnection[];
  readonly putsPerSecond: number;
  readonly getsPerSecond: number;
  readonly keys: number;
  readonly valueBytes: number;
}

const TICK_MS = 1;
/** More than this waiting for an answer, and the server is taken for dead. */
const MAX_IN_FLIGHT = 200_000;

export const keyOf = (n: number): Buffer => Buffer.from(`upkeep/${String(n).padStart(9, '0')}`);

export class PacedLoad {
  readonly puts: Sample[] = [];
  readonly gets: Sample[] = [];
  failures = 0;
  private readonly o: PacedOptions;
  private readonly start = performance.now();
  private readonly timer: NodeJS.Timeout;
  private readonly value: Buffer;
  private inFlight = 0;
  private putsDue = 0;
  private getsDue = 0;

  constructor(options: PacedOptions) {
    this.o = options;
    this.value = Buffer.alloc(options.valueBytes, 'v');
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  now(): number {
    return performance.now() - this.start;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    const limit = performance.now() + 60_000;
    while (this.inFlight > 0 && performance.now() < limit)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  private tick(): void {
    const { putsPerSecond, getsPerSecond } = this.o;
    const now = this.now();
    for (; (this.putsDue * 1000) / putsPerSecond <= now; this.putsDue++)
      this.send(this.putsDue, (this.putsDue * 1000) / putsPerSecond, this.puts, rpc.KVService.put, {
        key: this.anyKey(),
        value: this.value,
      });
    for (; (this.getsDue * 1000) / getsPerSecond <= now; this.getsDue++)
      this.send(this.getsDue, (this.getsDue * 1000) / getsPerSecond, this.gets, rpc.KVService.range, {
        key: this.anyKey(),
      });
  }

  private anyKey(): Buffer {
    return keyOf(Math.floor(Math.random() * this.o.keys));
  }

  private send(
    n: number,
    at: number,
    into: Sample[],
    method: typeof rpc.KVService.put | typeof rpc.KVService.range,
    request: object,
  ): void {
    if (this.inFlight >= MAX_IN_FLIGHT)
      throw new Error(`${MAX_IN_FLIGHT} requests are waiting for an answer`);
    this.inFlight++;
    call(this.o.connections[n % this.o.connections.length], method as typeof rpc.KVService.put, request)
      .then(
        () => into.push({ at, milliseconds: this.now() - at }),
        () => this.failures++,
      )
      .finally(() => this.inFlight--);
  }
}

export function percentile(samples: readonly Sample[], percent: number): number {
  if (samples.length === 0) return 0;
  const sorted = samples.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)];
}
