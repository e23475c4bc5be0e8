/**
 * Maintenance.Snapshot: the database as a file, 32 KiB a message, its SHA-256 as the last. The caller's pace is the pace:
 * nothing is read ahead of what has left, so a slow caller costs a pinned state of the database, but no memory.
 */
import { Code } from '../core/errors.ts';
import { MaintenanceService, SnapshotRequest, SnapshotResponse } from '../core/wire/gen/rpc.ts';
import type { SendingCall, ServerStreamMethod } from './method.ts';
import type { SnapshotFile, Upkeep } from './upkeep.ts';

/** Bytes of the file in one message. */
const MESSAGE_BYTES = 32 * 1024;

export function snapshotMethod(upkeep: Upkeep): ServerStreamMethod<SnapshotRequest, SnapshotResponse> {
  return {
    kind: 'serverStream',
    path: MaintenanceService.snapshot.path,
    decode: SnapshotRequest.decode,
    encode: SnapshotResponse.encode,
    handler(_request, call) {
      stream(upkeep, call).then(
        () => call.end(),
        (error: Error) =>
          call.end({ code: Code.Internal, message: `etcdserver: snapshot failed: ${error.message}` }),
      );
    },
  };
}

async function stream(upkeep: Upkeep, call: SendingCall): Promise<void> {
  const file = await upkeep.openSnapshot();
  try {
    await send(file, call);
  } finally {
    file.close();
  }
}

async function send(file: SnapshotFile, call: SendingCall): Promise<void> {
  let wake = (): void => {};
  call.onCancel(() => wake());
  let sent = 0;
  for await (const chunk of file.chunks()) {
    for (let at = 0; at < chunk.length; at += MESSAGE_BYTES) {
      if (call.cancelled) return;
      const blob = chunk.subarray(at, at + MESSAGE_BYTES);
      sent += blob.length;
      // The hash does not count: it comes when nothing remains.
      const remainingBytes = Math.max(0, file.bytes - sent);
      const message = SnapshotResponse.create({ remainingBytes, blob, version: file.version });
      if (call.sendEncoded(SnapshotResponse.encode(message))) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        call.whenDrained(resolve);
        if (call.cancelled) resolve();
      });
    }
  }
}
