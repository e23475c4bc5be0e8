/** What is said on the peer port to somebody who does not speak HTTP; in the form of Go's server. */
import type { Duplex } from 'node:stream';

/** For the `clientError` event of a server. */
export function refuseNonsense(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close`;
  socket.end(`${head}\r\n\r\n${status}`, () => socket.destroy());
}
