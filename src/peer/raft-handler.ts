/**
 * Raft over HTTP, the answering side: POST /raft takes one message, GET /raft/stream/... becomes a stream that this
 * member writes to. The order of the checks is part of the protocol: peers act on the first answer they get.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Message } from '../core/wire/gen/raft.ts';
import { compatible, header, type LocalPeer, parseHexId } from './headers.ts';
import { answerText, CLUSTER_ID_HEADER, isMethod, readBody } from './http-answer.ts';
import type { PeerLog } from './peer-log.ts';
import type { PeerTransport } from './peer-transport.ts';
import { receiveSnapshot, type SnapshotEnd } from './snapshot-handler.ts';
import { STREAM_IDLE_MS, type StreamKind } from './stream-reader.ts';

/** Largest message that is taken by POST, in bytes; appends are 1 MiB or one entry. */
const MAX_POSTED_BYTES = 64 * 1024 * 1024;
export const STREAM_PREFIX = '/raft/stream/';
const STREAM_PATH = /^\/raft\/stream\/(message|msgapp)\/([^/]*)$/;

export interface RaftHandlerOptions {
  readonly local: LocalPeer;
  readonly transport: PeerTransport;
  readonly log: PeerLog;
  isRemoved(id: bigint): boolean;
  step(message: Message): void;
  readonly snapshots: Omit<SnapshotEnd, 'step'> & {
    /** A snapshot whose database has been received. */
    step(message: Message): void;
  };
}

export class RaftHandler {
  private readonly o: RaftHandlerOptions;

  constructor(options: RaftHandlerOptions) {
    this.o = options;
  }

  post(request: IncomingMessage, response: ServerResponse): void {
    if (!isMethod(request, response, 'POST')) return;
    const { local } = this.o;
    response.setHeader(CLUSTER_ID_HEADER, local.clusterId.toString(16));
    if (!this.compatible(request, response)) return;
    this.learnRemote(request);
    readBody(request, MAX_POSTED_BYTES, (body) => {
      if (!body) return answerText(response, 400, 'error reading raft message');
      let message: Message;
      try {
        message = Message.decode(body);
      } catch {
        return answerText(response, 400, 'error unmarshalling raft message');
      }
      if (this.refusal(message)) return this.refuseMessage(response);
      this.o.transport.received(message.from, body.length);
      this.o.step(message);
      response.writeHead(204).end();
    });
  }

  snapshot(request: IncomingMessage, response: ServerResponse): void {
    if (!isMethod(request, response, 'POST')) return;
    const { local, log, snapshots } = this.o;
    response.setHeader(CLUSTER_ID_HEADER, local.clusterId.toString(16));
    if (!this.compatible(request, response)) return;
    this.learnRemote(request);
    const step = (message: Message): string | undefined => {
      const refused = this.refusal(message);
      if (!refused) snapshots.step(message);
      return refused;
    };
    const end = { localId: local.memberId, log, snapshots: { ...snapshots, step } };
    receiveSnapshot(end, request, response).catch((error: Error) => {
      log.warn('snapshot of remote peer was given up', { error: error.message });
      request.destroy();
    });
  }

  /** Why a message is not for raft. */
  private refusal({ to, from }: Message): string | undefined {
    const { local, log, isRemoved } = this.o;
    const ids = { 'local-member-id': local.memberId.toString(16) };
    if (isRemoved(from)) {
      log.warn('rejected Raft message from removed member', {
        ...ids,
        'removed-member-id': from.toString(16),
      });
      return 'cannot process message from removed member';
    }
    if (to === local.memberId) return undefined;
    log.warn('rejected Raft message to mismatch member', { ...ids, 'mismatch-member-id': to.toString(16) });
    return 'cannot process message to mismatch member';
  }

  stream(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (!isMethod(request, response, 'GET')) return;
    const { local, transport, log } = this.o;
    response.setHeader('X-Server-Version', local.version);
    response.setHeader(CLUSTER_ID_HEADER, local.clusterId.toString(16));
    if (!this.compatible(request, response)) return;
    const [, kind, hex] = STREAM_PATH.exec(path) ?? [];
    if (kind === undefined) return answerText(response, 404, 'invalid path');
    const from = parseHexId(hex);
    if (from === undefined) return answerText(response, 404, 'invalid from');
    const ids = {
      'local-member-id': local.memberId.toString(16),
      'remote-peer-id-stream-handler': local.memberId.toString(16),
      'remote-peer-id-from': from.toString(16),
      'cluster-id': local.clusterId.toString(16),
    };
    if (this.o.isRemoved(from)) {
      log.warn('rejected stream from remote peer because it was removed', ids);
      return answerText(response, 410, 'removed member');
    }
    if (!transport.knows(from)) {
      this.learnRemote(request);
      log.warn('failed to find remote peer in cluster', ids);
      return answerText(response, 404, 'error sender not found');
    }
    if (header(request.headers, 'x-raft-to') !== local.memberId.toString(16)) {
      log.warn('ignored streaming request; ID mismatch', {
        ...ids,
        'remote-peer-id-header': header(request.headers, 'x-raft-to'),
      });
      return answerText(response, 412, 'to field mismatch');
    }
    response.writeHead(200);
    response.flushHeaders();
    request.socket.setTimeout(STREAM_IDLE_MS, () => response.destroy());
    transport.attach(kind as StreamKind, from, response);
  }

  private compatible(request: IncomingMessage, response: ServerResponse): boolean {
    const { local, log } = this.o;
    if (!compatible(local, request.headers)) {
      log.warn('request version incompatibility', {
        'local-member-id': local.memberId.toString(16),
        'local-member-server-version': local.version,
        'remote-peer-id': header(request.headers, 'x-server-from'),
        'remote-peer-server-version': header(request.headers, 'x-server-version'),
      });
      answerText(response, 412, 'incompatible version');
      return false;
    }
    const clusterId = header(request.headers, 'x-etcd-cluster-id');
    if (clusterId === local.clusterId.toString(16)) return true;
    log.warn('request cluster ID mismatch', {
      'local-member-id': local.memberId.toString(16),
      'local-member-cluster-id': local.clusterId.toString(16),
      'remote-peer-id': header(request.headers, 'x-server-from'),
      'remote-peer-cluster-id': clusterId,
    });
    answerText(response, 412, 'cluster ID mismatch');
    return false;
  }

  /** A sender that is no member yet, as far as we know, says where it can be answered. */
  private learnRemote(request: IncomingMessage): void {
    const urls = header(request.headers, 'x-peerurls');
    const from = parseHexId(header(request.headers, 'x-server-from'));
    if (urls && from !== undefined) this.o.transport.addRemote(from, urls.split(','));
  }

  /** As etcd does it: the text begins, and the connection breaks. */
  private refuseMessage(response: ServerResponse): void {
    response.writeHead(500, {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
    });
    response.write('error processing raft message\n', () => response.destroy());
  }
}
