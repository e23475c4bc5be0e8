/**
 * process_*, os_fd_* and nodejs_*: the process itself, read when a page is asked for. `nodejs_eventloop_pause_*` is
 * kvctl's own: with one thread, the longest pause of the loop is the latency that every request may meet.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Registry } from './registry.ts';

const DELAY_RESOLUTION_MS = 10;
const NANO = 1e-9;

/** Text of a file in /proc; undefined where there is none. */
function proc(name: string): string | undefined {
  try {
    return readFileSync(`/proc/self/${name}`, 'latin1');
  } catch {
    return undefined;
  }
}

/** Soft limit of open files; undefined where it cannot be read. */
export function fileDescriptorLimit(): number | undefined {
  const soft = /^Max open files\s+(\S+)/m.exec(proc('limits') ?? '')?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

function openFileDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}

function addressSpaceLimit(): number {
  const soft = /^Max address space\s+(\S+)/m.exec(proc('limits') ?? '')?.[1];
  return soft === undefined || soft === 'unlimited' ? 2 ** 64 : Number(soft);
}

function virtualMemory(): number {
  return Number(/^VmSize:\s+(\d+) kB/m.exec(proc('status') ?? '')?.[1] ?? 0) * 1024;
}

function processGauges(r: Registry): void {
  const cpu = r.counter('process_cpu_seconds_total', 'Seconds of processor time, user and system.');
  const resident = r.gauge('process_resident_memory_bytes', 'Resident memory in bytes.');
  const virtual = r.gauge('process_virtual_memory_bytes', 'Virtual memory in bytes.');
  const virtualMax = r.gauge('process_virtual_memory_max_bytes', 'Limit of virtual memory in bytes.');
  const started = r.gauge('process_start_time_seconds', 'Start of the process, seconds since 1970.');
  const open = r.gauge('process_open_fds', 'Open file descriptors.');
  const max = r.gauge('process_max_fds', 'Limit of open file descriptors.');
  const osUsed = r.gauge('os_fd_used', 'Open file descriptors.');
  const osLimit = r.gauge('os_fd_limit', 'Limit of open file descriptors.');
  started.set(performance.timeOrigin / 1000);
  r.onScrape(() => {
    const usage = process.cpuUsage();
    cpu.value = (usage.user + usage.system) / 1e6;
    resident.set(process.memoryUsage.rss());
    virtual.set(virtualMemory());
    virtualMax.set(addressSpaceLimit());
    const used = openFileDescriptors() ?? 0;
    const limit = fileDescriptorLimit() ?? 0;
    open.set(used);
    osUsed.set(used);
    max.set(limit);
    osLimit.set(limit);
  });
}

function nodeGauges(r: Registry): () => void {
  const version = r.gauges('nodejs_version_info', 'Version of Node.js: 1 on its own label.', ['version']);
  version.labels(process.version).set(1);
  const heapUsed = r.gauge('nodejs_heap_size_used_bytes', 'Bytes of the JavaScript heap in use.');
  const heapTotal = r.gauge('nodejs_heap_size_total_bytes', 'Bytes of the JavaScript heap.');
  const external = r.gauge(
    'nodejs_external_memory_bytes',
    'Bytes outside the heap that objects hold, buffers included.',
  );
  const longest = r.gauge(
    'nodejs_eventloop_pause_longest_seconds',
    'Longest pause of the event loop since the page before.',
  );
  const ever = r.gauge(
    'nodejs_eventloop_pause_max_seconds',
    'Longest pause of the event loop since the start.',
  );
  const collections = r.counter('nodejs_gc_total', 'Garbage collections.');
  const collecting = r.counter('nodejs_gc_seconds_total', 'Seconds of garbage collection.');
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      collections.inc();
      collecting.add(entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  r.onScrape(() => {
    const memory = process.memoryUsage();
    heapUsed.set(memory.heapUsed);
    heapTotal.set(memory.heapTotal);
    external.set(memory.external);
    // The histogram counts from one tick of its timer to the next, so an idle loop shows the resolution.
    const pause = delay.count === 0 ? 0 : Math.max(0, delay.max * NANO - DELAY_RESOLUTION_MS / 1000);
    delay.reset();
    longest.set(pause);
    ever.set(Math.max(ever.value, pause));
  });
  return () => {
    delay.disable();
    observer.disconnect();
  };
}

/** Declares them all; the result stops their timers. */
export function processMetrics(r: Registry): () => void {
  processGauges(r);
  return nodeGauges(r);
}
