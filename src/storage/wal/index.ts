/**
 * The write-ahead log, in etcd's format to the byte: a kvctl log can be read by etcd's tools and the other way round.
 * Called by the composition root, which hands the opened log to the member as `LogStore` (core/ports/log-store.ts).
 *
 * Laws: what was acknowledged survives a power cut; a torn tail is cut off and kept aside, anything else that is damaged
 * is an error with file and offset, never a guess; after a failed sync nothing is written any more.
 */
export { type OpenedLog, type OpenLogOptions, openLog } from './open-log.ts';
export { logExists, type ReadLog, readLog } from './read-log.ts';
export { type LogObserver, WriteAheadLog } from './write-ahead-log.ts';
