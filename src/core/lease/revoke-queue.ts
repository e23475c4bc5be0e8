/** Expired leases on their way to be revoked: a few proposals at a time, no lease twice at once. */

/** Revocations proposed and not yet answered. */
export const REVOKES_IN_FLIGHT = 16;

export class RevokeQueue {
  readonly #waiting = new Set<bigint>();
  readonly #inFlight = new Set<bigint>();

  add(ids: Iterable<bigint>): void {
    for (const id of ids) if (!this.#inFlight.has(id)) this.#waiting.add(id);
  }

  /** The next lease to propose the revocation of; undefined: none waits, or enough are under way. */
  take(): bigint | undefined {
    if (this.#inFlight.size >= REVOKES_IN_FLIGHT) return undefined;
    for (const id of this.#waiting) {
      this.#waiting.delete(id);
      this.#inFlight.add(id);
      return id;
    }
    return undefined;
  }

  /** The proposal was answered, whatever the answer: a lease that is still there will be added again. */
  done(id: bigint): void {
    this.#inFlight.delete(id);
  }

  /** Leadership is lost: what is under way may still be answered, nothing more is proposed. */
  clear(): void {
    this.#waiting.clear();
  }
}
