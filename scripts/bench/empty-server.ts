/**
 * A gRPC server that answers every put and range with nothing, to find what the benchmark itself can do. Prints its
 * port and serves until it is killed.
 */
import { createServer } from 'node:net';
import { KVService, LeaseService, PutResponse } from '../../src/core/wire/gen/rpc.ts';
import type { Method } from '../../src/services/method.ts';
import { GrpcServer } from '../../src/transport/grpc/index.ts';

const answer = PutResponse.encode(PutResponse.create());
const empty = (path: string): Method => ({
  kind: 'unary',
  path,
  decode: (bytes) => bytes,
  encode: () => answer,
  handle: (_request, _context, reply) => reply(undefined, answer),
});

const paths = [KVService.put.path, KVService.range.path, LeaseService.leaseGrant.path];
const grpc = new GrpcServer({ methods: paths.map(empty), maxReceiveBytes: 1024 * 1024 });
const server = createServer({ noDelay: true }, (socket) => grpc.serve(socket));
server.listen(0, '127.0.0.1', () => {
  console.log((server.address() as { port: number }).port);
});
