/**
 * Two connections made one: what comes in on one side goes out on the other.
 *
 *   an end on one side     -> an end on the other; the opposite direction goes on
 *   a slow reader          -> the writer is not read from, so at most a socket buffer a direction is held
 *   a reset on one side    -> a reset on the other, so that half a message never looks like all of it
 */
import type { Socket } from 'node:net';

/** Both sockets allow half-open connections. */
export function splice(one: Socket, other: Socket): void {
  copy(one, other);
  copy(other, one);
}

function copy(from: Socket, to: Socket): void {
  from.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => to.resetAndDestroy());
  // After both ends it is over; anything else that closes a socket breaks the connection.
  from.on('close', () => {
    if (!from.readableEnded || !from.writableFinished) to.resetAndDestroy();
  });
  from.resume();
}
