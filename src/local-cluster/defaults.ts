/** What `kvctl cluster` assumes where nothing is said. Apart, because the help of commands needs it without the room. */
export const DEFAULT_DIRECTORY = 'default.cluster';
export const DEFAULT_SIZE = 3;
/** Members of one machine. Each is a process with a database of its own, and each write waits for a majority. */
export const MAX_SIZE = 9;
