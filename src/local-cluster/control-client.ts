/** The other terminal's end of the control socket. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { type ControlReply, type ControlRequest, MAX_LINE } from './control-protocol.ts';
import { socketPath } from './directory.ts';
import { ClusterError } from './failure.ts';

/** A member that starts replays its log first. */
const TIMEOUT_MS = 120_000;
/** How often it is looked whether the cluster has stopped. */
const LOOK_MS = 50;

type Done = Exclude<ControlReply, { kind: 'refused' }>;

function notRunning(directory: string): ClusterError {
  return new ClusterError(
    `no cluster is running in ${directory}: start it with "kvctl cluster start", or say with --data-dir where it runs`,
  );
}

/** Resolves when it has stopped. @throws ClusterError */
export async function stopCluster(directory: string): Promise<void> {
  await ask(directory, { kind: 'stop-all' });
  const deadline = Date.now() + TIMEOUT_MS;
  while (existsSync(socketPath(directory))) {
    if (Date.now() > deadline)
      throw new ClusterError(`the cluster in ${directory} has not stopped in ${TIMEOUT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function exchange(directory: string, request: ControlRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath(directory));
    let text = '';
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy();
      reject(new ClusterError(`the cluster in ${directory} gave no answer in ${TIMEOUT_MS / 1000} s`));
    });
    socket.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const nobody = code === 'ENOENT' || code === 'ECONNREFUSED';
      reject(nobody ? notRunning(directory) : new ClusterError(`${socketPath(directory)}: ${message}`));
    });
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.length > MAX_LINE) socket.destroy();
    });
    socket.once('close', () => resolve(text));
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

/** @throws ClusterError */
export async function ask(directory: string, request: ControlRequest): Promise<Done> {
  const text = await exchange(directory, request);
  if (!text.endsWith('\n'))
    throw new ClusterError(`the cluster in ${directory} went away before it answered`);
  const reply = JSON.parse(text) as ControlReply;
  if (reply.kind === 'refused') throw new ClusterError(reply.why);
  return reply;
}
