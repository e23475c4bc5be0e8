/**
 * Tests that wait for terminals and child processes by the clock are tried once more, for a busy machine is late now and
 * then. Nothing else is: where data may be lost, a seed is drawn or a history is judged, one failure in many is the finding.
 */
const TIMED = /\/test\/e2e\/(cli|server|client|gateway|cluster\/tour)[/.]/;

export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    const test = this.currentTest;
    if (test?.file !== undefined && TIMED.test(test.file)) test.retries(1);
  },
};
