import assert from 'node:assert/strict';
import type { CommandNode } from '../../../src/commands/command.ts';
import { ROOT } from '../../../src/commands/table.ts';
import { TOPICS } from '../../../src/commands/topics/index.ts';
import { installed, startEtcd } from '../../support/processes.ts';
import { indentedParts, Shell, type Typed, typedIn } from '../../support/sessions.ts';
import { WORLDS, type World } from '../../support/worlds.ts';

/**
 * Everything that the manual shows somebody typing is typed here, on a fresh member in this process for each page, and
 * has to come out as shown.
 */
const NEEDS_ETCD: Readonly<Record<string, string>> = {
  auth: 'users and roles',
  role: 'users and roles',
  user: 'users and roles',
};
/** Members that are added make the one in this process look for them. */
const NEEDS_PROCESS = ['member'];

/** What cannot be typed here, and why. */
const NOT_TYPED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['kill', 'pause', 'resume', 'start', 'stop']
      .map((verb) => `cluster ${verb}-member`)
      .concat(['cluster start', 'cluster status', 'cluster stop'])
      .map((name) => [name, 'takes several servers, see test/e2e/cluster']),
  ),
  'auth status': 'takes an etcd of 3.5 or later',
  'benchmark compare': 'takes two clusters',
  'check datascale': 'takes a server process with metrics, and 10,000 puts',
  'check perf': 'takes a minute',
  'downgrade cancel': 'takes a server that can be downgraded',
  'downgrade enable': 'takes a server that can be downgraded',
  'downgrade validate': 'takes a server that can be downgraded',
  'move-leader': 'takes a cluster of several members',
  serve: 'has a manual of its own, kvctl serve --help',
};

interface Page {
  readonly name: string;
  readonly typed: () => Promise<readonly Typed[]>;
}

function* commandPages(node: CommandNode, names: readonly string[]): Generator<Page> {
  const { load, children = [], hidden } = node;
  if (hidden === true) return;
  const name = names.join(' ');
  if (load !== undefined) {
    yield { name, typed: async () => typedIn((await load()).command.examples ?? []) };
  }
  for (const child of children) yield* commandPages(child, [...names, child.name]);
}

const topicPages: readonly Page[] = TOPICS.map(({ name, text }) => ({
  name: `help ${name}`,
  typed: async () => indentedParts(text).flatMap(typedIn),
}));

async function worldOf({ name }: Page): Promise<World | undefined> {
  const [group] = name.split(' ');
  const what = NEEDS_ETCD[group];
  if (what === undefined) return WORLDS[NEEDS_PROCESS.includes(group) ? 1 : 0].start();
  const path = installed('etcd', `package etcd-server, for ${what}`);
  if (path === undefined) return undefined;
  const server = await startEtcd(path);
  return { endpoint: server.endpoint, close: () => server.dispose() };
}

describe('the manual', function () {
  this.timeout(60_000);

  for (const page of [...topicPages, ...commandPages(ROOT, [])]) {
    const { name } = page;
    it(`kvctl ${name}`, async function () {
      if (NOT_TYPED[name] !== undefined) {
        console.log(`      skipped: ${name}: ${NOT_TYPED[name]}`);
        return this.skip();
      }
      const typed = await page.typed();
      assert.ok(typed.length > 0 || name.startsWith('help '), `kvctl ${name} has no example`);
      if (typed.length === 0) return;
      const world = await worldOf(page);
      if (world === undefined) return this.skip();
      const shell = new Shell(world.endpoint);
      try {
        for (const line of typed) await shell.type(line);
      } finally {
        shell.close();
        await world.close();
      }
    });
  }
});
