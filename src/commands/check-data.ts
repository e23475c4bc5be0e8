/** Flags, keys and cleanup that both `check` commands share. */
import { randomBytes } from 'node:crypto';
import type { Client } from '../client/index.ts';
import { prefixEnd } from '../client/range.ts';
import { KVService, MaintenanceService } from '../core/wire/gen/rpc.ts';
import type { Context } from './command.ts';
import { CommandError, Exit } from './exit.ts';
import type { FlagSpec } from './grammar/flags.ts';
import { atEndpoint } from './one-endpoint.ts';

/** Deleting, compacting and defragmenting afterwards may each take this long, in milliseconds. */
const STEP_MS = 30_000;

export function checkFlags(prefix: string): readonly FlagSpec[] {
  return [
    { name: 'auto-compact', kind: 'bool', usage: 'compact the store after the check' },
    { name: 'auto-defrag', kind: 'bool', usage: 'defragment the members after the check' },
    {
      name: 'load',
      kind: 'string',
      default: 's',
      usage: 'workload: s(small), m(medium), l(large), xl(xLarge)',
    },
    { name: 'prefix', kind: 'string', default: prefix, usage: 'keys of the check begin with this' },
  ];
}

const LOADS: Readonly<Record<string, 's' | 'm' | 'l' | 'xl'>> = {
  s: 's',
  small: 's',
  m: 'm',
  medium: 'm',
  l: 'l',
  large: 'l',
  xl: 'xl',
  xLarge: 'xl',
};

export function workload<T>({ flags }: Context, workloads: Readonly<Record<'s' | 'm' | 'l' | 'xl', T>>): T {
  const load = LOADS[flags.text('load')];
  if (load === undefined)
    throw new CommandError(Exit.BadFeature, `unknown load option ${flags.text('load')}`);
  return workloads[load];
}

/** Prefix, random bytes, zeros. */
export function randomKey(prefix: string, bytes: number): Uint8Array {
  const random = randomBytes(8);
  return Buffer.concat([Buffer.from(prefix), random, Buffer.alloc(bytes - random.length)]);
}

const rangeOf = (prefix: string) => {
  const key = Buffer.from(prefix);
  return { key, rangeEnd: prefixEnd(key) };
};

export async function refuseIfUsed(client: Client, prefix: string, message: string): Promise<void> {
  const found = await client.call(KVService.range, { ...rangeOf(prefix), limit: 1 });
  if (found.kvs.length > 0) throw new CommandError(Exit.InvalidInput, message);
}

async function compact(context: Context, client: Client, revision: number): Promise<void> {
  context.io.write(`Compacting with revision ${revision}\n`);
  await client.call(KVService.compact, { revision, physical: true }, { deadline: Date.now() + STEP_MS });
  context.io.write(`Compacted with revision ${revision}\n`);
}

async function defragment(context: Context): Promise<void> {
  for (const endpoint of (await context.config()).endpoints) {
    context.io.write(`Defragmenting "${endpoint}"\n`);
    await atEndpoint(context, endpoint, (one) =>
      one.call(MaintenanceService.defragment, {}, { deadline: Date.now() + STEP_MS }),
    );
    context.io.write(`Defragmented "${endpoint}"\n`);
  }
}

/** Deletes the keys of the check, then does what the flags ask for. Says if the keys could not be deleted. */
export async function cleanUp(context: Context, client: Client, prefix: string): Promise<boolean> {
  let revision: number;
  try {
    const scope = { deadline: Date.now() + STEP_MS };
    const response = await client.call(KVService.deleteRange, rangeOf(prefix), scope);
    revision = response.header!.revision;
  } catch (error) {
    context.io.write(`FAIL: Cleanup failed during key deletion: ERROR(${(error as Error).message})\n`);
    return false;
  }
  if (context.flags.bool('auto-compact')) await compact(context, client, revision);
  if (context.flags.bool('auto-defrag')) await defragment(context);
  return true;
}

/** Errors by text, with how often each came. */
export function errorLines(errors: ReadonlyMap<string, number>): string {
  const lines = [...errors].map(([text, count]) => `FAIL: ERROR(${text}) -> ${count}\n`);
  return lines.length === 0 ? '' : `FAIL: too many errors\n${lines.join('')}`;
}
