/** A store on a backend, with leases, that can be restarted and cut off. */

import type { LeaseBinding } from '../../../src/core/mvcc/requests.ts';
import { runToEnd } from '../../../src/core/mvcc/steps.ts';
import { Store } from '../../../src/core/mvcc/store.ts';
import { WriteBuffer } from '../../../src/core/mvcc/write-buffer.ts';
import type { Backend } from '../../../src/core/ports/backend.ts';

export class PlainLeases implements LeaseBinding {
  readonly granted: Set<bigint>;
  readonly attached = new Map<string, bigint>();

  constructor(granted: Iterable<bigint> = []) {
    this.granted = new Set(granted);
  }

  has(lease: bigint): boolean {
    return this.granted.has(lease);
  }

  leaseOf(key: string): bigint {
    return this.attached.get(key) ?? 0n;
  }

  attach(key: string, lease: bigint): void {
    if (this.attached.has(key)) throw new Error(`${key} is attached already`);
    this.attached.set(key, lease);
  }

  detach(key: string, lease: bigint): void {
    if (this.attached.get(key) !== lease) throw new Error(`${key} is not attached to ${lease}`);
    this.attached.delete(key);
  }
}

export interface World {
  readonly store: Store;
  readonly buffer: WriteBuffer;
  readonly leases: PlainLeases;
}

export function openWorld(backend: Backend, granted: Iterable<bigint> = []): World {
  const buffer = new WriteBuffer({ backend });
  const leases = new PlainLeases(granted);
  return { store: runToEnd(Store.open({ buffer, leases })), buffer, leases };
}
