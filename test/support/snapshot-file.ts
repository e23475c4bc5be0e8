/** What `snapshot save` does, without a process. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { MaintenanceService, type SnapshotResponse } from '../../src/core/wire/gen/rpc.ts';
import type { TestClient } from './grpc-client.ts';

export function saveSnapshot(client: TestClient, path: string): Promise<void> {
  writeFileSync(path, '');
  return new Promise((resolve, reject) => {
    const stream = client.serverStream(MaintenanceService.snapshot, {});
    stream.on('data', ({ blob }: SnapshotResponse) => appendFileSync(path, blob));
    stream.on('end', resolve);
    stream.on('error', reject);
  });
}
