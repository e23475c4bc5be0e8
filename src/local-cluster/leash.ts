/**
 * A member doesn't outlive the command that started it, even if that is killed: it is run with this module before all
 * others, and stops in order when the channel to its parent breaks.
 */
const source =
  'process.once("disconnect",()=>process.kill(process.pid,"SIGTERM"));process.channel&&process.channel.unref();';

/** Arguments for Node.js, in front of the program. The child needs an `ipc` channel among its stdio. */
export const LEASH: readonly string[] = ['--import', `data:text/javascript,${encodeURIComponent(source)}`];
