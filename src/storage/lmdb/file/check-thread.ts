/** The thread that `checkApart` starts: an entry point of its own, which checks one file and says what is wrong first. */
import { parentPort, workerData } from 'node:worker_threads';
import { DamagedDatabase } from '../errors.ts';
import { checkWhole } from './check.ts';
import type { CheckThreadData, Verdict } from './check-apart.ts';

function verdictOn(path: string): Verdict {
  try {
    checkWhole(path);
    return { kind: 'whole' };
  } catch (error) {
    if (error instanceof DamagedDatabase)
      return { kind: 'damaged', problem: error.problem, page: error.page };
    return { kind: 'failed', message: (error as Error).message };
  }
}

parentPort!.postMessage(verdictOn((workerData as CheckThreadData).path));
