/**
 * Noise against HPACK and the frame layer. Short here; the long form is
 * `KVCTL_FUZZ_CASES=5000000 npx mocha --timeout 0 test/unit/http2/fuzz.test.ts`. A failure prints its seed.
 */
import assert from 'node:assert/strict';
import { fuzzFrames, fuzzHpack, Random } from './support/fuzz.ts';

const cases = Number(process.env.KVCTL_FUZZ_CASES ?? 200_000);
const seed = Number(process.env.KVCTL_FUZZ_SEED ?? Date.now() & 0x7fffffff);
/** Cases between two breaths of the event loop. */
const sliceCases = 10_000;

async function inSlices(total: number, run: (random: Random, cases: number) => void): Promise<void> {
  for (let done = 0; done < total; done += sliceCases) {
    const sliceSeed = (seed + done) | 0;
    try {
      run(new Random(sliceSeed), Math.min(sliceCases, total - done));
    } catch (error) {
      throw new Error(`seed ${sliceSeed}`, { cause: error });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('HTTP/2: fuzz', function () {
  this.timeout(60_000);

  it(`HPACK decodes or refuses ${cases / 2} blocks`, () => inSlices(cases / 2, fuzzHpack));

  it(`frames: ${cases / 2} of them are answered in good form`, async () => {
    let answered = 0;
    let connections = 0;
    await inSlices(cases / 2, (random, count) => {
      const result = fuzzFrames(random, count);
      answered += result.answered;
      connections += result.connections;
    });
    assert.ok(
      answered > cases / 100,
      `the noise is too loud: ${answered} answers on ${connections} connections`,
    );
  });
});
