import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationScript, runQuorum } from './configuration.ts';
import { Environment } from './interaction.ts';
import { type Case, parseScript } from './script.ts';

const here = dirname(fileURLToPath(import.meta.url));
const SHARED = join(here, '../../../../shared/raft-testdata');
const OWN = join(here, 'scripts');

const RUNNERS: Record<string, () => (c: Case) => string> = {
  interaction: () => {
    const environment = new Environment();
    return (c) => environment.run(c);
  },
  confchange: () => {
    const script = new ConfigurationScript();
    return (c) => script.run(c);
  },
  quorum: () => runQuorum,
};

/** Output is compared with exactly one newline at its end. */
const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

describe('raft scripts', () => {
  for (const [root, label] of [
    [SHARED, 'shared'],
    [OWN, 'own'],
  ]) {
    if (!existsSync(root)) {
      it(`${label} scripts`, function () {
        console.log(`      skipped: ${label} raft scripts are not here`);
        this.skip();
      });
      continue;
    }
    for (const kind of Object.keys(RUNNERS)) {
      const directory = join(root, kind);
      if (!existsSync(directory)) continue;
      for (const file of readdirSync(directory).filter((name) => name.endsWith('.txt'))) {
        it(`${label} ${kind}/${file}`, () => {
          const run = RUNNERS[kind]();
          for (const c of parseScript(readFileSync(join(directory, file), 'utf8'))) {
            assert.equal(ended(run(c)), ended(c.expected), `${kind}/${file}:${c.line}: ${c.command}`);
          }
        });
      }
    }
  }
});
