/** `kvctl snapshot save`: the member's database as one file, whole or not at all. */
import { createHash } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { type Received, receiveSnapshot } from '../backup/receive.ts';
import type { Client } from '../client/index.ts';
import { formatDuration, formatSize } from '../printer/humanize.ts';
import type { Command, Context } from './command.ts';
import { badArgs, CommandError, Exit, failing } from './exit.ts';
import { logLine } from './log.ts';
import { withProgress } from './progress.ts';

/** A database is whole pages; behind it comes its SHA-256. */
const PAGE_UNIT_BYTES = 512;
const HASH_BYTES = 32;
const OWNER_ONLY = 0o600;
const LOG = { logger: 'client', caller: 'commands/snapshot-save.ts' };

/** The hash at the end must be that of what stands before it. */
async function checkHash(path: string, bytes: number): Promise<void> {
  if (bytes % PAGE_UNIT_BYTES !== HASH_BYTES) throw new Error(`sha256 checksum not found [bytes: ${bytes}]`);
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    const end = bytes - HASH_BYTES;
    for await (const chunk of file.createReadStream({ end: end - 1, autoClose: false })) hash.update(chunk);
    const { buffer } = await file.read(Buffer.alloc(HASH_BYTES), 0, HASH_BYTES, end);
    if (!hash.digest().equals(buffer)) throw new Error('sha256 checksum does not match the snapshot');
  } finally {
    await file.close();
  }
}

function openError(path: string, error: NodeJS.ErrnoException): Error {
  const words: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'not a directory',
    EROFS: 'read-only file system',
  };
  return new Error(`could not open ${path} (open ${path}: ${words[error.code ?? ''] ?? error.message})`);
}

async function save(context: Context, client: Client, path: string, deadline: number): Promise<Received> {
  const say = (message: string, extra: Record<string, string | number>) =>
    context.io.warn(logLine('info', LOG, message, extra));
  const part = `${path}.part`;
  const endpoint = client.endpoints[0];
  const start = Date.now();
  const file = await open(part, 'w', OWNER_ONLY).catch((error) => {
    throw openError(part, error);
  });
  try {
    say('created temporary db file', { path: part });
    say('fetching snapshot', { endpoint });
    const received = await withProgress(context.io, { label: 'Saving snapshot', unit: 'bytes' }, (progress) =>
      receiveSnapshot(client, file, { deadline, onProgress: (done, total) => progress.set(done, total) }),
    ).finally(async () => {
      await file.datasync();
      await file.close();
    });
    await checkHash(part, received.bytes);
    const took = formatDuration((Date.now() - start) * 1e6);
    say('fetched snapshot', {
      endpoint,
      size: formatSize(received.bytes),
      took,
      'etcd-version': received.version,
    });
    await rename(part, path);
    say('saved', { path });
    return received;
  } catch (error) {
    await unlink(part).catch(() => undefined);
    throw error;
  }
}

async function run(context: Context): Promise<void> {
  const { args, flags, io } = context;
  if (args.length !== 1) throw badArgs('snapshot save expects one argument <filename>');
  const { endpoints } = await context.config();
  if (endpoints.length !== 1) {
    throw new CommandError(
      Exit.Interrupted,
      `snapshot must be requested to one selected node, not multiple [${endpoints.join(' ')}]`,
    );
  }
  const client = await context.client();
  const bounded = flags.isSet('command-timeout');
  const deadline = bounded ? Date.now() + flags.number('command-timeout') : Number.POSITIVE_INFINITY;
  const { version } = await failing(Exit.Interrupted, save(context, client, args[0], deadline));
  io.write(`Snapshot saved at ${args[0]}\n`);
  if (version !== '') io.write(`Server version ${version}\n`);
}

export const command: Command = {
  use: '<filename>',
  examples: [
    '$ kvctl put k v',
    'OK',
    '$ kvctl snapshot save backup.db',
    'Snapshot saved at backup.db',
    'Server version ...',
    '# Of a certain member',
    '$ kvctl --endpoints=127.0.0.1:2379 snapshot save other.db',
    'Snapshot saved at other.db',
    'Server version ...',
  ],
  flags: [],
  run,
};
