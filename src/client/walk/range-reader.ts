/**
 * Walks over keys that are too many to be read at once: pages, jumps over what need not be seen, sums, differences,
 * histories. Built on Range, Txn and Watch of etcd's API and nothing else. May be called by commands and by anything
 * else that has a client. Laws: a walk reads at one revision, that of its first answer; what it holds in memory grows
 * with what it gives back and never with the keys below; ranges are asked for without a sort order, because a server
 * that is asked to sort reads the whole range for each page.
 *
 * This file: the one thing that most walks need.
 */
import type { RangeRequest, RangeResponse } from '../../core/wire/gen/rpc.ts';

/** One Range call; its owner decides on deadlines and consistency. @throws StatusError, ContextError */
export type ReadRange = (request: Partial<RangeRequest>) => Promise<RangeResponse>;

const ZERO: Uint8Array = Buffer.of(0);

/** The smallest key behind `key`. */
export function keyAfter(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, ZERO]);
}
