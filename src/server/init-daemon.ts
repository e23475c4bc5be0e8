/**
 * Readiness for systemd (sd_notify(3): `READY=1` as a datagram to the unix socket in NOTIFY_SOCKET). Node.js has no unix
 * datagram sockets, so systemd's own `systemd-notify` sends it. It speaks in the name of its parent where it may, that
 * is as root; a unit that runs as another user needs `NotifyAccess=all`.
 */
import { spawn } from 'node:child_process';
import type { Logger } from './logging/index.ts';

const PROGRAM = 'systemd-notify';
const TIMEOUT_MS = 5000;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What went wrong, or nothing. */
function send(env: Environment): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(PROGRAM, ['--ready'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', (error) => {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      resolve(missing ? `${PROGRAM} is not installed, and Node.js has no datagram sockets` : error.message);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(`${PROGRAM} ended with ${signal ?? code}: ${said.trim()}`);
    });
  });
}

/** Tells the init daemon, if there is one that waits. Never fails; the log has the outcome. */
export async function notifyReady(env: Environment, logger: Pick<Logger, 'info' | 'error'>): Promise<void> {
  logger.info('notifying init daemon');
  const error = env.NOTIFY_SOCKET ? await send(env) : undefined;
  if (error === undefined) logger.info('successfully notified init daemon');
  else logger.error('failed to notify systemd for readiness', { error });
}
