/**
 * The check of a whole database file, checksums of its entries included, on a thread of its own: what takes a second per
 * 400 MB is done while the member reads the same file. Nothing may be written to it meanwhile.
 */
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DamagedDatabase } from '../errors.ts';

/** Smaller files are checked before a thread would have started. */
const LEAST_BYTES = 32 * 1024 ** 2;

export interface CheckThreadData {
  readonly path: string;
}

export type Verdict =
  | { readonly kind: 'whole' }
  | { readonly kind: 'damaged'; readonly problem: string; readonly page: number | undefined }
  | { readonly kind: 'failed'; readonly message: string };

/** An entry of its own in dist/, where this file may be in a chunk. A program made of sources has none. */
const THREAD_FILE = new URL(
  import.meta.url.includes('/chunks/') ? '../check-thread.js' : './check-thread.js',
  import.meta.url,
);

/**
 * Begins the check. The promise is rejected with what is wrong, a DamagedDatabase if it is the file. undefined: the file is
 * small, not there, or this program was built without the thread's file; the caller checks it himself.
 */
export function checkApart(
  path: string,
  { leastBytes = LEAST_BYTES, file = THREAD_FILE }: { leastBytes?: number; file?: URL } = {},
): Promise<void> | undefined {
  if (!existsSync(path) || statSync(path).size < leastBytes || !existsSync(fileURLToPath(file)))
    return undefined;
  const workerData: CheckThreadData = { path };
  const worker = new Worker(file, { workerData });
  const done = new Promise<void>((resolve, reject) => {
    worker.once('message', (verdict: Verdict) => {
      if (verdict.kind === 'whole') resolve();
      else if (verdict.kind === 'failed') reject(new Error(`could not check ${path}: ${verdict.message}`));
      else reject(new DamagedDatabase(verdict.problem, verdict.page));
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`could not check ${path}: its thread ended with code ${code}`)),
    );
  });
  done.catch(() => {}); // whoever waits for it hears of it
  return done;
}
