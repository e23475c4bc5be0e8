/** grpc.health.v1: SERVING for the whole server (service name ""), once it is ready. */
import { ERR } from '../core/errors.ts';
import {
  HealthCheckRequest,
  HealthCheckResponse,
  HealthService,
  ServingStatus,
} from '../core/wire/gen/health.ts';
import type { Method } from './method.ts';

const SERVING: HealthCheckResponse = { status: ServingStatus.SERVING };

export function healthMethods(): Method[] {
  return [
    {
      kind: 'unary',
      path: HealthService.check.path,
      decode: HealthCheckRequest.decode,
      encode: HealthCheckResponse.encode,
      handle(request: HealthCheckRequest, _context, reply) {
        if (request.service === '') reply(undefined, SERVING);
        else reply(ERR.UnknownHealthService);
      },
    },
    {
      kind: 'serverStream',
      path: HealthService.watch.path,
      decode: HealthCheckRequest.decode,
      encode: HealthCheckResponse.encode,
      handler(request: HealthCheckRequest, call) {
        const status = request.service === '' ? ServingStatus.SERVING : ServingStatus.SERVICE_UNKNOWN;
        call.sendEncoded(HealthCheckResponse.encode({ status }));
      },
    },
  ];
}
