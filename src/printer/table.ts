/** `-w table`: box-drawing tables as etcdctl 3.7 prints them (cli.md 5.4). */
import Table from 'cli-table3';
import type { KeyValue } from '../core/wire/gen/kv.ts';
import { preview, shown } from './decode.ts';
import type { Out } from './out.ts';
import type { Renderers, Style } from './printables.ts';
import {
  CONTEXT_COLUMNS,
  contextRows,
  contextSettings,
  FILE_HASH_COLUMNS,
  fileHashRows,
  HASH_COLUMNS,
  HEALTH_COLUMNS,
  hashRows,
  healthRows,
  MEMBER_COLUMNS,
  memberRows,
  SNAPSHOT_COLUMNS,
  STATUS_COLUMNS,
  snapshotRows,
  statusRows,
  TOP_COLUMNS,
  topRows,
} from './rows.ts';
import { leaseHex } from './words.ts';

/** Header centred and upper-cased, cells to the right, no lines between rows, no colour. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const grid = new Table({
    style: { head: [], border: [], compact: true, 'padding-left': 1, 'padding-right': 1 },
  });
  const head = columns.map((column) => ({
    content: column.toUpperCase().replaceAll('_', ' '),
    hAlign: 'center' as const,
  }));
  grid.push(head);
  for (const row of rows) {
    grid.push(row.map((cell) => ({ content: cell.trim(), hAlign: 'right' as const })));
  }
  const lines = grid.toString().split('\n');
  const [top, header] = lines;
  const body = lines.slice(2, -1);
  const bottom = lines[lines.length - 1];
  const rule = top.replaceAll('┬', '┼').replace('┌', '├').replace('┐', '┤');
  const middle = rows.length === 0 ? [] : [rule, ...body];
  return [top, header, ...middle, bottom].join('\n');
}

function print(out: Out, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  out.line(table(columns, rows));
}

const KV_COLUMNS = ['key', 'value', 'create revision', 'mod revision', 'version', 'lease'];

function kvRow(kv: KeyValue, { decoding }: Style): string[] {
  const lease = kv.lease === 0n ? '' : leaseHex(kv.lease);
  const revisions = [kv.createRevision, kv.modRevision, kv.version].map(String);
  return [shown(kv.key), preview(kv.value, decoding), ...revisions, lease];
}

export const tableRenderers: Renderers = {
  get: (out, r, style) =>
    print(
      out,
      KV_COLUMNS,
      r.kvs.map((kv) => kvRow(kv, style)),
    ),
  memberList: (out, r) => print(out, MEMBER_COLUMNS, memberRows(r)),
  endpointHealth: (out, list) => print(out, HEALTH_COLUMNS, healthRows(list)),
  endpointStatus: (out, list) => print(out, STATUS_COLUMNS, statusRows(list)),
  endpointHashKV: (out, list) => print(out, HASH_COLUMNS, hashRows(list)),
  snapshotStatus: (out, facts) => print(out, SNAPSHOT_COLUMNS, snapshotRows(facts)),
  contextList: (out, list) => print(out, CONTEXT_COLUMNS, contextRows(list)),
  top: (out, facts) => print(out, TOP_COLUMNS, topRows(facts)),
  context: (out, facts) => print(out, ['setting', 'value'], contextSettings(facts)),
  fileHash: (out, facts) => print(out, FILE_HASH_COLUMNS, fileHashRows(facts)),
};
