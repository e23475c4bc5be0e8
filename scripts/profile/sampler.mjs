/**
 * Loaded into a server before its own code (`node --import`): SIGUSR2 starts V8's sampling profiler, and the next one
 * stops it and writes the profile to the file that KVCTL_PROFILE names. Start-up and warm-up are not in it.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const SAMPLE_MICROS = 250;
const file = process.env.KVCTL_PROFILE;
let session;

process.on('SIGUSR2', () => {
  if (session !== undefined) {
    session.post('Profiler.stop', (error, result) => {
      if (error) throw error;
      writeFileSync(file, JSON.stringify(result.profile));
    });
    return;
  }
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROS });
  session.post('Profiler.start');
});
