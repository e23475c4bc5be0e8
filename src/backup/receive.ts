/** Maintenance.Snapshot, received into a file. */
import type { FileHandle } from 'node:fs/promises';
import type { Client } from '../client/index.ts';
import { MaintenanceService, SnapshotRequest } from '../core/wire/gen/rpc.ts';

export interface Received {
  /** The SHA-256 behind the database included. */
  readonly bytes: number;
  /** Storage version of the server; '' when it does not say. */
  readonly version: string;
}

export interface ReceiveOptions {
  /** Milliseconds since the epoch; Infinity: none. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

export async function receiveSnapshot(
  client: Client,
  file: FileHandle,
  { deadline, signal, onProgress }: ReceiveOptions,
): Promise<Received> {
  const call = await client.open(MaintenanceService.snapshot, { deadline, signal });
  call.write(SnapshotRequest.create());
  call.end();
  let bytes = 0;
  let version = '';
  try {
    for await (const piece of call) {
      // Unlike write, this goes on where a disk that is nearly full took a part of it.
      await file.writeFile(piece.blob);
      bytes += piece.blob.length;
      if (piece.version !== '') version = piece.version;
      onProgress?.(bytes, bytes + Number(piece.remainingBytes));
    }
  } catch (error) {
    call.cancel();
    throw error;
  }
  return { bytes, version };
}
