/** Counts gRPC calls: an observer for the transport that only adds to numbers it looked up once per method. */
import type { CallObserver, Method } from '../transport/grpc/index.ts';
import type { MethodMetrics, Metrics } from './metrics/index.ts';

export function callObserver(metrics: Metrics): CallObserver {
  const known = new Map<Method, MethodMetrics>();
  const of = (method: Method): MethodMetrics => {
    let numbers = known.get(method);
    if (!numbers) {
      const [, service, name] = method.path.split('/');
      numbers = metrics.grpc.method({ service, name, kind: method.kind });
      known.set(method, numbers);
    }
    return numbers;
  };
  const { clientRequests } = metrics.server;
  const versions = new Map<string, { readonly value: number; inc(): void }>();
  return {
    started(method, context) {
      of(method).started.inc();
      const type = method.kind === 'unary' ? 'unary' : 'stream';
      const key = `${type} ${context.metadata('client-api-version') ?? 'unknown'}`;
      let counter = versions.get(key);
      if (!counter) {
        counter = clientRequests.labels(type, key.slice(type.length + 1));
        versions.set(key, counter);
      }
      counter.inc();
    },
    received(method, bytes) {
      of(method).received.inc();
      metrics.network.clientReceivedBytes.add(bytes);
    },
    sent(method, bytes) {
      of(method).sent.inc();
      metrics.network.clientSentBytes.add(bytes);
    },
    ended(method, code) {
      of(method).handled[code].inc();
    },
  };
}
