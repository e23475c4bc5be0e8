import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationScript, runQuorum } from './configuration.ts';
import { Environment } from './interaction.ts';
import { type Case, parseScript, withOutputs } from './script.ts';

/** Own scripts take their expected output from what the core does now when KVCTL_REWRITE is set; the diff is to be read. */
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
          const path = join(directory, file);
          const text = readFileSync(path, 'utf8');
          if (root === OWN && process.env.KVCTL_REWRITE) {
            writeFileSync(path, withOutputs(text, parseScript(text).map(run)));
            return;
          }
          for (const c of parseScript(text)) {
            assert.equal(ended(run(c)), ended(c.expected), `${kind}/${file}:${c.line}: ${c.command}`);
          }
        });
      }
    }
  }
});
