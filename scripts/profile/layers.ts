/** Which layer of the server a stack's time belongs to: the innermost frame of src/ decides, by its folder. */
import type { Stack } from './stacks.ts';

export const LAYERS = [
  'transport',
  'decode',
  'services',
  'propose and raft',
  'read index',
  'log',
  'apply and index',
  'backend',
  'watch',
  'leases',
  'peers',
  'answer',
  'metrics, logging, lifecycle',
  'Node.js, event loop, kernel',
  'garbage collection',
] as const;
export type Layer = (typeof LAYERS)[number] | 'idle';

/** Budget of one put in the design, in microseconds of the one thread. */
export const PUT_BUDGET: Partial<Record<Layer, number>> = {
  transport: 4,
  decode: 1,
  'propose and raft': 2,
  log: 1,
  'apply and index': 3,
  backend: 2,
  watch: 0.5,
  answer: 1.5,
};

/** The first prefix that fits. */
const FOLDERS: readonly (readonly [string, Layer])[] = [
  ['src/transport/http2/output', 'answer'],
  ['src/transport/http2/turn', 'answer'],
  ['src/transport/http2/header-template', 'answer'],
  ['src/transport/http2/hpack/encoder', 'answer'],
  ['src/transport/', 'transport'],
  ['src/core/wire/proposal', 'propose and raft'],
  ['src/services/watch', 'watch'],
  ['src/core/watch', 'watch'],
  ['src/services/', 'services'],
  ['src/core/raft/', 'propose and raft'],
  ['src/core/mvcc/write-buffer', 'backend'],
  ['src/core/lease/', 'leases'],
  ['src/core/', 'apply and index'],
  ['src/member/read-index', 'read index'],
  ['src/member/flusher', 'backend'],
  ['src/member/entry-applier', 'apply and index'],
  ['src/member/lease', 'leases'],
  ['src/member/', 'propose and raft'],
  ['src/storage/lmdb', 'backend'],
  ['src/storage/', 'log'],
  ['src/peer/', 'peers'],
  ['src/server/', 'metrics, logging, lifecycle'],
];

/** What the answer is made by, wherever the code stands. */
const ANSWERING = /^(complete|encodeMessage|writePlainAnswer|finish|sendMessage|sendEncoded)$/;

function layerOfSource(source: string): Layer | undefined {
  return FOLDERS.find(([prefix]) => source.startsWith(prefix))?.[1];
}

export function layerOf({ frames }: Stack): Layer {
  const leaf = frames.at(-1)?.name;
  if (leaf === '(idle)') return 'idle';
  if (leaf === '(garbage collector)') return 'garbage collection';
  for (let i = frames.length - 1; i >= 0; i--) {
    const { source } = frames[i];
    if (source === undefined) continue;
    const calledBy = frames.slice(0, i + 1);
    const outgoing = calledBy.some((frame) => ANSWERING.test(frame.name));
    if (source.startsWith('src/core/wire/')) {
      if (outgoing) return 'answer';
      const caller = calledBy.findLast((frame) => frame.source && !frame.source.startsWith('src/core/wire/'));
      const layer = caller && layerOfSource(caller.source!);
      return layer === undefined || layer === 'transport' ? 'decode' : layer;
    }
    const layer = layerOfSource(source) ?? 'metrics, logging, lifecycle';
    return layer === 'transport' && outgoing ? 'answer' : layer;
  }
  return 'Node.js, event loop, kernel';
}
