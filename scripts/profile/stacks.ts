/** A V8 profile (Chrome DevTools protocol, Profiler.Profile) as stacks with the time spent at their ends. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProfiledServer } from './bundle.ts';

export interface Frame {
  /** `name (file)`. */
  readonly label: string;
  readonly name: string;
  /** `src/...`; undefined for Node.js, packages and what V8 names in brackets. */
  readonly source: string | undefined;
}

export interface Stack {
  /** From the root to where the time went. */
  readonly frames: readonly Frame[];
  readonly micros: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

function frameOf({ callFrame }: ProfileNode, server: ProfiledServer): Frame {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  const name = functionName || '(anonymous)';
  const ours = url.endsWith(basename(server.file));
  const source = ours ? server.sourceOf(lineNumber, columnNumber) : undefined;
  const where = source ?? (url === '' ? '' : url.replace(/^.*node_modules\//, ''));
  return { name, source, label: where === '' ? name : `${name} (${where})` };
}

export function readStacks(file: string, server: ProfiledServer): Stack[] {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes) for (const child of children) parents.set(child, id);
  const micros = new Map<number, number>();
  profile.samples.forEach((id, i) => {
    micros.set(id, (micros.get(id) ?? 0) + profile.timeDeltas[i]);
  });
  const framesOf = (leaf: number): Frame[] => {
    const frames: Frame[] = [];
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
      frames.push(frameOf(nodes.get(id)!, server));
    }
    return frames.reverse().slice(1); // without "(root)"
  };
  return [...micros].map(([id, time]) => ({ frames: framesOf(id), micros: time }));
}
