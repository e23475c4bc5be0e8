/**
 * Metrics under etcd's names, so that its dashboards and alerts work unchanged. Everything in server/ may hold these;
 * rooms below are handed the counters they bump.
 *
 * Laws: the names, labels and bounds are etcd's 3.7; what belongs to a part that is not built yet is there at its zero,
 * as in an etcd that does not use it; a hot path only adds to numbers of objects that exist. A registry of our own
 * because a client library looks labels up on every increment, and the page is a hundred lines to write.
 */
import { debuggingMetrics } from './debugging-metrics.ts';
import { grpcMetrics } from './grpc-metrics.ts';
import { networkMetrics } from './network-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { Registry } from './registry.ts';
import { serverMetrics } from './server-metrics.ts';
import { diskMetrics, mvccMetrics } from './storage-metrics.ts';

export type { GrpcMetrics, MethodMetrics } from './grpc-metrics.ts';
export { fileDescriptorLimit } from './process-metrics.ts';
export { type Family, Registry } from './registry.ts';
export { type Counter, exponential, type Gauge, type Histogram } from './values.ts';

export interface MetricsOptions {
  /** --metrics=extensive: time the gRPC calls. */
  readonly extensive: boolean;
}

/** Counters of etcd's own gRPC proxy, which every etcd server shows too. */
function proxyMetrics(r: Registry): void {
  r.gauge('etcd_grpc_proxy_watchers_coalescing_total', 'Watchers that share a watch of the proxy.');
  r.counter(
    'etcd_grpc_proxy_events_coalescing_total',
    'Events that the proxy sent to several watchers at once.',
  );
  r.gauge('etcd_grpc_proxy_cache_keys_total', 'Keys in the cache of the proxy.');
  r.gauge('etcd_grpc_proxy_cache_hits_total', 'Ranges answered from the cache of the proxy.');
  r.gauge('etcd_grpc_proxy_cache_misses_total', 'Ranges that were not in the cache of the proxy.');
}

function scrapeMetrics(r: Registry) {
  const requests = r.counters('promhttp_metric_handler_requests_total', 'Pages of metrics, by HTTP status.', [
    'code',
  ]);
  for (const code of ['200', '500', '503']) requests.labels(code);
  return {
    inFlight: r.gauge('promhttp_metric_handler_requests_in_flight', 'Pages of metrics being made.'),
    requests,
  };
}

export function createMetrics(options: MetricsOptions) {
  const registry = new Registry();
  proxyMetrics(registry);
  const stop = processMetrics(registry);
  return {
    registry,
    server: serverMetrics(registry),
    disk: diskMetrics(registry),
    mvcc: mvccMetrics(registry),
    network: networkMetrics(registry),
    debugging: debuggingMetrics(registry),
    grpc: grpcMetrics(registry, options.extensive),
    scrape: scrapeMetrics(registry),
    /** Stops the timers behind the process metrics. */
    stop,
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
