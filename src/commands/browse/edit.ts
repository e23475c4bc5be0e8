/** `kvctl edit`: a value in an editor, saved only if nobody changed it meanwhile. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../../client/index.ts';
import { bytesEqual, utf8Text } from '../../core/wire/bytes.ts';
import type { KeyValue } from '../../core/wire/gen/kv.ts';
import {
  Compare,
  CompareResult,
  CompareTarget,
  KVService,
  PutRequest,
  RangeRequest,
  RequestOp,
} from '../../core/wire/gen/rpc.ts';
import { shown, utf8Of } from '../../printer/decode.ts';
import type { Command, Context } from '../command.ts';
import { badArgs, CommandError, Exit } from '../exit.ts';
import { argumentBytes } from '../io.ts';
import { timeoutFromNow } from '../timeouts.ts';
import { tellingFileErrors } from './files.ts';

const OWNER_ONLY = 0o600;
const LINE_END = 0x0a;
const NOTHING: Uint8Array = Buffer.alloc(0);
/** Letters of a key's last part that the file's name keeps, so that an editor knows what it is. */
const NAME_LETTERS = 60;

/** Run by the shell as git does it, so that `EDITOR="code --wait"` works. */
function editorOf(env: Context['env']): string {
  return env.VISUAL || env.EDITOR || 'vi';
}

function fileName(key: Uint8Array): string {
  const last = utf8Text(key).split('/').at(-1) ?? '';
  const safe = last.replace(/[^\w.-]+/g, '_').replace(/^[.-]+/, '');
  return safe.slice(-NAME_LETTERS) || 'value';
}

/** The terminal belongs to the editor until it ends; ctrl-c in it is not for us. */
async function runEditor(editor: string, path: string, env: Context['env']): Promise<void> {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      const child = spawn('sh', ['-c', `${editor} "$@"`, editor, path], { env, stdio: 'inherit' });
      child.on('error', reject);
      child.on('exit', (status, signal) => resolve(status ?? signal ?? ''));
    });
    if (code !== 0)
      throw new CommandError(Exit.Error, `the editor (${editor}) ended with ${code}; nothing was saved`);
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Editors end the last line; a value that had no line end there does not get one. */
function edited(path: string, before: Uint8Array, keepsNewline: boolean): Uint8Array {
  const after = readFileSync(path);
  const isAdded =
    !keepsNewline && after.at(-1) === LINE_END && before.at(-1) !== LINE_END && after.at(-2) !== LINE_END;
  return isAdded ? after.subarray(0, -1) : after;
}

interface Saved {
  readonly revision: number;
  /** Undefined if it was saved; else what is there now, if anything is. */
  readonly conflict: { readonly now: KeyValue | undefined } | undefined;
}

/** One transaction: puts if the key is as it was read, else reads it. A lease stays. */
async function save(
  context: Context,
  client: Client,
  key: Uint8Array,
  value: Uint8Array,
  old: KeyValue | undefined,
): Promise<Saved> {
  const unchanged = Compare.create({
    key,
    target: CompareTarget.MOD,
    result: CompareResult.EQUAL,
    modRevision: old?.modRevision ?? 0,
  });
  const put = PutRequest.create({ key, value, ignoreLease: old !== undefined });
  const response = await client.call(
    KVService.txn,
    {
      compare: [unchanged],
      success: [RequestOp.create({ requestPut: put })],
      failure: [RequestOp.create({ requestRange: RangeRequest.create({ key, keysOnly: true }) })],
    },
    { deadline: timeoutFromNow(context) },
  );
  const revision = response.header!.revision;
  return response.succeeded
    ? { revision, conflict: undefined }
    : { revision, conflict: { now: response.responses[0].responseRange?.kvs[0] } };
}

function conflictMessage(key: Uint8Array, old: KeyValue | undefined, now: KeyValue | undefined): string {
  const name = shown(key);
  if (now === undefined) return `${name} was deleted meanwhile`;
  if (old === undefined) return `${name} was created meanwhile, at revision ${now.modRevision}`;
  return `${name} was changed meanwhile, at revision ${now.modRevision} (yours is of revision ${old.modRevision})`;
}

async function run(context: Context): Promise<void> {
  const { args, flags, io, env } = context;
  if (args.length !== 1) throw badArgs('edit takes one key');
  const key = argumentBytes(args[0]);
  if (key.length === 0) throw badArgs('edit needs a key that is not empty');
  const client = await context.client();
  const { kvs } = await client.call(KVService.range, { key }, { deadline: timeoutFromNow(context) });
  const old: KeyValue | undefined = kvs[0];
  const before = old?.value ?? NOTHING;
  if (utf8Of(before) === undefined && !flags.bool('binary')) {
    throw new CommandError(
      Exit.Error,
      `the value of ${shown(key)} is no UTF-8 text, and an editor may damage it; --binary edits it all the same`,
    );
  }
  const directory = mkdtempSync(join(tmpdir(), 'kvctl-edit-'));
  const path = join(directory, fileName(key));
  let keep = false;
  try {
    writeFileSync(path, before, { mode: OWNER_ONLY });
    await runEditor(editorOf(env), path, env);
    const after = edited(path, before, flags.bool('keep-newline'));
    if (bytesEqual(before, after)) {
      io.write(`${shown(key)} is unchanged, nothing was saved\n`);
      return;
    }
    keep = true;
    const { revision, conflict } = await save(context, client, key, after, old);
    if (conflict !== undefined) throw new CommandError(Exit.Error, conflictMessage(key, old, conflict.now));
    keep = false;
    io.write(`${shown(key)} saved at revision ${revision}\n`);
  } catch (error) {
    if (keep) io.warn(`Nothing was saved. Your text is kept in ${path}`);
    throw error;
  } finally {
    if (!keep) rmSync(directory, { recursive: true, force: true });
  }
}

export const command: Command = {
  use: '[options] <key>',
  long: `Opens the value of a key in $VISUAL, $EDITOR or vi, and puts it back when the editor ends.

It is saved only if the key was not changed meanwhile; otherwise the text is kept in a
file. A lease stays on the key. Nothing is written if the text is the same, or if the
editor fails. A key that does not exist is created. The line end that editors put behind
the last line is taken off if the value had none.`,
  examples: [
    '$ kvctl put config/db/port 5432',
    'OK',
    '# In the editor of the moment; here one that needs no hands',
    "$ EDITOR='sed -i s/5432/6432/' kvctl edit config/db/port",
    'config/db/port saved at revision 3',
    '$ kvctl get config/db/port --print-value-only',
    '6432',
  ],
  completes: ['key'],
  flags: [
    { name: 'binary', kind: 'bool', usage: 'edit a value that is no UTF-8 text' },
    { name: 'keep-newline', kind: 'bool', usage: 'keep the line end at the end of the file' },
  ],
  explainsRevisions: true,
  run: tellingFileErrors(run),
};
