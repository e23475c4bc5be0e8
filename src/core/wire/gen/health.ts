// Made by scripts/wire.mjs from proto/; do not edit.

import { encodeWith, Reader, type MessageCodec, type MethodDescriptor, type Writer } from '../codec.ts';

export const ServingStatus = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;


export interface HealthCheckRequest {
  service: string;
}

export const HealthCheckRequest: MessageCodec<HealthCheckRequest> = {
  typeName: 'grpc.health.v1.HealthCheckRequest',
  fields: [
    { name: 'service', property: 'service', number: 1, kind: 'string', repeated: false },
  ],
  create(partial?: Partial<HealthCheckRequest>): HealthCheckRequest {
    return partial ? { service: '', ...partial } : { service: '' };
  },
  write(w: Writer, m: HealthCheckRequest): void {
    if (m.service.length !== 0) {
      w.varint32(10);
      w.string(m.service);
    }
  },
  read(r: Reader): HealthCheckRequest {
    const m = HealthCheckRequest.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 10:
          m.service = r.string();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: HealthCheckRequest): Uint8Array {
    return encodeWith(HealthCheckRequest.write, message);
  },
  decode(bytes: Uint8Array): HealthCheckRequest {
    return HealthCheckRequest.read(new Reader(bytes));
  },
};


export interface HealthCheckResponse {
  status: number;
}

export const HealthCheckResponse: MessageCodec<HealthCheckResponse> = {
  typeName: 'grpc.health.v1.HealthCheckResponse',
  fields: [
    { name: 'status', property: 'status', number: 1, kind: 'enum', repeated: false, enumValues: ServingStatus },
  ],
  create(partial?: Partial<HealthCheckResponse>): HealthCheckResponse {
    return partial ? { status: 0, ...partial } : { status: 0 };
  },
  write(w: Writer, m: HealthCheckResponse): void {
    if (m.status !== 0) {
      w.varint32(8);
      w.int32(m.status);
    }
  },
  read(r: Reader): HealthCheckResponse {
    const m = HealthCheckResponse.create();
    for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
      switch (tag) {
        case 8:
          m.status = r.int32();
          break;
        default:
          r.skip(tag);
      }
    }
    return m;
  },
  encode(message: HealthCheckResponse): Uint8Array {
    return encodeWith(HealthCheckResponse.write, message);
  },
  decode(bytes: Uint8Array): HealthCheckResponse {
    return HealthCheckResponse.read(new Reader(bytes));
  },
};

export const HealthService = {
  check: { service: 'grpc.health.v1.Health', name: 'Check', path: '/grpc.health.v1.Health/Check', kind: 'unary', request: HealthCheckRequest, response: HealthCheckResponse } satisfies MethodDescriptor<HealthCheckRequest, HealthCheckResponse>,
  watch: { service: 'grpc.health.v1.Health', name: 'Watch', path: '/grpc.health.v1.Health/Watch', kind: 'serverStream', request: HealthCheckRequest, response: HealthCheckResponse } satisfies MethodDescriptor<HealthCheckRequest, HealthCheckResponse>,
} as const;
