/** What `import` and `copy` share: flags on existing keys and leases, the writer, and the report at the end. */
import type { Client } from '../../client/index.ts';
import { BulkWriter, ConflictError, type ExistingKeys } from '../../client/walk/bulk.ts';
import { KVService } from '../../core/wire/gen/rpc.ts';
import type { TransferReport } from '../../printer/browse/printables.ts';
import { shown } from '../../printer/decode.ts';
import type { Context } from '../command.ts';
import { badArgs, CommandError, Exit } from '../exit.ts';
import type { FlagReader, FlagSpec } from '../grammar/flags.ts';
import { timeoutFromNow } from '../timeouts.ts';
import { countOf } from './reading.ts';

const LEASE_CHOICES = ['drop', 'keep', 'fail'] as const;
export type LeaseChoice = (typeof LEASE_CHOICES)[number];

export const LEASES_FLAG: FlagSpec = {
  name: 'leases',
  kind: 'string',
  default: 'drop',
  usage: 'keys with a lease: drop it, keep it, or fail',
};

/** etcd's own limit, unless it is told otherwise. */
const DEFAULT_MAX_TXN_OPS = 128;

export const WRITE_FLAGS: readonly FlagSpec[] = [
  { name: 'dry-run', kind: 'bool', usage: 'look what would happen, and write nothing' },
  {
    name: 'max-txn-ops',
    kind: 'int',
    default: DEFAULT_MAX_TXN_OPS,
    usage: 'most keys in one transaction',
  },
  { name: 'overwrite', kind: 'bool', usage: 'put keys that are there already with other values' },
  { name: 'skip-existing', kind: 'bool', usage: 'leave keys alone that are there already' },
];

export function leaseChoice(flags: FlagReader): LeaseChoice {
  const word = flags.text('leases');
  const choice = LEASE_CHOICES.find((name) => name === word);
  if (choice === undefined)
    throw badArgs(`--leases must be one of ${LEASE_CHOICES.join(', ')}, not "${word}"`);
  return choice;
}

/** The lease that a key gets at its new place. */
export function leaseFor(choice: LeaseChoice, key: Uint8Array, lease: bigint): bigint {
  if (lease === 0n || choice === 'keep') return lease;
  if (choice === 'drop') return 0n;
  throw new CommandError(Exit.Error, `${shown(key)} has a lease, and --leases=fail was given`);
}

function existingKeys(flags: FlagReader): ExistingKeys {
  const [overwrite, skip] = [flags.bool('overwrite'), flags.bool('skip-existing')];
  if (overwrite && skip) {
    throw badArgs('`--overwrite` and `--skip-existing` cannot be set at the same time, choose one');
  }
  return overwrite ? 'overwrite' : skip ? 'skip' : 'refuse';
}

/** The choices of the command line; to be read before anything is asked of a server. */
export interface WriteChoices {
  readonly existing: ExistingKeys;
  readonly maxOperations: number;
  readonly dryRun: boolean;
  readonly leases: LeaseChoice;
}

export function writeChoices(flags: FlagReader): WriteChoices {
  return {
    existing: existingKeys(flags),
    maxOperations: countOf(flags, 'max-txn-ops', 1),
    dryRun: flags.bool('dry-run'),
    leases: leaseChoice(flags),
  };
}

export function writerOf(context: Context, client: Client, choices: WriteChoices): BulkWriter {
  return new BulkWriter({
    ...choices,
    transact: (request) => client.call(KVService.txn, request, { deadline: timeoutFromNow(context) }),
  });
}

const NAMED_CONFLICTS = 3;

/** Runs the work of a transfer; a conflict becomes a message that names keys, and says what was done before it. */
export async function transferring<T>(writer: BulkWriter, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const names = error.keys.slice(0, NAMED_CONFLICTS).map(shown).join(', ');
    const more = error.keys.length - NAMED_CONFLICTS;
    const others = more > 0 ? ` and ${more} more` : '';
    throw new CommandError(
      Exit.Error,
      `${names}${others} already there with another value; choose --overwrite or --skip-existing (${writer.totals.written} keys were ${what} before that)`,
    );
  }
}

interface Outcome {
  readonly what: TransferReport['what'];
  readonly dryRun: boolean;
  readonly revision: number;
  readonly resumed: number;
  readonly startedAt: number;
}

export function reportOf(writer: BulkWriter, { startedAt, ...outcome }: Outcome): TransferReport {
  const { written, writtenBytes, unchanged, skipped } = writer.totals;
  const seconds = (performance.now() - startedAt) / 1000;
  return { ...outcome, keys: written, bytes: writtenBytes, unchanged, skipped, seconds };
}
