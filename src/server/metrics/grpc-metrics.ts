/**
 * grpc_server_*: calls and messages by method. A transport asks for the numbers of its methods once, at start, and
 * adds to plain fields after that.
 */
import { CODE_NAMES } from '../../core/errors.ts';
import type { MethodDescriptor } from '../../core/wire/codec.ts';
import { HealthService } from '../../core/wire/gen/health.ts';
import {
  AuthService,
  ClusterService,
  KVService,
  LeaseService,
  MaintenanceService,
  WatchService,
} from '../../core/wire/gen/rpc.ts';
import type { Registry } from './registry.ts';
import type { Counter, Histogram } from './values.ts';

export interface MethodMetrics {
  readonly started: Counter;
  readonly received: Counter;
  readonly sent: Counter;
  /** By status code. */
  readonly handled: readonly Counter[];
  /** Seconds from start to end; only with --metrics=extensive. */
  readonly handling: Histogram | undefined;
}

export interface GrpcMetrics {
  /** The numbers of one method, made at the first call. */
  method(descriptor: Pick<MethodDescriptor, 'service' | 'name' | 'kind'>): MethodMetrics;
}

const TYPES: Readonly<Record<MethodDescriptor['kind'], string>> = {
  unary: 'unary',
  clientStream: 'client_stream',
  serverStream: 'server_stream',
  bidi: 'bidi_stream',
};

/** Rows of these services are there before their first call. */
const SERVICES = [
  KVService,
  WatchService,
  LeaseService,
  ClusterService,
  MaintenanceService,
  AuthService,
  HealthService,
] as readonly Readonly<Record<string, MethodDescriptor<any, any>>>[];

/** Prometheus' default bounds, in seconds. */
const HANDLING_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const LABELS = ['grpc_type', 'grpc_service', 'grpc_method'];

export function grpcMetrics(r: Registry, extensive: boolean): GrpcMetrics {
  const started = r.counters('grpc_server_started_total', 'Calls begun.', LABELS);
  const handled = r.counters('grpc_server_handled_total', 'Calls ended, by status.', [
    ...LABELS,
    'grpc_code',
  ]);
  const received = r.counters('grpc_server_msg_received_total', 'Messages received from clients.', LABELS);
  const sent = r.counters('grpc_server_msg_sent_total', 'Messages sent to clients.', LABELS);
  const handling = extensive
    ? r.histograms(
        'grpc_server_handling_seconds',
        'Seconds from the begin of a call to its end.',
        HANDLING_BUCKETS,
        LABELS,
      )
    : undefined;
  const known = new Map<string, MethodMetrics>();
  const method: GrpcMetrics['method'] = ({ service, name, kind }) => {
    const key = `${service}/${name}`;
    let metrics = known.get(key);
    if (metrics === undefined) {
      const labels = [TYPES[kind], service, name];
      metrics = {
        started: started.labels(...labels),
        received: received.labels(...labels),
        sent: sent.labels(...labels),
        handled: CODE_NAMES.map((code) => handled.labels(...labels, code)),
        handling: handling?.labels(...labels),
      };
      known.set(key, metrics);
    }
    return metrics;
  };
  for (const service of SERVICES) for (const descriptor of Object.values(service)) method(descriptor);
  return { method };
}
