import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DIFFERENCES } from '../../e2e/cli/differences.ts';
import * as invocations from '../../e2e/cli/invocations.ts';

const FEWEST = 250;

describe('the differences of the transcripts', () => {
  const page = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8');
  /** Every rule is a row of its own, and says why. */
  const listed = new Map(
    Array.from(page.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm), ([, what, why]) => [what, why] as const),
  );

  for (const reason of new Set(DIFFERENCES.map((difference) => difference.reason))) {
    it(`are in docs/compatibility.md: ${reason}`, () => assert.ok(listed.get(reason)));
  }

  it(`are those of at least ${FEWEST} invocations`, () => {
    assert.ok(Object.values(invocations).flat().length >= FEWEST);
  });
});
