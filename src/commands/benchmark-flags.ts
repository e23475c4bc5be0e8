/** Flags that all benchmark commands take; they may stand before the command's name, as with etcd's own tool. */
import type { FlagSpec } from './grammar/flags.ts';

export const BENCHMARK_FLAGS: readonly FlagSpec[] = [
  { name: 'clients', kind: 'uint', default: 1, usage: 'clients, each with one request at a time' },
  { name: 'conns', kind: 'uint', default: 1, usage: 'connections that the clients share' },
  { name: 'output', kind: 'string', default: 'text', usage: 'form of the report: text, json or markdown' },
  { name: 'precise', kind: 'bool', usage: 'show all digits of the numbers' },
  { name: 'sample', kind: 'bool', usage: 'add a table with a row for every second' },
  { name: 'target-leader', kind: 'bool', usage: 'send everything to the leader' },
  { name: 'workers', kind: 'uint', default: 0, usage: 'threads that make the load (0: as many as pay)' },
];
