/** How far an import has come: a small file beside it, replaced as a whole after each transaction. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { badArgs } from '../exit.ts';

const OWNER_ONLY = 0o600;

export interface ImportState {
  /** The header line of the export. */
  readonly source: string;
  /** Id of the cluster that the keys go to, hexadecimal. */
  readonly destination: string;
  /** Lines of the export that are done. */
  readonly lines: number;
  readonly keys: number;
}

export function readImportState(path: string): ImportState | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as ImportState;
    if (Number.isSafeInteger(state.lines) && typeof state.source === 'string') return state;
  } catch {
    // said below
  }
  throw badArgs(`${path} is not the state of an import; remove it to start from the beginning`);
}

export function writeImportState(path: string, state: ImportState): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(state)}\n`, { mode: OWNER_ONLY });
  renameSync(fresh, path);
}

export const removeImportState = (path: string) => rmSync(path, { force: true });
