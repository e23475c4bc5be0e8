/**
 * How far apply has come: index and term of the last applied entry and the configuration it left, kept in bucket
 * `meta` under etcd's names. Law: they are written in the same backend transaction as the data they stand for, so
 * after a crash the log is replayed from exactly the right place.
 */

import type { WriteBuffer } from '../mvcc/write-buffer.ts';
import type { BackendReader } from '../ports/backend.ts';
import { fromLatin1, utf8Text } from '../wire/bytes.ts';
import type { ConfState } from '../wire/gen/raft.ts';

const INDEX_KEY = fromLatin1('consistent_index');
const TERM_KEY = fromLatin1('term');
const CONF_STATE_KEY = fromLatin1('confState');
const TWO_32 = 4294967296;

export class ApplyProgress {
  index = 0;
  term = 0;
  confState: ConfState | undefined;
  private savedIndex = 0;

  /** Index up to which the data is durable in the backend, as of the last `write` whose flush has ended. */
  get written(): number {
    return this.savedIndex;
  }

  load(stored: Pick<BackendReader, 'get'>): void {
    this.index = readUint64(stored.get('meta', INDEX_KEY));
    this.term = readUint64(stored.get('meta', TERM_KEY));
    const conf = stored.get('meta', CONF_STATE_KEY);
    this.confState = conf ? parseConfState(utf8Text(conf)) : undefined;
    this.savedIndex = this.index;
  }

  /** Puts it among the writes of the flush that is about to start. */
  write(buffer: WriteBuffer): void {
    this.savedIndex = this.index;
    buffer.put('meta', INDEX_KEY, uint64(this.index));
    buffer.put('meta', TERM_KEY, uint64(this.term));
    if (this.confState) buffer.put('meta', CONF_STATE_KEY, fromLatin1(confStateJson(this.confState)));
  }
}

/** etcd's JSON of a ConfState: decimal ids beyond 2^53, empty lists left out. */
export function confStateJson(conf: ConfState): string {
  const list = (name: string, ids: readonly bigint[]): string =>
    ids.length ? `"${name}":[${ids.join(',')}],` : '';
  return `{${list('voters', conf.voters)}${list('learners', conf.learners)}${list('voters_outgoing', conf.votersOutgoing)}${list('learners_next', conf.learnersNext)}"auto_leave":${conf.autoLeave}}`;
}

export function parseConfState(text: string): ConfState {
  const list = (name: string): bigint[] => {
    const found = new RegExp(`"${name}":\\[([0-9,]*)\\]`).exec(text);
    return found?.[1] ? found[1].split(',').map(BigInt) : [];
  };
  return {
    voters: list('voters'),
    learners: list('learners'),
    votersOutgoing: list('voters_outgoing'),
    learnersNext: list('learners_next'),
    autoLeave: /"auto_leave":true/.test(text),
  };
}

function uint64(value: number): Uint8Array {
  const out = new Uint8Array(8);
  const view = new DataView(out.buffer);
  view.setUint32(0, Math.floor(value / TWO_32));
  view.setUint32(4, value >>> 0);
  return out;
}

function readUint64(bytes: Uint8Array | undefined): number {
  if (bytes?.length !== 8) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return view.getUint32(0) * TWO_32 + view.getUint32(4);
}
