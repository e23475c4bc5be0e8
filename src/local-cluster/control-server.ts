/** The running cluster's end of the control socket. */
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type ControlReply, type ControlRequest, MAX_LINE, parseRequest } from './control-protocol.ts';
import { ClusterError } from './failure.ts';

/** Someone who connects and says nothing. */
const IDLE_MS = 5000;
/** sockaddr_un: 108 bytes on Linux, 104 on macOS and the BSDs, with a 0 at the end. */
const MAX_PATH_BYTES = 103;
const OWNER_ONLY = 0o600;

export type Answer = (request: ControlRequest) => Promise<ControlReply>;

/** @throws ClusterError */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= MAX_PATH_BYTES) return;
  throw new ClusterError(
    `the control socket ${path} has a path of ${bytes} bytes, the system's limit is ${MAX_PATH_BYTES}: choose a shorter --data-dir, or one relative to where you are`,
  );
}

/** Does somebody listen there? */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** @throws ClusterError when a cluster runs there already */
export async function refuseIfAlive(path: string): Promise<void> {
  if (await isAlive(path)) throw new ClusterError(`a cluster is running there already (${path} answers)`);
}

export class ControlServer {
  private readonly server: Server;
  private readonly path: string;

  private constructor(path: string, answer: Answer) {
    this.path = path;
    this.server = createServer((socket) => serve(socket, answer));
  }

  /** @throws ClusterError when a cluster runs there already */
  static async open(path: string, answer: Answer): Promise<ControlServer> {
    await refuseIfAlive(path);
    rmSync(path, { force: true }); // of one that was killed
    const control = new ControlServer(path, answer);
    await control.listen();
    return control;
  }

  private listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', (error) =>
        reject(new ClusterError(`can't listen on ${this.path}: ${error.message}`)),
      );
      const before = process.umask(0o177);
      this.server.listen(this.path, () => {
        chmodSync(this.path, OWNER_ONLY);
        resolve();
      });
      process.umask(before);
    });
  }

  close(): void {
    this.server.close();
    rmSync(this.path, { force: true });
  }
}

function serve(socket: Socket, answer: Answer): void {
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  let taken = 0;
  socket.on('data', ({ length }) => {
    if ((taken += length) > MAX_LINE) socket.destroy();
  });
  createInterface({ input: socket }).once('line', (line) => {
    socket.setTimeout(0);
    void reply(line, answer).then((said) => socket.end(`${JSON.stringify(said)}\n`));
  });
}

async function reply(line: string, answer: Answer): Promise<ControlReply> {
  const request = parseRequest(line);
  if (!request) return { kind: 'refused', why: 'this is not a request of a control socket' };
  try {
    return await answer(request);
  } catch (error) {
    if (error instanceof ClusterError) return { kind: 'refused', why: error.message };
    throw error;
  }
}
